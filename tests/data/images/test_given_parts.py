"""Images without a part of their own, beside images that have one; and folders that name parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skipwise.data.images.open import open_source
from skipwise.data.split import split
from skipwise.errors import UserError

PARTS = ("train", "validation", "test")


def draw(labels, given_parts, together):
    classes = [f"class{i}" for i in range(max(labels) + 1)]
    return split(
        np.asarray(labels), given_parts, np.asarray(together), classes, test_size=None, fingerprint="data", seed=0
    )


def part_of(parts, count):
    side = np.empty(count, dtype=object)
    for part in PARTS:
        side[getattr(parts, part)] = part
    return side


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), fixed=st.sampled_from(["train", "test", "validation"]))
def test_what_has_no_part_follows_what_it_stays_with(seed, fixed):
    """A third of the clusters has one image whose part is given; no cluster is ever parted."""
    generator = np.random.default_rng(seed)
    together = generator.integers(0, 60, 120)
    labels = together % 3
    given_parts = np.full(120, "", dtype=object)
    for cluster in range(60):
        if cluster // 3 % 3 == 0:
            given_parts[np.flatnonzero(together == cluster)[:1]] = fixed
    side = part_of(draw(labels, given_parts.tolist(), together), 120)
    for cluster in set(together.tolist()):
        assert len(set(side[together == cluster])) == 1


def test_beside_a_test_image_stands_no_training_image():
    given_parts = ["test"] * 4 + [""] * 36
    together = [*range(36), 0, 1, 2, 3]
    parts = draw([0, 1] * 20, given_parts, together)
    assert parts.test.tolist() == [0, 1, 2, 3, 36, 37, 38, 39]


def test_a_class_that_validation_would_miss():
    """Class 1 has two images: one is given to test, and the other is needed to train."""
    with pytest.raises(UserError) as error:
        draw([0] * 20 + [1] * 2, ["train"] * 10 + ["test"] * 10 + ["train", "test"], range(22))
    assert str(error.value) == (
        "The class 'class1' has 1 images to train on and none of them can be spared for validation: it needs at least "
        "2 that differ, and are in different groups."
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
