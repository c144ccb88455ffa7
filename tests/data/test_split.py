"""The split: stratified, fixed by data and seed, true to given parts, and never through what belongs together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.data.quality.exact_duplicates import group_duplicates
from skipwise.data.split import split, stay_together
from skipwise.errors import UserError


def draw(labels, *, given=None, together=None, classes=None, **options):
    labels = np.asarray(labels)
    return split(
        labels,
        given or [""] * len(labels),
        np.arange(len(labels)) if together is None else together,
        classes or [f"class{i}" for i in range(labels.max() + 1)],
        **{"test_size": None, "fingerprint": "data", "seed": 0, **options},
    )


def counts(labels, indices):
    return np.bincount(np.asarray(labels)[indices]).tolist()


def test_stratified():
    labels = [0] * 100 + [1] * 50 + [2] * 10
    parts = draw(labels)
    assert counts(labels, parts.test) == [20, 10, 2]
    assert counts(labels, parts.validation) == [8, 4, 1]
    everything = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(everything) == list(range(160))


def test_test_size():
    labels = [0, 1] * 50
    assert counts(labels, draw(labels, test_size=0.5).test) == [25, 25]


def test_fixed_by_fingerprint_and_seed():
    labels = [0, 1] * 50
    first = draw(labels)
    assert np.array_equal(first.test, draw(labels).test)
    assert not np.array_equal(first.test, draw(labels, seed=1).test)
    assert not np.array_equal(first.test, draw(labels, fingerprint="other").test)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), images=st.integers(60, 120))
def test_what_belongs_together_is_never_parted(seed, images):
    generator = np.random.default_rng(seed)
    labels = np.arange(images) % 3
    digests = [str(number) for number in generator.integers(0, images, images)]
    groups = [str(number) if number < 10 else "" for number in generator.integers(0, 40, images)]
    together = stay_together(group_duplicates(digests), groups)
    parts = draw(labels, together=together, seed=seed)
    clusters = [set(together[getattr(parts, part)].tolist()) for part in ("train", "validation", "test")]
    assert not clusters[0] & clusters[1]
    assert not clusters[0] & clusters[2]
    assert not clusters[1] & clusters[2]
    for i in range(images):
        for j in range(i):
            if digests[i] == digests[j] or (groups[i] and groups[i] == groups[j]):
                assert together[i] == together[j]


def test_given_parts_are_kept():
    given_parts = ["train"] * 20 + ["validation"] * 4 + ["test"] * 6
    parts = draw([0, 1] * 15, given=given_parts, test_size=0.3)
    assert parts.test.tolist() == list(range(24, 30))
    assert parts.validation.tolist() == list(range(20, 24))
    assert parts.notes == ("the data have a test set of their own: --test-size is not used",)


def test_validation_comes_out_of_train():
    parts = draw([0, 1] * 20, given=["train"] * 30 + ["test"] * 10)
    assert len(parts.validation) == 4
    assert parts.validation.max() < 30


def test_train_and_validation_alone():
    parts = draw([0, 1] * 20, given=["train"] * 30 + ["validation"] * 10)
    assert parts.test.tolist() == list(range(30, 40))
    assert "the validation part serves as the test set" in parts.notes[0]


@pytest.mark.parametrize(
    ("labels", "options", "sentence"),
    [
        ([0] * 10 + [1] * 2, {}, "The class 'class1' has 2 images and none of them is for testing: a class needs at "
         "least 3 that differ, and are in different groups."),
        ([0] * 9 + [1] * 3, {"given": ["train"] * 7 + ["test"] * 5},
         "The class 'class1' has images to test but none to train on: add some, or leave it out."),
    ],
)  # fmt: skip
def test_classes_that_would_be_missing(labels, options, sentence):
    with pytest.raises(UserError) as error:
        draw(labels, **options)
    assert str(error.value) == sentence


PARTS = ("train", "validation", "test")


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
    side = part_of(draw(labels, given=given_parts.tolist(), together=together), 120)
    for cluster in set(together.tolist()):
        assert len(set(side[together == cluster])) == 1


def test_beside_a_test_image_stands_no_training_image():
    given_parts = ["test"] * 4 + [""] * 36
    together = [*range(36), 0, 1, 2, 3]
    parts = draw([0, 1] * 20, given=given_parts, together=np.array(together))
    assert parts.test.tolist() == [0, 1, 2, 3, 36, 37, 38, 39]


def test_a_class_that_validation_would_miss():
    """Class 1 has two images: one is given to test, and the other is needed to train."""
    with pytest.raises(UserError) as error:
        draw([0] * 20 + [1] * 2, given=["train"] * 10 + ["test"] * 10 + ["train", "test"])
    assert str(error.value) == (
        "The class 'class1' has 1 images to train on and none of them can be spared for validation: it needs at least "
        "2 that differ, and are in different groups."
    )
