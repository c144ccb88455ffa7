"""The two-way bootstrap, also of scores that are no mean over examples."""

import numpy as np
import pytest

from skipwise.statistics import percentile_interval, two_way_bootstrap, two_way_bootstrap_of


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
