"""Intervals of an accuracy and of a mean by hand."""

import numpy as np
import pytest

from skipwise.statistics import accuracy_interval, t_interval


def test_all_right_is_not_surely_right():
    """50 of 50 right by every seed: Wilson's lower end is 1 / (1 + z^2 / 50) = 1 / (1 + 3.8415 / 50)."""
    low, high = accuracy_interval(np.ones((3, 50)))
    assert (low, high) == pytest.approx((1 / (1 + 3.8415 / 50), 1.0), abs=1e-5)


def test_accuracy_on_the_logit_scale_by_hand():
    """Rows .8 and .9 of any examples alike: mean .85, error .05, t(1 df) = 12.7062; over .85 x .15 on the logit
    scale.
    """
    scores = np.concatenate([np.full((1, 10), 0.8), np.full((1, 10), 0.9)])
    middle, half = np.log(0.85 / 0.15), 12.7062 * 0.05 / (0.85 * 0.15)
    assert accuracy_interval(scores) == pytest.approx(
        (1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))), abs=1e-5
    )


def test_a_mean_of_one_seed_is_itself():
    assert t_interval(np.array([0.7])) == (0.7, 0.7)
