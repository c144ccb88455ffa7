"""Folders of classes, wherever the parts of a split stand, and folders that are none."""

import os

import pytest

from skipwise.data.class_folders import class_folders
from skipwise.errors import UserError


def made(root, *places):
    for place in places:
        (root / place).mkdir(parents=True)
    return root


def found(root):
    return [(folder.place, folder.label, folder.part) for folder in class_folders(root).folders]


def test_classes_alone(tmp_path):
    assert found(made(tmp_path, "cat", "dog", ".git")) == [("cat", "cat", ""), ("dog", "dog", "")]


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "Testing"), ("training_set", "test_set"),
                                             ("TR", "holdout"), ("train2017", "test2017"), ("seg_train", "seg_test")])  # fmt: skip
def test_parts_above_the_classes(tmp_path, train, test):
    made(tmp_path, *(f"{part}/{name}" for part in (train, test) for name in ("cat", "dog")))
    assert sorted(found(tmp_path)) == sorted(
        (f"{folder}/{name}", name, part)
        for folder, part in ((train, "train"), (test, "test"))
        for name in ("cat", "dog")
    )


def test_parts_below_the_classes(tmp_path):
    made(tmp_path, "cat/Train", "cat/val", "dog/Train", "dog/val", "eel/Train")
    assert found(tmp_path) == [
        ("cat/Train", "cat", "train"), ("cat/val", "cat", "validation"), ("dog/Train", "dog", "train"),
        ("dog/val", "dog", "validation"), ("eel/Train", "eel", "train"),
    ]  # fmt: skip


def test_an_archive_wraps_its_folders(tmp_path):
    made(tmp_path, "data/flowers/train/rose", "data/flowers/train/tulip", "data/flowers/val/rose")
    assert class_folders(tmp_path).root == "data/flowers"
    assert found(tmp_path)[0] == ("data/flowers/train/rose", "rose", "train")
    assert class_folders(tmp_path).words == "2 classes (rose, tulip in data/flowers; parts: train, validation)"


def test_a_part_wraps_itself(tmp_path):
    made(tmp_path, "seg_train/seg_train/sea", "seg_train/seg_train/street", "seg_test/seg_test/sea")
    places = class_folders(tmp_path)
    assert [(folder.place, folder.part) for folder in places.folders] == [
        ("seg_test/seg_test/sea", "test"), ("seg_train/seg_train/sea", "train"), ("seg_train/seg_train/street", "train"),
    ]  # fmt: skip
    assert places.notes == ("seg_test is taken for the test part", "seg_train is taken for the train part")


def test_parts_without_classes_and_with_others(tmp_path):
    made(tmp_path, "train/cat", "train/dog", "test", "val/images", "extra")
    places = class_folders(tmp_path)
    assert [folder.place for folder in places.folders] == ["train/cat", "train/dog"]
    assert places.without_classes == (("test", "test"),)
    assert places.foreign == (("validation", "val"),)
    assert places.beside == ("extra",)


def test_folders_that_hold_the_same_folders_are_no_classes(tmp_path):
    made(tmp_path, "seta/cat", "seta/dog", "setb/cat", "setb/dog")
    with pytest.raises(UserError) as error:
        class_folders(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}: the folders seta, setb all hold the same folders (cat, dog), so that they look like parts of a split, "
        "or patients, and not like classes: call them train, val and test, give one of them alone, or list the examples in a "
        ".csv with columns path, label and group."
    )


def test_a_folder_that_says_nothing_may_be_in_each_class(tmp_path):
    assert [label for _, label, _ in found(made(tmp_path, "cat/images", "dog/images"))] == ["cat", "dog"]
    assert [label for _, label, _ in found(made(tmp_path, "cat/masks", "dog/masks"))] == ["cat", "dog"]


def test_names_that_look_the_same_are_one_class(tmp_path):
    made(tmp_path, "cafe\u0301", "caf\u00e9", "tea")
    places = class_folders(tmp_path)
    assert places.classes == ("caf\u00e9", "tea")
    assert places.notes == ("2 folders whose names look the same are one class: caf\u00e9",)


def test_a_name_that_is_not_utf_8(tmp_path):
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")  # noqa: PTH102
    made(tmp_path, "tea")
    places = class_folders(tmp_path)
    assert places.classes == ("caf\\xe9", "tea")
    assert places.notes == ("the name of a folder is not UTF-8, and its class is called caf\\xe9",)
    assert (tmp_path / places.folders[0].place).is_dir()


@pytest.mark.parametrize(("parts", "words"), [
    (["train", "val", "valid"], "holds both val and valid: keep one validation folder."),
    (["val", "test"], "holds test and val but no train folder: add what is to be trained on as"),
])  # fmt: skip
def test_parts_that_cannot_be(tmp_path, parts, words):
    with pytest.raises(UserError, match=words):
        class_folders(made(tmp_path, *(f"{part}/{name}" for part in parts for name in ("cat", "dog"))))


@pytest.mark.parametrize("place", ["__MACOSX/cat", "@eaDir/cat", "__pycache__", ".ipynb_checkpoints"])
def test_what_programs_leave_behind_is_no_class(tmp_path, place):
    assert class_folders(made(tmp_path, "pets/cat", "pets/dog", place, f"pets/{place}")).classes == ("cat", "dog")


@pytest.mark.parametrize(
    "beside", [("annotations/trimaps", "annotations/xmls"), ("segmentations/1.cat", "parts"), ("Annotation/1.cat",)]
)
def test_annotations_beside_the_folder_that_holds_the_classes(tmp_path, beside):
    places = class_folders(
        made(tmp_path, "birds/images/1.cat", "birds/images/2.dog", *(f"birds/{name}" for name in beside))
    )
    assert (places.root, places.classes) == ("birds/images", ("1.cat", "2.dog"))
    assert places.beside == tuple(sorted({f"birds/{name.split('/')[0]}" for name in beside}))


@pytest.mark.parametrize("other", ["masks", "annotations", "Trimaps"])
def test_folders_named_after_what_lies_in_them_are_no_classes(tmp_path, other):
    with pytest.raises(UserError, match="named after what lies in them"):
        class_folders(made(tmp_path, "images", other))


def test_masks_may_be_a_class(tmp_path):
    assert class_folders(made(tmp_path, "masks", "bare_faces")).classes == ("bare_faces", "masks")


def test_a_folder_that_holds_all_classes_again_is_a_copy(tmp_path):
    places = class_folders(made(tmp_path, "sick", "well", "cells/sick", "cells/well"))
    assert places.classes == ("sick", "well")
    assert places.notes == ("cells holds all classes again and is taken for a copy, which is left out",)
