"""Verdicts do not depend on names, order, scale or where zero is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.statistics import crossed_t, decide, resampled_means, two_way_bootstrap

sizes = {"seeds": st.integers(2, 6), "examples": st.integers(2, 30), "key": st.integers(0, 10_000)}


def right_answers(key, seeds, examples):
    generator = np.random.default_rng(key)
    return [(generator.random((seeds, examples)) < share).astype(float) for share in (0.7, 0.8)]


def eval_step(a, b, **options):
    return decide("a", {"a": a, "b": b}, {"a": [False] * len(a), "b": [False] * len(b)}, **options)["b"]


@settings(max_examples=40)
@given(**sizes)
def test_swapping_contenders_mirrors_the_verdict(seeds, examples, key):
    a, b = right_answers(key, seeds, examples)
    there, back = eval_step(a, b), eval_step(b, a)
    low, high = there.interval
    assert back.interval == pytest.approx((-high, -low))
    assert back.p_value == pytest.approx(there.p_value)
    assert back.equivalent == there.equivalent
    assert {there.direction, back.direction} in ({"undecided"}, {"better", "worse"})
    assert (there.needed_seeds, there.needed_images) == (back.needed_seeds, back.needed_images)


@settings(max_examples=40)
@given(shift=st.floats(-3, 3), **sizes)
def test_adding_a_constant_shifts_the_interval(seeds, examples, key, shift):
    table = np.random.default_rng(key).normal(0, 1, (seeds, examples))
    low, high = crossed_t(table).interval(0.95)
    assert crossed_t(table + shift).interval(0.95) == pytest.approx((low + shift, high + shift))
    low, high = two_way_bootstrap(table, draws=50)
    assert two_way_bootstrap(table + shift, draws=50) == pytest.approx((low + shift, high + shift))


@settings(max_examples=40)
@given(scale=st.floats(0.01, 100), **sizes)
def test_scaling_scales_the_interval_and_leaves_the_p_value(seeds, examples, key, scale):
    table = np.random.default_rng(key).normal(0, 1, (seeds, examples))
    low, high = crossed_t(table).interval(0.95)
    assert crossed_t(scale * table).interval(0.95) == pytest.approx((scale * low, scale * high))
    assert crossed_t(scale * table).p_value() == pytest.approx(crossed_t(table).p_value())


@settings(max_examples=40)
@given(**sizes)
def test_more_confidence_is_a_wider_interval(seeds, examples, key):
    found = crossed_t(np.random.default_rng(key).normal(0, 1, (seeds, examples)))
    assert found.half_width(0.95) <= found.half_width(0.975) <= found.half_width(0.99)


@settings(max_examples=40)
@given(**sizes)
def test_it_is_never_narrower_than_seeds_or_examples_alone(seeds, examples, key):
    from scipy import stats

    table = np.random.default_rng(key).normal(0, 1, (seeds, examples))
    found = crossed_t(table)
    for means in (table.mean(1), table.mean(0)):
        assert found.p_value() >= stats.ttest_1samp(means, 0).pvalue * (1 - 1e-9)


def test_tables_are_drawn_alike():
    """The difference of two resampled means is the resampled mean of the difference."""
    a, b = right_answers(1, 4, 20)
    means = resampled_means([a, b, b - a], draws=30)
    assert means[:, 1] - means[:, 0] == pytest.approx(means[:, 2])
