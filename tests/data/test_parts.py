"""Words for the parts of a split."""

import pytest

from skipwise.data.parts import part_of, parts_among


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("train", ["train", "Training", "TR", "training_set", "train2017", "train-images", "Train Data", "trn", "train1", "train_mini"]),
        ("validation", ["val", "VALID", "validation", "dev", "eval", "val2017", "validation_set", "images_val"]),
        ("test", ["test", "Testing", "holdout", "hold-out", "test_set", "TestSet", "test1"]),
        (None, ["", "trainer", "testtube", "value", "cat", "validate", "train_station", "devil", "2017"]),
    ],
)  # fmt: skip
def test_words(part, names):
    assert {name: part_of(name) for name in names} == dict.fromkeys(names, part)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["train"], ["train"]),
        (["Training", "Testing"], ["train", "test"]),
        (["train", "dev"], ["train", "validation"]),
        (["train", "dev", "eval"], ["train", "validation", "test"]),
        (["train", "eval"], ["train", "validation"]),
        (["seg_train", "seg_test", "seg_pred"], ["train", "test", None]),
        (["20news-bydate-train", "20news-bydate-test"], ["train", "test"]),
        (["Drone2019-DET-train", "Drone2019-DET-val"], ["train", "validation"]),
        (["bullet-fast-train", "stress-new-test"], [None, None]),
        (["train", "test", "unlabelled"], ["train", "test", None]),
        (["car", "bus", "train"], [None, None, None]),
        (["steam_train", "bullet_train"], [None, None]),
        (["tr", "en", "de"], [None, None, None]),
        (["val", "test"], [None, None]),
        ([], []),
    ],
)
def test_names_beside_one_another(names, parts):
    found = parts_among(names)
    assert [found.get(name) for name in names] == parts
