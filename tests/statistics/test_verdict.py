"""Verdicts: better, equivalent or undecided; with one seed, two seeds, equal answers, a diverged run, ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skipwise.statistics import accuracy_interval, crossed_t, decide, decide_each, holm_levels, mcnemar, seeds_needed
from skipwise.statistics.crossed import CrossedT
from skipwise.statistics.needed import decides, images_needed, projected


def scores(*accuracies, examples=1_000, seed=0):
    """Right answers of one contender: a row a seed."""
    generator = np.random.default_rng(seed)
    return np.stack([generator.random(examples) < accuracy for accuracy in accuracies]).astype(float)


def eval_step(a, b, failures=None, **options):
    failures = failures or {"a": [False] * len(a), "b": [False] * len(b)}
    return decide("a", {"a": a, "b": b}, failures, **options)["b"]


def test_better():
    verdict = eval_step(scores(*[0.80] * 5), scores(*[0.90] * 5, seed=1))
    assert verdict.direction == "better"
    assert not verdict.equivalent
    assert verdict.wins == 5
    assert verdict.cautions == ()
    low, high = verdict.interval
    assert str(verdict) == (
        f"b is better than a: difference {verdict.difference:+.3f}, 95 % interval ({low:+.3f}, {high:+.3f}), "
        "5 of 5 pairs won."
    )


def test_swapped_contenders_swap_the_verdict():
    a, b = scores(*[0.80] * 5), scores(*[0.90] * 5, seed=1)
    there, back = eval_step(a, b), eval_step(b, a)
    assert back.direction == "worse"
    assert back.difference == pytest.approx(-there.difference)
    assert back.wins == 0


def test_undecided_tells_what_is_needed():
    verdict = eval_step(scores(0.85, 0.86, 0.84), scores(0.86, 0.85, 0.87, seed=1))
    assert verdict.direction == "undecided"
    assert str(verdict).startswith("Undecided between a and b: difference ")
    assert any("3 seeds show little" in caution for caution in verdict.cautions)
    assert verdict.needed_seeds is not None
    kind = "which is better" if verdict.needed_for == "direction" else "that they differ by less than the margin"
    assert verdict.cautions[-1] == (
        f"if the difference stays as it is, about {verdict.needed_seeds} seeds in all would show {kind}"
    )


def test_equal_answers_are_equivalent_only_where_there_are_enough_images():
    same = scores(*[0.9] * 5)
    assert eval_step(same, same).equivalent
    verdict = eval_step(same, same)
    assert str(verdict) == (
        "b and a are equivalent: they differ by less than the margin of 0.01: difference +0.000, no interval "
        "(all 5 pairs agree), 0 of 5 pairs won."
    )
    assert verdict.cautions == ("failures 0 of 5: a failure rate of up to 45 % is still possible",)
    few = same[:, :300]  # 3 / 300 is not below the margin of .01
    assert not eval_step(few, few).equivalent


def test_equivalence_needs_five_pairs_and_no_failure():
    same = scores(*[0.9] * 5)
    assert not eval_step(same[:4], same[:4]).equivalent
    failed = {"a": [False] * 5, "b": [True] + [False] * 4}
    verdict = eval_step(same, same, failed)
    assert not verdict.equivalent
    assert "1 of 5 runs of b failed; they count with what they answer" in verdict.cautions


def test_better_by_less_than_the_margin():
    a = np.zeros((6, 2_000))
    b = a.copy()
    b[:, :10] = 1
    verdict = eval_step(a, b)
    assert (verdict.direction, verdict.equivalent) == ("better", True)
    assert str(verdict).startswith("b is better than a, but by less than the margin of 0.01: difference +0.005")


def test_one_seed_is_mcnemars_test_of_two_checkpoints():
    a, b = np.zeros((1, 100)), np.zeros((1, 100))
    a[0, :3] = 1
    b[0, 3:18] = 1  # 15 won, 3 lost
    verdict = eval_step(a, b)
    assert verdict.method == "McNemar"
    assert verdict.p_value == pytest.approx(stats.binomtest(15, 18).pvalue)
    assert verdict.direction == "better"
    assert verdict.cautions == ("one seed: this judges these two checkpoints, not these two networks",)


@settings(max_examples=60)
@given(won=st.integers(0, 30), lost=st.integers(0, 30))
def test_mcnemars_interval_leaves_out_zero_exactly_when_it_rejects(won, lost):
    test = mcnemar(np.array([1.0] * won + [-1.0] * lost + [0.0] * 40))
    low, high = test.interval(0.95)
    assert low <= test.mean <= high
    assert (low > 0 or high < 0) == (test.p_value() < 0.05)


def test_holm_by_hand():
    """p = .001, .02, .03, .2 at .05: tested at .05/4, .05/3, .05/2; .02 > .0167 stops, and all later keep .0167."""
    assert holm_levels([0.03, 0.001, 0.2, 0.02], 0.05) == pytest.approx([0.05 / 3, 0.05 / 4, 0.05 / 3, 0.05 / 3])
    assert holm_levels([0.04], 0.05) == [0.05]
    assert holm_levels([0.01, 0.04], 0.05) == [0.025, 0.05]


def test_holm_widens_the_interval_of_several_verdicts():
    a = scores(*[0.80] * 5)
    tables = {"a": a, "b": scores(*[0.9] * 5, seed=1), "c": scores(*[0.8] * 5, seed=2)}
    verdicts = decide("a", tables, {label: [False] * 5 for label in tables})
    assert verdicts["b"].level == pytest.approx(0.975)
    assert verdicts["b"].direction == "better"
    assert verdicts["c"].direction == "undecided"
    assert "97.5 % interval" in str(verdicts["b"])
    for verdict in verdicts.values():
        low, high = verdict.interval
        assert (verdict.direction != "undecided") == (low > 0 or high < 0)


def test_seeds_needed_by_hand():
    """Only seeds vary, deviation .02 a pair; at K pairs se = .02 / sqrt(K), df = K - 1.

    A mean of .02 needs (t(.975, K - 1) + .84) / sqrt(K) < 1: K = 10 gives (2.262 + .84) / 3.162 = .981, K = 9 gives
    (2.306 + .84) / 3 = 1.049.
    """
    observed = CrossedT(mean=0.02, v_seed=0.02**2 / 3, v_img=0.0, v_res=0.0, seeds=3, examples=1_000)
    assert seeds_needed(observed, distance=0.02, quantile=0.975) == 10
    assert not decides(projected(observed, seeds=9, examples=1_000), 0.02, 0.975)


def test_images_needed_where_seeds_would_not_do():
    """Only examples vary: no number of seeds helps, and the number of images does."""
    observed = CrossedT(mean=0.01, v_seed=0.0, v_img=1e-4, v_res=0.0, seeds=5, examples=100)
    assert seeds_needed(observed, distance=0.01, quantile=0.975) is None
    needed = images_needed(observed, distance=0.01, quantile=0.975)
    assert needed == pytest.approx(100 * (1.96 + 0.84) ** 2, rel=0.02)
    assert images_needed(observed, distance=0.0, quantile=0.975) is None


def test_accuracy_interval():
    nine_of_ten = np.tile([1.0] * 9 + [0.0], (1, 10))
    assert accuracy_interval(nine_of_ten) == pytest.approx((0.8256, 0.9448), abs=1e-4)  # Wilson's, 90 of 100
    low, high = accuracy_interval(scores(*[0.9] * 5, examples=500))
    assert low < 0.9 < high


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (np.zeros((2, 5)), np.zeros((3, 5)), "for the same seeds and examples"),
        (np.zeros((2, 1)), np.zeros((2, 1)), "at least 1 seed and 2 examples"),
        (np.zeros((2, 5)), np.full((2, 5), np.nan), "Scores of b are not all finite"),
    ],
)
def test_tables_that_do_not_fit(a, b, sentence):
    with pytest.raises(ValueError, match=sentence):
        eval_step(a, b)


def test_one_seed_with_scores_between_right_and_wrong_gets_students_paired_t():
    a, b = np.random.default_rng(0).uniform(size=(2, 1, 40))
    verdict = decide("a", {"a": a, "b": b}, {"a": [False], "b": [False]})["b"]
    expected = stats.ttest_rel(b[0], a[0])
    assert verdict.method == "paired t"
    assert verdict.p_value == pytest.approx(expected.pvalue)
    assert verdict.interval == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert verdict.cautions[0] == "one seed: this judges these two checkpoints, not these two networks"


def test_the_interval_of_one_seed_with_scores_between_stays_possible():
    low, high = accuracy_interval(np.array([[0, 0, 0, 0.3, 0, 0]]))
    assert low == 0
    assert 0.1 < high < 0.2


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


def test_one_diverged_run_is_not_dropped():
    """Four runs of b win by 2 points and one names a single class: undecided, failed once, and its loss is in the
    mean.
    """
    a, b = np.zeros((5, 1_000)), np.zeros((5, 1_000))
    a[:, :900] = 1
    b[:4, :920] = 1
    b[4, :100] = 1
    verdict = eval_step(a, b, failures={"a": [False] * 5, "b": [True] + [False] * 4})
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


def test_an_interval_of_no_width_is_not_printed():
    same = np.ones((1, 20))
    assert "difference +0.000, no interval (it cannot be told from 1 run), 0 of 1 pairs won." in str(
        eval_step(same, same)
    )
    nearly = same * 0.5 + np.linspace(0, 1e-4, 20)
    assert "difference +0.000, 95 % interval narrower than 0.001, " in str(eval_step(same * 0.5, nearly))
    two = np.ones((2, 20))
    assert "no interval (all 2 pairs agree)" in str(eval_step(two, two))
