"""Seeds crossed with examples: variances worked by hand, and how often an interval covers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skipwise.statistics import crossed_t, two_way_bootstrap
from skipwise.statistics.crossed import CrossedT


def tables():
    return st.builds(
        lambda k, n, seed: np.random.default_rng(seed).integers(-1, 2, (k, n)).astype(float),
        st.integers(2, 6),
        st.integers(2, 30),
        st.integers(0, 10_000),
    )


def test_worked_by_hand():
    """[[1, 0], [0, 0]]: mean 1/4; rows 1/2, 0 have variance 1/8, and so have the columns.

    Residuals are 1/4, -1/4, -1/4, 1/4: their squares sum to 1/4. So v_seed = v_img = 1/16, v_res = 1/4 / 4 = 1/16,
    V = max(1/16 + 1/16 - 1/16, 1/16, 1/16) = 1/16 and df = (1/16)^2 / (3 (1/16)^2) = 1/3.
    """
    found = crossed_t(np.array([[1.0, 0.0], [0.0, 0.0]]))
    assert (found.mean, found.v_seed, found.v_img, found.v_res) == (1 / 4, 1 / 16, 1 / 16, 1 / 16)
    assert found.variance == 1 / 16
    assert found.degrees_of_freedom == pytest.approx(1 / 3)
    assert found.p_value() == pytest.approx(2 * stats.t.sf(1, 1 / 3))


def test_worked_by_hand_without_interaction():
    """Rows 0, 1, 2 the same on every example: all variance is of seeds, 1 / 3, with 2 degrees of freedom."""
    found = crossed_t(np.repeat([[0.0], [1.0], [2.0]], 4, axis=1))
    assert (found.v_seed, found.v_img, found.v_res) == (1 / 3, 0, 0)
    assert found.degrees_of_freedom == pytest.approx(2)
    half = 4.302653 * math.sqrt(1 / 3)  # t with 2 degrees of freedom at .975
    assert found.interval(0.95) == pytest.approx((1 - half, 1 + half), abs=1e-5)


@settings(max_examples=50)
@given(table=tables())
def test_agrees_with_loops(table):
    k, n = table.shape
    mean = sum(table[i, j] for i in range(k) for j in range(n)) / (k * n)
    rows = [sum(table[i]) / n for i in range(k)]
    columns = [sum(table[:, j]) / k for j in range(n)]
    residual = sum((table[i, j] - rows[i] - columns[j] + mean) ** 2 for i in range(k) for j in range(n))
    found = crossed_t(table)
    assert found.v_seed == pytest.approx(sum((row - mean) ** 2 for row in rows) / (k - 1) / k)
    assert found.v_img == pytest.approx(sum((column - mean) ** 2 for column in columns) / (n - 1) / n)
    assert found.v_res == pytest.approx(residual / ((k - 1) * (n - 1)) / (k * n))


@settings(max_examples=50)
@given(table=tables(), seed=st.integers(0, 100))
def test_order_is_nothing_and_swapping_contenders_negates(table, seed):
    generator = np.random.default_rng(seed)
    shuffled = table[generator.permutation(len(table))][:, generator.permutation(table.shape[1])]
    low, high = crossed_t(table).interval(0.95)
    assert crossed_t(shuffled).interval(0.95) == pytest.approx((low, high))
    assert crossed_t(-table).interval(0.95) == pytest.approx((-high, -low))


@settings(max_examples=50)
@given(table=tables())
def test_interval_leaves_out_zero_exactly_when_p_is_small(table):
    found = crossed_t(table)
    low, high = found.interval(0.95)
    if abs(found.p_value() - 0.05) > 1e-9:
        assert (low > 0 or high < 0) == (found.p_value() < 0.05)


def test_means_that_agree_by_chance_leave_the_residual():
    """[[0, 1], [1, 0]]: every row and column has mean 1/2, residuals of 1/2, so v_res = 1 / 1 / 4."""
    found = crossed_t(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert (found.v_seed, found.v_img, found.v_res) == (0, 0, 1 / 4)
    assert found.variance == 1 / 4
    assert found.degrees_of_freedom == 1


@pytest.mark.parametrize(("value", "p", "p_equivalent"), [(0.0, 1.0, 0.0), (1.0, 0.0, 1.0)])
def test_where_nothing_varies(value, p, p_equivalent):
    found = crossed_t(np.full((5, 10), value))
    assert found.interval(0.95) == (value, value)
    assert found.p_value() == p
    assert found.equivalence_p_value(0.01) == p_equivalent


def test_equivalence_is_two_one_sided_tests():
    found = CrossedT(mean=0.002, v_seed=4e-6, v_img=0.0, v_res=0.0, seeds=5, examples=100)
    one_sided = [stats.t.sf((0.01 + side * 0.002) / 0.002, 4) for side in (1, -1)]
    assert found.equivalence_p_value(0.01) == pytest.approx(max(one_sided))


def test_too_small_a_table():
    with pytest.raises(ValueError, match="needs at least 2 seeds and 2 examples, not 1 and 10"):
        crossed_t(np.zeros((1, 10)))


def test_false_claims_stay_near_five_percent():
    """400 studies of 5 seeds and 300 examples without a difference: both contenders err on the same hard images."""
    generator = np.random.default_rng(0)
    false = 0
    for _ in range(400):
        hard = generator.beta(0.4, 2.0, 300)
        shift = generator.normal(0, 0.006, (2, 5, 1))
        right = generator.random((2, 5, 300)) > np.clip(hard + shift, 0, 1)
        false += crossed_t(right[1].astype(float) - right[0]).p_value() < 0.05
    assert false / 400 <= 0.08


def test_bootstrap_agrees_on_a_large_table():
    generator = np.random.default_rng(1)
    table = generator.normal(0.1, 1, (40, 400)) + generator.normal(0, 0.3, (40, 1))
    low, high = crossed_t(table).interval(0.95)
    again_low, again_high = two_way_bootstrap(table)
    assert (again_high - again_low) / (high - low) == pytest.approx(1, abs=0.15)
    assert two_way_bootstrap(table) == (again_low, again_high)


def test_two_seeds_cover():
    """Normal tables whose variance is of seeds and examples alike: Satterthwaite alone covers about 90 %."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(800):
        table = generator.normal(0, 0.1, (2, 1)) + generator.normal(0, 0.5, 50) + generator.normal(0, 0.1, (2, 50))
        low, high = crossed_t(table).interval(0.95)
        held += low <= 0 <= high
    assert held / 800 > 0.94
