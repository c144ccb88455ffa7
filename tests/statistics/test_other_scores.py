"""Scores that are no mean over examples."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from skipwise.statistics import (
    percentile_interval,
    pseudo_values,
    pseudo_values_of_counts,
    two_way_bootstrap,
    two_way_bootstrap_of,
)

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


def test_bootstrap_of_a_mean_given_as_a_score_is_the_bootstrap_of_the_mean():
    table = np.random.default_rng(0).normal(0.1, 1, (5, 80)) + np.random.default_rng(1).normal(0, 0.3, (5, 1))
    low, high = two_way_bootstrap(table, draws=4_000)
    found = two_way_bootstrap_of(lambda run, counts: counts @ table[run] / 80, 5, 80, draws=4_000)
    assert found == pytest.approx((low, high), abs=0.05 * (high - low))


def test_bootstrap_counts_every_example_drawn():
    seen = []

    def score(run, counts):
        seen.extend((run, int(of_draw.sum()), int(of_draw.max())) for of_draw in counts)
        return np.ones(len(counts))

    assert two_way_bootstrap_of(score, 3, 20, draws=50) == (1.0, 1.0)
    assert {run for run, _, _ in seen} == {0, 1, 2}
    assert {total for _, total, _ in seen} == {20}
    assert max(most for _, _, most in seen) > 1


def test_percentile_interval_by_hand():
    """Of 0, 1, ..., 100 the middle 90 % reach from 5 to 95."""
    assert percentile_interval(np.arange(101.0), 0.9) == pytest.approx((5.0, 95.0))


def test_bootstrap_widens_with_either_spread():
    generator = np.random.default_rng(2)
    steady = np.tile(generator.normal(0, 1, 40), (4, 1))
    both = steady + generator.normal(0, 1, (4, 1))
    widths = [high - low for low, high in (two_way_bootstrap(steady), two_way_bootstrap(both))]
    assert widths[0] < widths[1]
