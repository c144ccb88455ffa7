"""One seed, two seeds, equal answers, one diverged run, ties."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import skipwise.statistics
from skipwise.statistics import accuracy_interval, crossed_t, decide, decide_each, mcnemar, t_interval


def eval_step(a, b, failures=(0, 0)):
    failed = {label: [run < count for run in range(len(a))] for label, count in zip("ab", failures, strict=True)}
    return decide("a", {"a": a, "b": b}, failed)["b"]


def test_one_seed_of_equal_answers():
    same = np.ones((1, 20))
    verdict = eval_step(same, same)
    assert (verdict.method, verdict.p_value, verdict.interval) == ("McNemar", 1.0, (0.0, 0.0))
    assert (verdict.direction, verdict.equivalent) == ("undecided", False)
    assert verdict.equivalence_interval is None


def test_one_seed_cannot_be_equivalent_however_many_examples():
    same = np.ones((1, 100_000))
    assert not eval_step(same, same).equivalent


def test_two_seeds_are_as_wide_as_two_seeds_allow():
    """Rows of mean .1 and .3: their t has one degree of freedom, 12.7062 x .1, whatever the examples add."""
    table = np.zeros((2, 1_000))
    table[0, :100] = table[1, :300] = 1
    low, high = crossed_t(table).interval(0.95)
    assert (low + high) / 2 == pytest.approx(0.2)
    assert (high - low) / 2 == pytest.approx(12.7062 * 0.1, rel=1e-4)
    assert eval_step(np.zeros((2, 1_000)), table).direction == "undecided"


def test_two_seeds_cover():
    """Normal tables whose variance is of seeds and examples alike: Satterthwaite alone covers about 90 %."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(800):
        table = generator.normal(0, 0.1, (2, 1)) + generator.normal(0, 0.5, 50) + generator.normal(0, 0.1, (2, 50))
        low, high = crossed_t(table).interval(0.95)
        held += low <= 0 <= high
    assert held / 800 > 0.94


def test_one_diverged_run_is_not_dropped():
    """Four runs of b win by 2 points and one names a single class: undecided, failed once, and its loss is in the
    mean.
    """
    a, b = np.zeros((5, 1_000)), np.zeros((5, 1_000))
    a[:, :900] = 1
    b[:4, :920] = 1
    b[4, :100] = 1
    verdict = eval_step(a, b, failures=(0, 1))
    assert verdict.difference == pytest.approx((4 * 0.02 - 0.80) / 5)
    assert (verdict.direction, verdict.wins, verdict.failures) == ("undecided", 4, (0, 1))
    assert not verdict.equivalent


def test_ties_are_no_wins():
    a = np.zeros((5, 200))
    b = a.copy()
    b[:2, :10] = 1
    b[2, :10] = -0.0
    verdict = eval_step(a, b)
    assert verdict.wins == 2
    assert verdict.differences == pytest.approx((0.05, 0.05, 0, 0, 0))


def test_ties_between_p_values_are_held_to_one_error():
    a = np.zeros((5, 2_000))
    b = a.copy()
    b[:, :20] = 1
    scores = {"a": a, "b": b, "c": b.copy()}
    verdicts = decide_each([("a", "b"), ("a", "c")], scores, {label: [False] * 5 for label in scores})
    assert verdicts[0].p_value == verdicts[1].p_value
    assert [verdict.level for verdict in verdicts] == pytest.approx([0.975, 0.95])


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


def test_mcnemar_by_hand():
    """3 won, none lost: both tails of 3 fair coins, 2 / 8."""
    assert mcnemar(np.array([1.0, 1.0, 1.0, 0.0])).p_value() == pytest.approx(0.25)
    assert stats.binomtest(3, 3).pvalue == pytest.approx(0.25)


def test_only_numpy_scipy_and_jaxtyping_are_needed():
    allowed = {"numpy", "scipy", "jaxtyping", "skipwise"} | sys.stdlib_module_names
    for file in Path(skipwise.statistics.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in allowed, f"{file.name} imports {name}"
                assert not name.startswith("skipwise.") or name.startswith("skipwise.statistics.")
