"""Folders of images: classes, parts and what else lies there, and the full text of the error where they cannot be."""

import os

import pytest
from PIL import Image

from skipwise.data.images.dataset import open_source
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
    assert source.notes == (
        "folders without images: empty",
        "images in folders within the folder of a class are of that class: cats/deep",
        "files that are no images are left out: 2 (the first: dogs/notes.txt)",
    )


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
    assert source.notes == ("folders beside the classes that are not read: unlabelled",)


def test_train_may_be_a_class(tmp_path):
    for name in ("car", "bus", "train"):
        paint(tmp_path / name / "a.png", "red")
    assert open_source(tmp_path).classes == ("bus", "car", "train")


def test_hidden_files_are_counted(tmp_path):
    folders(tmp_path, "train")
    (tmp_path / ".DS_Store").write_text("")
    (tmp_path / "train/cats/.a.png").write_text("")
    source = open_source(tmp_path)
    assert (source.hidden_files, source.other_files) == (2, 0)


def test_images_are_known_by_what_they_are(tmp_path):
    """A suffix says nothing: a JPEG without one, called .jpg_large or .php, is an image, and a page is none."""
    for place in ("cats/a.jpg", "cats/b.jpg", "cats/c.jpg", "dogs/d.png"):
        paint(tmp_path / place, "red")
    (tmp_path / "cats/a.jpg").rename(tmp_path / "cats/a")
    (tmp_path / "cats/b.jpg").rename(tmp_path / "cats/b.jpg_large")
    (tmp_path / "cats/c.jpg").rename(tmp_path / "cats/c.php")
    (tmp_path / "dogs/e").write_text("<html>")
    source = open_source(tmp_path)
    assert list(source.names) == ["cats/a", "cats/b.jpg_large", "cats/c.php", "dogs/d.png"]
    assert source.notes == ("files that are no images are left out: 1 (dogs/e)",)


def test_only_regular_files_are_read_and_folders_once(tmp_path):
    paint(tmp_path / "data/cats/a.png", "red")
    paint(tmp_path / "data/dogs/b.png", "blue")
    paint(tmp_path / "elsewhere/c.png", "green")
    (tmp_path / "data/cats/gone.png").symlink_to("nowhere.png")
    (tmp_path / "data/cats/linked.png").symlink_to(tmp_path / "elsewhere/c.png")
    (tmp_path / "data/dogs/more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data/dogs/loop").symlink_to(tmp_path / "data/dogs")
    os.mkfifo(tmp_path / "data/dogs/pipe.png")
    source = open_source(tmp_path / "data")
    assert list(source.names) == ["cats/a.png", "cats/linked.png", "dogs/b.png", "dogs/more/c.png"]
    assert source.notes[1:] == (
        "links that lead nowhere are left out: 1 (cats/gone.png)",
        "devices, pipes and sockets are left out: 1 (dogs/pipe.png)",
        "folders that are read already, by another name, are left out: 1 (dogs/loop)",
    )


def test_test_images_without_classes_are_said(tmp_path):
    folders(tmp_path, "train")
    paint(tmp_path / "test/1.png", "red")
    source = open_source(tmp_path)
    assert set(source.parts) == {"train"}
    assert source.notes == (
        "test holds 1 image without folders of classes, so that the classes are unknown: no test part is taken from it",
    )


def test_classes_that_differ_in_case_are_told(tmp_path):
    for name in ("Cat", "cat ", "dog"):
        paint(tmp_path / name / "a.png", "red")
    assert open_source(tmp_path).notes == (
        "the classes 'Cat' and 'cat' differ in case or spaces alone, and are two classes",
    )


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        (["a.jpg", "b.jpg"],
         "{path} holds 2 images and no folders of them, so that nothing says their classes: put the images of each class "
         "into a folder of its own, as {path}/cats/1.jpg and {path}/dogs/1.jpg, or list them in a .csv with columns path "
         "and label."),
        (["cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg"],
         "{path} holds 4 images and no folders of them, so that nothing says their classes: put the images of each class "
         "into a folder of its own, as {path}/cats/1.jpg and {path}/dogs/1.jpg, or list them in a .csv with columns path "
         "and label. (Their names begin with cat, dog: if these are the classes, move the images into folders.)"),
        (["train/1.jpg", "test/2.jpg"],
         "{path} (test, train) holds 2 images and no folders of them, so that nothing says their classes: put the images of "
         "each class into a folder of its own, as {path}/cats/1.jpg and {path}/dogs/1.jpg, or list them in a .csv with "
         "columns path and label."),
        (["cats/a.png", "dogs/b.txt"],
         "{path} holds images of one class, cats: put the images of each class into a folder of its own, as "
         "{path}/cats/1.jpg and {path}/dogs/1.jpg. So far, files that are no images are left out: 1 (dogs/b.txt)."),
        (["train/cats/a.png", "val/cats/a.png", "valid/cats/a.png"],
         "{path} holds both val and valid: keep one validation folder."),
    ],
)  # fmt: skip
def test_folders_that_hold_no_classes(tmp_path, places, sentence):
    for place in places:
        if place.endswith(".txt"):
            (tmp_path / place).parent.mkdir(parents=True)
            (tmp_path / place).write_text("")
        else:
            paint(tmp_path / place, "red")
    assert refused(tmp_path) == sentence.format(path=tmp_path)


def test_masks_beside_their_images_are_no_examples(tmp_path):
    for name in ("benign", "malignant"):
        for file in ("1", "1_mask", "1_mask_1", "face_mask"):
            paint(tmp_path / name / f"{file}.png", "red")
    source = open_source(tmp_path)
    assert [name for name in source.names if "benign" in name] == ["benign/1.png", "benign/face_mask.png"]
    assert "masks beside the images of their names are left out: 4 (the first: benign/1_mask.png)" in source.notes


def test_folders_of_masks_beside_those_of_images_are_left_out(tmp_path):
    for place in ("ill/images", "ill/masks", "well/images", "well/masks"):
        (tmp_path / place).mkdir(parents=True)
        Image.new("RGB", (9, 9)).save(tmp_path / place / "a.png")
    source = open_source(tmp_path)
    assert source.names == ["ill/images/a.png", "well/images/a.png"]
    assert "folders of masks or annotations beside the images are left out: 2 (the first: ill/masks)" in source.notes
