"""An .npz of images, and the full text of the error where it cannot be read."""

import zipfile

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


def test_parts_by_any_word_and_labels_of_any_kind(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (6, 5, 5)).astype(np.uint8)
    y = np.array([0, 1, 0, 1, 0, 1])
    plain = open_source(save(tmp_path / "a.npz", x_train=x, y_train=y, x_val=x[:2], y_val=y[:2], x_test=x, y_test=y))
    assert list(plain.parts) == ["train"] * 6 + ["validation"] * 2 + ["test"] * 6
    words = {"Train_Images": x, "train_labels": y[:, None], "val_images": x[:2], "val_labels": y[:2].astype(float)}
    source = open_source(save(tmp_path / "b.npz", **words, X_Test=x, Y_Test=y, note=np.zeros(3)))
    assert source.parts == plain.parts
    assert source.labels.tolist() == plain.labels.tolist()
    assert source.notes == ("arrays that are not read: note",)
    whole = open_source(save(tmp_path / "c.npz", images=x, labels=np.array([b"cat", b"dog"])[y]))
    assert (whole.classes, set(whole.parts)) == (("cat", "dog"), {""})
    hot = open_source(save(tmp_path / "d.npz", x_train=x, y_train=np.eye(2)[y], x_test=x, y_test=np.eye(2)[y]))
    assert hot.labels.tolist() == [*y, *y]
    assert "y_train has a row of zeros and one 1 for each image" in hot.notes[0]


def test_values_and_orders_that_are_told(tmp_path):
    x = np.random.default_rng(0).random((4, 3, 5, 5))
    y = np.array([0, 1, 0, 1])
    source = open_source(save(tmp_path / "a.npz", x_train=x, y_train=y, x_test=x, y_test=y))
    np.testing.assert_array_equal(source.arrays[:4], np.round(x.transpose(0, 2, 3, 1) * 255))
    assert source.notes == (
        "channels stand before height and width in x_train, x_test: moved behind them",
        "values are float64: those from 0 to 1 become black to white",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"y_test": np.full(2, 5)}, "{path}: y_test has the label 5 for 2 images, and y_train does not have it: add some "
         "to train on, or leave them out."),
        ({"x_test": np.zeros((0, 5, 6), np.uint8), "y_test": np.zeros(0, int)}, "{path}: x_test is empty (shape (0, 5, 6)): "
         "fill it, or leave out x_test and y_test, and that part is drawn."),
        ({"class_names": np.array("ab")}, "{path}: class_names has shape (): it must be a list with a name for each class."),
        ({"class_names": np.array(["ant", "bee", "ant"])}, "{path}: class_names calls both class 0 and class 2 'ant': give "
         "each a name of its own."),
        ({"X_Train": np.zeros((4, 5, 6), np.uint8)}, "{path} holds both x_train and X_Train, which mean the same: keep one "
         "of them."),
    ],
)  # fmt: skip
def test_arrays_that_do_not_go_together(tmp_path, change, sentence):
    path = save(tmp_path / "a.npz", **{**GOOD, **change})
    assert refused(path) == sentence.format(path=path)


def test_headers_that_claim_more_than_their_file_holds(tmp_path):
    header = b"{'descr':'|u1','fortran_order':False,'shape':(1000000,1000,1000)}".ljust(117) + b"\n"
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            file.writestr(f"{name}.npy", b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header)
    assert "x_train holds 0 bytes where its header says 1,000,000,000,000" in refused(path)
    with zipfile.ZipFile(path, "w") as file:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            file.writestr(name, b"hello")
    assert refused(path) == f"{path}: x_train holds no array. Save plain arrays with numpy.savez."


def test_limits_beyond_the_type_of_the_values_say_nothing_on_the_terminal(tmp_path, recwarn):
    half = {name: array.astype(np.float16) for name, array in GOOD.items()}
    half["x_train"][0, 0, 0] = 2
    assert open_source(save(tmp_path / "half.npz", **half)).labels.tolist() == [0, 1, 0, 1, 1, 0]
    huge = {name: array.astype(np.float64) for name, array in GOOD.items()}
    huge["x_train"][0, 0, :2] = -1e308, 1e308
    assert "x_train holds values beyond 1e+300" in refused(save(tmp_path / "huge.npz", **huge))
    assert not recwarn.list


@pytest.mark.filterwarnings("error")
def test_a_label_that_is_not_finite_is_refused_without_a_warning(tmp_path):
    path = save(tmp_path / "a.npz", **{**GOOD, "y_test": np.array([0, np.inf])})
    assert "y_test holds inf, which is no whole number" in refused(path)
