import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

from skipwise.statistics import DECLARED_LOOKS, crossed_t, power, shared_alpha
from skipwise.statistics.crossed import CrossedT


def only_seeds(deviation, seeds=5):
    return CrossedT(mean=0.0, v_seed=deviation**2 / seeds, v_img=0.0, v_res=0.0, seeds=seeds, examples=1_000)


@pytest.mark.parametrize("seeds", [3, 5, 10])
@pytest.mark.parametrize("effect", [0.01, 0.02, 0.04])
def test_where_only_seeds_vary_it_is_the_t_tests(seeds, effect):
    expected = TTestPower().power(effect / 0.02, seeds, 0.05)
    assert power(only_seeds(0.02), effect=effect, seeds=seeds, examples=1_000) == pytest.approx(expected, abs=0.005)


def test_no_effect_is_found_at_alpha_and_no_spread_finds_any():
    assert power(only_seeds(0.02), effect=0.0, seeds=5, examples=1_000) == pytest.approx(0.05, abs=0.002)
    assert power(only_seeds(0.0), effect=0.001, seeds=5, examples=1_000) == 1.0
    assert power(only_seeds(0.0), effect=0.0, seeds=5, examples=1_000) == 0.0


@pytest.mark.parametrize(("seeds", "effect"), [(3, 0.10), (5, 0.05)])
def test_it_is_what_simulated_studies_find(seeds, effect):
    """Normal tables: seeds, examples and what is left with deviations .03, .3 and .4."""
    examples, generator, studies = 100, np.random.default_rng(0), 600
    observed = CrossedT(
        mean=0.0,
        v_seed=0.03**2 / 5 + 0.4**2 / 500,
        v_img=0.3**2 / 100 + 0.4**2 / 500,
        v_res=0.4**2 / 500,
        seeds=5,
        examples=100,
    )
    found = 0
    for _ in range(studies):
        table = generator.normal(0, 0.03, (seeds, 1)) + generator.normal(0, 0.3, examples) + effect
        found += crossed_t(table + generator.normal(0, 0.4, (seeds, examples))).p_value() < 0.05
    assert power(observed, effect=effect, seeds=seeds, examples=examples) == pytest.approx(found / studies, abs=0.05)


def test_looks_share_alpha():
    assert DECLARED_LOOKS == (3, 5, 10)
    assert shared_alpha(0.05) == pytest.approx(0.05 / 3)
    assert shared_alpha(0.05, (4, 8)) == 0.025
    assert shared_alpha(0.05, ()) == 0.05


def test_looks_together_stay_within_alpha():
    """The t over seeds looked at after 3, 5 and 10 of them, without a difference: 5 % at most in all."""
    values = np.random.default_rng(0).normal(0, 1, (20_000, 10))
    found = np.zeros(20_000, bool)
    for seeds in DECLARED_LOOKS:
        found |= stats.ttest_1samp(values[:, :seeds], 0, axis=1).pvalue < shared_alpha(0.05)
    assert 0.03 < found.mean() < 0.05
