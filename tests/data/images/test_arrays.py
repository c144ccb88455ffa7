"""An .npz of images, and the full text of the error where it cannot be read."""

import numpy as np
import pytest

from skipwise.data.images.dataset import open_source
from skipwise.errors import UserError
from support.images import refused


def save(path, **arrays):
    np.savez(path, **arrays)
    return path


GOOD = {
    "x_train": np.zeros((4, 5, 6), np.uint8),
    "y_train": np.array([0, 2, 0, 2]),
    "x_test": np.ones((2, 5, 6), np.uint8),
    "y_test": np.array([2, 0]),
}


def test_arrays(tmp_path):
    source = open_source(save(tmp_path / "a.npz", **GOOD, class_names=np.array(["ant", "bee", "cow"])))
    assert source.classes == ("ant", "cow")
    assert source.labels.tolist() == [0, 1, 0, 1, 1, 0]
    assert source.arrays.shape == (6, 5, 6, 1)
    assert list(source.parts) == ["train"] * 4 + ["test"] * 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"x_test": None}, "{path} has no array x_test: it must hold x_train (n, height, width[, channels]) of uint8, "
         "y_train (n,), x_test, y_test."),
        ({"x_train": np.zeros((4, 5, 6))}, "{path}: x_train is float64 and x_test uint8: save all alike."),
        ({"x_train": np.full((4, 5, 6), "red")},
         "{path}: x_train is <U3: images must be numbers, as uint8 with values from 0 to 255."),
        ({"x_train": np.zeros((4, 5), np.uint8)}, "{path}: x_train has shape (4, 5): it must be (n, height, width) or "
         "(n, height, width, 1 or 3)."),
        ({"y_train": np.zeros(3, int)}, "{path}: y_train has 3 labels for 4 images."),
        ({"y_test": np.array([0, 0.5])},
         "{path}: y_test holds 0.5, which is no whole number: labels are classes, and values are not learned."),
        ({"x_test": np.ones((2, 7, 6), np.uint8)}, "{path}: x_train has images of (5, 6, 1), x_test of (7, 6, 1)."),
        ({"class_names": np.array(["ant"])}, "a has labels from 0 to 2 but 1 class_names."),
    ],
)  # fmt: skip
def test_arrays_that_cannot_be(tmp_path, change, sentence):
    arrays = {name: array for name, array in {**GOOD, **change}.items() if array is not None}
    path = save(tmp_path / "a.npz", **arrays)
    assert refused(path) == sentence.format(path=path)


def test_pickled_arrays_are_never_opened(tmp_path):
    path = save(tmp_path / "a.npz", **{**GOOD, "y_train": np.array([0, 2, 0, {}], dtype=object)})
    assert refused(path) == f"{path}: y_train holds Python objects. Save plain arrays with numpy.savez."
    (tmp_path / "b.npz").write_bytes(b"nonsense")
    assert "cannot be read as .npz" in refused(tmp_path / "b.npz")


def test_an_npy_under_the_name_of_an_npz(tmp_path):
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(UserError, match=r"a\.npz cannot be read as \.npz"):
        open_source(tmp_path / "a.npz")


def test_a_damaged_npz(tmp_path):
    x = np.random.default_rng(0).integers(0, 255, (40, 8, 8), np.uint8)
    np.savez_compressed(tmp_path / "a.npz", x_train=x, y_train=np.arange(40) % 2, x_test=x, y_test=np.arange(40) % 2)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[200:400] = b"\xff" * 200
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"a\.npz cannot be read as \.npz"):
        open_source(tmp_path / "a.npz")


def test_one_label_is_no_comparison(tmp_path):
    x = np.zeros((4, 8, 8), np.uint8)
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.full(4, 3), x_test=x, y_test=np.full(4, 3))
    with pytest.raises(UserError) as error:
        open_source(tmp_path / "a.npz")
    assert str(error.value) == "a has one label, 3: a comparison needs at least two classes."
