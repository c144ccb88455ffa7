"""Against scipy, statsmodels and an analysis of variance."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import mcnemar as other_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import ttost_paired

from skipwise.statistics import accuracy_interval, crossed_t, holm_levels, mcnemar, t_interval


def test_parts_of_the_variance_are_an_analysis_of_variance():
    """The mean squares of rows, columns and residuals, each divided by the number of entries."""
    import pandas
    from statsmodels.formula.api import ols

    table = np.random.default_rng(0).normal(0, 1, (4, 7)) + np.arange(4)[:, None]
    long = pandas.DataFrame({"score": table.ravel(), "seed": np.repeat(range(4), 7), "example": np.tile(range(7), 4)})
    mean_squares = anova_lm(ols("score ~ C(seed) + C(example)", long).fit())["mean_sq"]
    found = crossed_t(table)
    assert found.v_seed == pytest.approx(mean_squares["C(seed)"] / 28)
    assert found.v_img == pytest.approx(mean_squares["C(example)"] / 28)
    assert found.v_res == pytest.approx(mean_squares["Residual"] / 28)


def test_without_spread_over_examples_it_is_the_paired_t_over_seeds():
    rows = np.array([0.02, 0.05, -0.01, 0.03])
    found = crossed_t(np.repeat(rows[:, None], 9, axis=1))
    expected = stats.ttest_1samp(rows, 0)
    assert found.p_value() == pytest.approx(expected.pvalue)
    assert found.interval(0.9) == pytest.approx(tuple(expected.confidence_interval(0.9)))
    assert t_interval(rows, 0.9) == pytest.approx(tuple(expected.confidence_interval(0.9)))


def test_without_spread_over_examples_equivalence_is_statsmodels_two_one_sided_tests():
    rows = np.array([0.004, -0.002, 0.003, 0.001, -0.001])
    p, _, _ = ttost_paired(rows, np.zeros(5), -0.01, 0.01)
    assert crossed_t(np.repeat(rows[:, None], 9, axis=1)).equivalence_p_value(0.01) == pytest.approx(p)


def test_without_spread_over_seeds_it_is_the_t_over_examples():
    columns = np.array([1.0, 0.0, 1.0, -1.0, 0.0, 1.0])
    found = crossed_t(np.tile(columns, (4, 1)))
    assert found.p_value() == pytest.approx(stats.ttest_1samp(columns, 0).pvalue)


@pytest.mark.parametrize(("won", "lost"), [(15, 3), (3, 15), (1, 0), (4, 4), (60, 41)])
def test_mcnemar_is_statsmodels_exact_one(won, lost):
    differences = np.array([1.0] * won + [-1.0] * lost + [0.0] * 20)
    expected = other_mcnemar([[12, won], [lost, 8]], exact=True).pvalue
    assert mcnemar(differences).p_value() == pytest.approx(min(1.0, expected))


@pytest.mark.slow
def test_holm_rejects_what_statsmodels_rejects():
    generator = np.random.default_rng(0)
    for count in (1, 2, 3, 5, 8) * 4:
        p_values = (generator.random(count) ** 3).tolist()  # many of them small
        rejected = multipletests(p_values, alpha=0.05, method="holm")[0]
        levels = holm_levels(p_values, 0.05)
        assert [p < level for p, level in zip(p_values, levels, strict=True)] == rejected.tolist()


@pytest.mark.parametrize(("right", "examples"), [(9, 10), (10, 10), (0, 30), (77, 100)])
def test_accuracy_of_one_seed_is_statsmodels_wilson(right, examples):
    scores = np.array([[1.0] * right + [0.0] * (examples - right)])
    low, high = proportion_confint(right, examples, method="wilson")
    assert accuracy_interval(scores) == pytest.approx((low, high), abs=1e-12)
