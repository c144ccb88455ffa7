"""Outliers are told, by numbers that are worked out here."""

import numpy as np
import pytest

from skipwise.data.quality.outliers import far_out, levels


def test_far_out_is_three_quartile_ranges_beyond_a_quartile():
    values = np.array([0.0, 1, 2, 3, 4])  # quartiles 1 and 3: fences at -5 and 9
    assert not far_out(values).any()
    assert far_out(np.array([0.0, 1, 2, 3, 9])).tolist() == [False] * 5
    assert far_out(np.array([0.0, 1, 2, 3, 9.1])).tolist() == [False] * 4 + [True]
    assert not far_out(np.array([5.0, 5, 5, 5, 100])).any()  # most are equal: nothing is usual to be far from


def test_levels_are_means_and_deviations():
    small = np.stack([np.full((2, 2), 7.0), np.array([[0.0, 10], [0, 10]])])
    seen = levels(small)
    assert seen.brightness.tolist() == [7, 5]
    assert seen.contrast.tolist() == [0, 5]
    assert seen.blank.tolist() == [True, False]


def test_what_pads_an_image_is_not_looked_at():
    """The upper half is 10 and 30, the rest padding; of the other image everything counts."""
    small = np.full((2, 4, 4), 128.0)
    small[0, :2, :2], small[0, :2, 2:] = 10, 30
    seen = levels(small, np.array([[0.5, 1.0], [1.0, 1.0]]))
    assert seen.brightness == pytest.approx([20, 128])
    assert seen.contrast == pytest.approx([10, 0])
