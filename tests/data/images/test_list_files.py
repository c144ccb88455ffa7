"""Files that are lists of images, told apart from others."""

import json

import pytest
from PIL import Image

from skipwise.data.glimpse import look_at
from skipwise.data.images import list_files
from skipwise.data.images.list_files import FRACTION

IMAGES = ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")


@pytest.fixture
def photos(tmp_path):
    for number, name in enumerate(IMAGES):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(tmp_path / name)
    return tmp_path


def found(root):
    return [(one.file, one.part) for one in list_files.list_files(look_at(root))]


@pytest.mark.parametrize("name", ["train_test_split", "test-and-train", "TrainTestSplit", "train_trainval"])
def test_a_name_with_two_parts_is_that_of_no_list(photos, name):
    (photos / f"{name}.txt").write_text("".join(f"{image} {number % 2}\n" for number, image in enumerate(IMAGES)))
    (photos / f"{name}.json").write_text(json.dumps({"a": IMAGES[:2], "b": IMAGES[2:]}))
    (photos / "train_split.txt").write_text("\n".join(IMAGES))
    assert found(photos) == [("train_split.txt", "train")]


def test_an_object_of_parts_is_no_list(photos):
    for name in ("split", "train"):
        (photos / f"{name}.json").write_text(json.dumps({"train": IMAGES[:2], "test": IMAGES[2:]}))
    (photos / "test.json").write_text(json.dumps({"train": IMAGES}))
    assert found(photos) == []
    (photos / "train.json").write_text(json.dumps({"train": IMAGES}))
    (photos / "test.json").write_text(json.dumps({"cat": IMAGES[:2], "dog": IMAGES[2:]}))
    assert found(photos) == [("test.json", "test"), ("train.json", "train")]


def test_folders_are_counted_in_the_whole_list(photos, monkeypatch):
    (photos / "train.txt").write_text("\n".join(IMAGES))
    monkeypatch.setattr(list_files, "BEGINNING", 22)
    (one,) = list_files.list_files(look_at(photos))
    assert one.folders == 2


def test_texts_that_name_no_images_are_not_looked_for(photos, monkeypatch):
    (photos / "info.txt").write_text("width 9\nheight 9\ncolours 3\n")
    (photos / "train.txt").write_text("\n".join(name.removesuffix(".png") for name in IMAGES).upper().lower())
    asked = []
    before = list_files.is_there
    monkeypatch.setattr(list_files, "is_there", lambda path: asked.append(path.name) or before(path))
    assert found(photos) == [("train.txt", "train")]
    assert set(asked) <= {"1.png", "2.png"}


def test_of_very_many_texts_those_named_as_parts_are_looked_into(photos, monkeypatch):
    for name in ("a", "b", "train"):
        (photos / f"{name}.txt").write_text("\n".join(IMAGES))
    monkeypatch.setattr(list_files, "MOST_LOOKED", 2)
    assert found(photos) == [("a.txt", ""), ("train.txt", "train")]


def test_quantities():
    assert all(FRACTION.fullmatch(cell) for cell in ("0.5", "-.5", "+10.050", "1.5e-3", ".0001"))
    assert not any(FRACTION.fullmatch(cell) for cell in ("1", "1.0", "2.", ".", "1.5x", "." + "9" * 200_000 + "x"))
