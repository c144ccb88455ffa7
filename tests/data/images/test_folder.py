"""Folders of images: classes, parts and what else lies there, and the full text of the error where they cannot be."""

import pytest
from PIL import Image

from skipwise.data.images.open import open_source
from skipwise.errors import UserError
from support.images import refused


def paint(path, colour, size=(12, 10)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


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


def folders(root, *parts):
    for part in parts:
        for name in ("cats", "dogs"):
            (root / part / name).mkdir(parents=True)
            Image.new("RGB", (9, 9)).save(root / part / name / "a.png")
    return root


def test_other_folders_beside_the_parts_are_told(tmp_path):
    source = open_source(folders(tmp_path, "train", "test", "unlabelled"))
    assert source.classes == ("cats", "dogs")
    assert sorted(source.parts) == ["test", "test", "train", "train"]
    assert source.notes == ("folders beside train that are not read: unlabelled",)


def test_train_may_be_a_class(tmp_path):
    assert open_source(folders(tmp_path, "car", "bus", "train")).classes == ("bus", "car", "train")


def test_hidden_files_are_counted(tmp_path):
    folders(tmp_path, "a", "b")
    (tmp_path / ".DS_Store").write_text("")
    (tmp_path / "a/cats/.a.png").write_text("")
    source = open_source(tmp_path)
    assert (source.hidden_files, source.other_files) == (2, 0)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["train", "val", "valid"], "{path} holds both val and valid: keep one validation folder."),
        (["val", "test"],
         "{path} holds test and val but no train folder: add the images to train on as {path}/train."),
    ],
)  # fmt: skip
def test_folders_of_parts_that_cannot_be(tmp_path, parts, sentence):
    with pytest.raises(UserError) as error:
        open_source(folders(tmp_path, *parts))
    assert str(error.value) == sentence.format(path=tmp_path)
