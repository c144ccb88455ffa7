"""Folds: every image is tested once, classes are even, and what belongs together stays together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skipwise import UserError
from skipwise.data import Options, prepare_images
from skipwise.data.folds import fold_numbers, fold_of

CLASSES, EACH = 3, 24


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """72 images of three classes; images 0 and 3 are the same one, both of class 0."""
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (CLASSES * EACH, 8, 8)).astype(np.uint8)
    images[3] = images[0]
    folder = tmp_path_factory.mktemp("data")
    for number, image in enumerate(images):
        path = folder / f"class {number // EACH}" / f"{number:02}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(image).save(path)
    return prepare_images(folder, Options(), photo_size=64)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(2, 7), st.integers(0, 5))
@settings(deadline=None)
def test_classes_are_as_even_as_they_can_be(labels, folds, seed):
    """n images of a class in k folds: each fold has floor(n / k) or one more."""
    labels = np.array(labels)
    numbers = fold_numbers(labels, np.arange(len(labels)), folds, seed)
    assert set(numbers) <= set(range(folds))
    for label in set(labels.tolist()):
        counts = np.bincount(numbers[labels == label], minlength=folds)
        assert counts.max() - counts.min() <= 1
        assert counts.sum() == (labels == label).sum()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=60), st.integers(2, 5))
@settings(deadline=None)
def test_what_belongs_together_shares_a_fold(images, folds):
    labels, together = (np.array(column) for column in zip(*images, strict=True))
    numbers = fold_numbers(labels, together, folds, "key")
    for number in set(together.tolist()):
        assert len(set(numbers[together == number].tolist())) == 1


def test_a_cluster_goes_to_the_fold_with_the_fewest_of_its_class():
    """Two clusters of 2 and two single images of one class in 2 folds: 3 each, in whatever order they come.

    A cluster that comes when the folds differ goes to the smaller one; 2 + 2 singles level what is left.
    """
    labels, together = np.zeros(6, np.int64), np.array([0, 0, 1, 1, 2, 3])
    for seed in range(20):
        counts = np.bincount(fold_numbers(labels, together, 2, seed), minlength=2)
        assert sorted(counts.tolist()) in ([3, 3], [2, 4])


def test_the_folds_of_a_seed_test_every_image_once_and_train_on_the_others(data):
    """72 images in 4 folds: about 18 to test, and of the other 54 a tenth for validation."""
    folds = [fold_of(data, fold, 4, seed=1) for fold in range(4)]
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(72))
    for fold in folds:
        parts = [fold.train.tolist(), fold.validation.tolist(), fold.test.tolist()]
        assert sorted(parts[0] + parts[1] + parts[2]) == list(range(72))
        assert 17 <= len(fold.test) <= 19  # the pair counts as one image when it is drawn
        assert 3 <= len(fold.validation) <= 9
        for part in parts:
            assert set(data.labels[part].tolist()) == {0, 1, 2}
            assert (0 in part) == (3 in part)


def test_folds_are_a_function_of_data_and_seed(data):
    one, again, other = (fold_of(data, 0, 3, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.test, again.test)
    assert np.array_equal(one.train, again.train)
    assert not np.array_equal(one.test, other.test)


def test_more_folds_than_a_class_has_images_are_refused(data):
    """Class 0 has 24 images, two of them the same one."""
    assert len(fold_of(data, 22, 23, seed=0).test) > 0
    with pytest.raises(
        UserError, match=r"^--folds is 24, and the smallest class has 23 examples that differ: each fold"
    ):
        fold_of(data, 0, 24, seed=0)
