"""Sources that can be read, and the full text of the error where they cannot."""

import csv

import numpy as np
import pytest
from PIL import Image

from skipwise.data.images.open import open_source
from skipwise.errors import UserError


def paint(path, colour, size=(12, 10)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def refused(data):
    with pytest.raises(UserError) as error:
        open_source(data)
    return str(error.value)


def test_class_folders(tmp_path):
    paint(tmp_path / "cats/a.png", "red")
    paint(tmp_path / "cats/deep/b.PNG", "red")
    paint(tmp_path / "dogs/ü ñ.jpg", "blue")
    paint(tmp_path / "dogs/.hidden.jpg", "blue")
    (tmp_path / "dogs/notes.txt").write_text("no image")
    (tmp_path / "readme.md").write_text("no image")
    (tmp_path / "empty").mkdir()
    source = open_source(tmp_path)
    assert source.classes == ("cats", "dogs")
    assert list(source.names) == ["cats/a.png", "cats/deep/b.PNG", "dogs/ü ñ.jpg"]
    assert source.labels.tolist() == [0, 0, 1]
    assert set(source.parts) == {""}
    assert source.other_files == 2
    assert source.notes == ("folders without images: empty",)


def test_folders_of_parts(tmp_path):
    for part in ("train", "val", "test"):
        paint(tmp_path / part / "cats/a.png", "red")
        paint(tmp_path / part / "dogs/b.png", "blue")
    source = open_source(tmp_path)
    assert sorted(source.parts) == ["test", "test", "train", "train", "validation", "validation"]
    assert source.classes == ("cats", "dogs")


def test_one_class_is_not_enough(tmp_path):
    paint(tmp_path / "cats/a.png", "red")
    assert refused(tmp_path) == (
        f"{tmp_path} holds images of one class, cats: put the images of each class into a folder of its own, as "
        f"{tmp_path}/cats/1.jpg and {tmp_path}/dogs/1.jpg."
    )


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
        ({"x_train": np.zeros((4, 5, 6))}, "{path}: x_train is float64: images must be uint8 with values from 0 to 255."),
        ({"x_train": np.zeros((4, 5), np.uint8)}, "{path}: x_train has shape (4, 5): it must be (n, height, width) or "
         "(n, height, width, 1 or 3)."),
        ({"y_train": np.zeros(3, int)}, "{path}: y_train has 3 labels for 4 images."),
        ({"y_test": np.zeros(2)}, "{path}: y_test has shape (2,) and type float64: it must be (n,) of whole numbers."),
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
    assert "cannot be read as .npz: it is damaged or another kind of file, or holds Python objects" in refused(path)
    (tmp_path / "b.npz").write_bytes(b"nonsense")
    assert "cannot be read as .npz" in refused(tmp_path / "b.npz")


def write_table(path, header, *rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_table(tmp_path):
    path = write_table(
        tmp_path / "list.csv", ["path", "label", "split", "group"],
        ["a.png", "cat", "train", "g1"], ["b.png", "dog", "val", ""], ["c.png", "cat", "", "g1"],
    )  # fmt: skip
    source = open_source(path)
    assert source.name == "list"
    assert list(source.parts) == ["train", "validation", ""]
    assert list(source.groups) == ["g1", "", "g1"]
    assert source.files[0] == tmp_path / "a.png"


@pytest.mark.parametrize(
    ("header", "rows", "sentence"),
    [
        (["file", "label"], [["a", "b"]], "{path} has no column 'path' (it has file, label): name one so."),
        (["path", "label"], [], "{path} has no rows below its header: list one image a row."),
        (["path", "label"], [["a", "x"], ["b", ""]], "{path}, line 3: label is empty."),
        (["path", "label", "split"], [["a", "x", "holdout"]],
         "{path}, line 2: split is 'holdout': write train, val or test, or nothing."),
        (["path", "label"], [["a", "x"]], "{path} has one label, 'x': a comparison needs at least two classes."),
    ],
)  # fmt: skip
def test_tables_that_cannot_be(tmp_path, header, rows, sentence):
    path = write_table(tmp_path / "list.csv", header, *rows)
    assert refused(path) == sentence.format(path=path)


def test_table_in_another_encoding(tmp_path):
    (tmp_path / "list.csv").write_bytes("path,label\nä.png,x\n".encode("latin-1"))
    assert "cannot be read as a .csv in UTF-8" in refused(tmp_path / "list.csv")


def test_unknown_data(tmp_path):
    assert refused("cifar") == "There is no data set, file or folder called 'cifar': did you mean 'cifar10'?"
    assert refused("photos/none") == (
        "photos/none does not exist: give a folder of images, an .npz, a .csv, or a name as digits."
    )
    (tmp_path / "a.txt").write_text("")
    assert refused(tmp_path / "a.txt").endswith(
        "is a file skipwise cannot read: give a folder of images, an .npz or a .csv."
    )


def test_a_name_without_a_network_says_so(monkeypatch):
    import torchvision

    def offline(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", offline)
    assert "cifar10 is not in" in refused("cifar10")
    assert "cannot be downloaded (OSError: no route to host): connect to a network, or give an .npz" in refused(
        "cifar10"
    )


def test_what_torchvision_brings(monkeypatch):
    import torchvision

    class Small:
        classes = ("0 - zero", "1 - one")

        def __init__(self, root, download, train):
            import torch

            self.data = torch.full((4 if train else 2, 3, 3), 7, dtype=torch.uint8)
            self.targets = torch.arange(4 if train else 2) % 2

    monkeypatch.setattr(torchvision.datasets, "MNIST", Small)
    source = open_source("mnist")
    assert source.arrays.shape == (6, 3, 3, 1)
    assert source.classes == ("0", "1")


def test_digits():
    source = open_source("digits")
    assert source.arrays.shape == (1797, 8, 8, 1)
    assert source.arrays.max() == 255
    assert source.classes == tuple("0123456789")
