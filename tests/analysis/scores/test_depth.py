"""The crossover: the depth from which on all differences are positive."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.analysis.scores.depth import crossover, first_of_all_positive

DEPTHS = (8, 14, 20, 32)


def constant(value):
    """A table of differences that does not vary: every draw has its mean."""
    return np.full((3, 5), float(value))


@pytest.mark.parametrize(
    ("means", "depth", "low", "high"),
    [
        ([-1, -1, 1, 1], 20, 20, 20),
        ([1, -1, 1, 1], 20, 20, 20),  # positive at 8, and not from there on
        ([1, 1, 1, 1], 8, None, 8),
        ([-1, 1, 1, -1], None, inf, None),
        ([-1, -1, -1, -1], None, inf, None),
        ([-1, 0, 1, 1], 20, 20, 20),  # no difference is no advantage
        ([-1, -1, -1, 1], 32, 32, 32),
    ],
)
def test_tables_that_do_not_vary(means, depth, low, high):
    found = crossover(DEPTHS, [constant(mean) for mean in means], draws=50)
    assert (found.depth, found.low, found.high) == (depth, low, high)


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_the_first_of_all_positive_by_looking(positive):
    means = np.where(positive, 1.0, -1.0)
    looked = next((place for place in range(len(positive)) if all(positive[place:])), len(positive))
    assert first_of_all_positive(means[None])[0] == looked


@given(st.integers(0, 3))
@settings(deadline=None)
def test_rising_differences_cross_where_their_sign_changes(place):
    means = np.arange(4) - place + 0.5
    assert crossover(DEPTHS, [constant(mean) for mean in means], draws=50).depth == DEPTHS[place]


def test_what_varies_between_seeds_opens_the_interval():
    """At 14 layers two of three seeds win by 1 and one loses by 1: of 27 equally likely draws of three seeds, those
    with at least two losses (1 + 6 of 27, 26 %) move the crossover on to 20."""
    table = np.repeat([[1.0], [1.0], [-1.0]], 5, axis=1)
    found = crossover(DEPTHS, [constant(-1), table, constant(1), constant(1)])
    assert (found.depth, found.low, found.high) == (14, 14, 20)
    narrow = crossover(DEPTHS, [constant(-1), table, constant(1), constant(1)], level=0.4)
    assert (narrow.low, narrow.high) == (14, 14)
