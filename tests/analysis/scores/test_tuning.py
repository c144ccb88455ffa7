"""Searches analysed: the front of cost and accuracy, and how important each dimension is."""

import numpy as np

from skipwise.analysis.scores import tuning as analysis
from skipwise.analysis.scores.tuning import compared, front, importances
from support.searches import found, trial


def test_the_front_holds_what_no_cheaper_trial_equals():
    one, two, three = trial(0, 0.8, cost=100), trial(1, 0.9, cost=300), trial(2, 0.9, cost=200)
    worse, dropped = trial(3, 0.7, cost=150), trial(4, 0.99, cost=50, state="dropped")
    assert front([one, two, three, worse, dropped]) == [one, three]


def test_what_decides_is_important_and_what_does_not_stays_below_chance(monkeypatch):
    monkeypatch.setattr(analysis, "DRAWS", 8)
    generator = np.random.default_rng(0)
    made = []
    for number in range(24):
        values = {"kernel": [3, 5, 7][number % 3], "lr": float(generator.uniform(0.01, 0.1))}
        accuracy = {3: 0.5, 5: 0.7, 7: 0.9}[values["kernel"]]
        made.append(trial(number, accuracy, early=accuracy, values=values, state="dropped"))
    kernel, rate = importances(found(*made))
    assert (kernel.name, rate.name) == ("kernel", "lr")
    assert kernel.share > 0.9 > kernel.chance
    assert rate.share < 0.05
    assert kernel.low <= kernel.share <= kernel.high + 0.05


def test_importance_goes_by_what_all_trials_came_to():
    one = trial(0, 0.9, early=0.5)
    assert compared(one, found(one)) == 0.5
    assert compared(one, found(one, halving=False)) == 0.9
    assert importances(found(*[trial(number, 0.9, early=0.5) for number in range(5)])) == []  # too few
