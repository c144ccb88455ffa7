"""Shares of the training images: even by class, one inside the other, drawn by the seed alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.data.subset import subset_of
from support.images import dataset


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """87 images to train on, 29 of each class."""
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


@given(st.floats(1e-6, 1), st.floats(1e-6, 1), st.integers(0, 9))
@settings(deadline=None)
def test_a_smaller_share_lies_in_a_larger_one(data, one, other, seed):
    small, large = (set(subset_of(data, fraction, seed).train.tolist()) for fraction in sorted((one, other)))
    assert small <= large <= set(data.train.tolist())


@pytest.mark.parametrize(("fraction", "of_each"), [(1e-6, 1), (0.01, 1), (0.1, 3), (0.5, 14), (0.9, 26), (1, 29)])
def test_each_class_gives_its_part_and_at_least_one_image(data, fraction, of_each):
    """Of 29: 2.9 is 3, 14.5 is 14 (to the even number), 26.1 is 26."""
    share = subset_of(data, fraction, seed=0)
    assert np.bincount(data.labels[share.train]).tolist() == [of_each] * 3
    assert np.array_equal(share.validation, data.validation)
    assert np.array_equal(share.test, data.test)


def test_each_seed_draws_its_own_and_twins_share_it(data):
    one, twin, other = (subset_of(data, 0.3, seed).train.tolist() for seed in (0, 0, 1))
    assert one == twin
    assert one != other
