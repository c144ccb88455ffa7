"""The sentences on a crossover, with intervals that are open at either end."""

from math import inf

import pytest

from skipwise.analysis.scores.depth import Crossover
from skipwise.reports.sections.depth import crossover_sentence, headline

DEPTHS = (8, 14, 20)


@pytest.mark.parametrize(
    ("depth", "low", "high", "sentence"),
    [
        (14, 14, 20, "On average shortcuts pay from 14 layers on (95 % interval 14 to 20 layers)."),
        (14, None, 14, "On average shortcuts pay from 14 layers on (95 % interval at or below 8 to 14 layers)."),
        (20, 14, None, "On average shortcuts pay from 20 layers on (95 % interval 14 to beyond 20 layers)."),
        (14, None, None, "On average shortcuts pay from 14 layers on (95 % interval open at both ends)."),
        (14, 14, 14, "On average shortcuts pay from 14 layers on (95 % interval 14 layers, among the depths that were tried)."),
        (8, None, 8, "On average shortcuts pay at every depth that was tried, from 8 layers on (95 % interval at or below 8 to 8 layers)."),
        (None, inf, None, "Up to 20 layers there is no depth from which on shortcuts pay on average (95 % interval beyond 20 layers)."),
        (None, 20, None, "Up to 20 layers there is no depth from which on shortcuts pay on average (95 % interval 20 to beyond 20 layers)."),
    ],
)  # fmt: skip
def test_the_crossover_in_words(depth, low, high, sentence):
    assert crossover_sentence(Crossover(depth=depth, low=low, high=high, level=0.95), DEPTHS) == sentence


def test_a_crossover_that_no_verdict_bears_out_says_so():
    found = Crossover(depth=8, low=None, high=14, level=0.95)
    pays = crossover_sentence(found, DEPTHS)
    assert headline(found, DEPTHS, seeds=3, shown=True) == pays
    assert headline(found, DEPTHS, seeds=3, shown=False) == (
        f"At no depth that was tried is the residual network shown to be better. {pays}"
    )
    assert headline(found, DEPTHS, seeds=1, shown=True) == f"One seed tells of checkpoints, not of networks. {pays}"
