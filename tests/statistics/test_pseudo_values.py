"""Pseudo-values of scores that are no mean over examples."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from skipwise.statistics import pseudo_values, pseudo_values_of_counts

TRUTHS = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 1])
ANSWERS = np.array([0, 0, 1, 1, 2, 2, 2, 0, 2, 1])


def macro_f1(counts):
    return float((2 * np.diag(counts) / (counts.sum(0) + counts.sum(1))).mean())


def test_pseudo_values_of_a_mean_are_the_scores():
    scores = np.array([1.0, 0.0, 1.0, 1.0])
    assert pseudo_values(lambda kept: float(scores[kept].mean()), 4) == pytest.approx(scores)


def test_pseudo_values_worked_by_hand():
    """The square of the mean of 1, 2, 6: whole 9; without one 16, 12.25, 2.25; so 27 - 32, 27 - 24.5, 27 - 4.5."""
    values = np.array([1.0, 2.0, 6.0])
    assert pseudo_values(lambda kept: float(values[kept].mean() ** 2), 3) == pytest.approx([-5.0, 2.5, 22.5])


def test_pseudo_values_of_counts_are_a_naive_jackknife_of_sklearns_macro_f1():
    def f1(indices):
        return f1_score(TRUTHS[indices], ANSWERS[indices], average="macro")

    everything = list(range(10))
    naive = [10 * f1(everything) - 9 * f1([i for i in everything if i != left_out]) for left_out in everything]
    assert pseudo_values_of_counts(macro_f1, TRUTHS, ANSWERS, 3) == pytest.approx(naive)
    assert pseudo_values(lambda kept: f1(np.flatnonzero(kept)), 10) == pytest.approx(naive)
