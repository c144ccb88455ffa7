"""Calibration worked by hand, and against torchmetrics."""

import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from skipwise.analysis.scores.calibration import (
    BINS,
    at_temperature,
    bin_of,
    calibration,
    expected_calibration_error,
    temperature,
)


def two_classes(confidences, right):
    """Probabilities with these confidences in class 0, and labels that make these answers right or wrong."""
    confidences = np.array(confidences)
    return np.stack([confidences, 1 - confidences], 1), np.where(right, 0, 1)


def drawn(examples, *, times, seed=0):
    """Labels drawn from the probabilities of random logits, and the probabilities of logits so many times as large."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2, (examples, 4))
    true = at_temperature(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 1.0)
    labels = (true.cumsum(1) < generator.random((examples, 1))).sum(1).clip(max=3)
    return at_temperature(true, 1 / times), labels


def test_the_error_by_hand():
    """Four answers at .9 with three right are .15 off, one wrong at .6 is .6 off: (4 * .15 + 1 * .6) / 5."""
    probabilities, labels = two_classes([0.9, 0.9, 0.9, 0.9, 0.6], [1, 1, 1, 0, 0])
    assert expected_calibration_error(probabilities, labels) == pytest.approx((4 * 0.15 + 0.6) / 5)
    found = calibration([(probabilities, labels)], [(probabilities[:3], labels[:3])])
    assert found.error == pytest.approx(0.24)
    at = bin_of(probabilities)
    assert found.examples.sum() == 5
    assert (found.examples[at[0]], found.examples[at[4]]) == (4, 1)
    assert (found.confidence[at[0]], found.right[at[0]]) == pytest.approx((0.9, 0.75))
    assert np.isnan(found.right[0])


def test_bins_hold_their_upper_end():
    probabilities, _ = two_classes([1.0, 14 / 15, 0.5], [1, 1, 1])
    assert bin_of(probabilities).tolist() == [BINS - 1, BINS - 2, 7]


@pytest.mark.parametrize("times", [0.5, 1, 3])
def test_the_error_is_torchmetrics_one(times):
    probabilities, labels = drawn(400, times=times)
    theirs = multiclass_calibration_error(
        torch.from_numpy(probabilities), torch.from_numpy(labels), num_classes=4, n_bins=BINS, norm="l1"
    )
    assert expected_calibration_error(probabilities, labels) == pytest.approx(theirs.item(), abs=1e-6)


@pytest.mark.parametrize("times", [0.5, 2, 4])
def test_the_temperature_undoes_what_logits_were_multiplied_by(times):
    probabilities, labels = drawn(4_000, times=times)
    found = temperature(probabilities, labels)
    assert found == pytest.approx(times, rel=0.1)
    mended = at_temperature(probabilities, found)
    assert expected_calibration_error(mended, labels) < expected_calibration_error(probabilities, labels) / 2
    assert (mended.argmax(1) == probabilities.argmax(1)).all()
    np.testing.assert_allclose(mended.sum(1), 1)


def test_a_network_that_is_sure_and_right_is_not_off():
    probabilities = np.eye(3)[np.arange(30) % 3]
    found = calibration([(probabilities, np.arange(30) % 3)] * 2, [(probabilities, np.arange(30) % 3)] * 2)
    assert found.error == pytest.approx(0, abs=1e-8)
    assert found.interval == pytest.approx((0, 0), abs=1e-8)
    assert found.scaled_error == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("times", [1, 1.5, 3])
def test_the_interval_covers_what_far_more_examples_say(times):
    """Of 40 sets of 300 examples, nearly all intervals hold the error of 100,000, of good calibration, too."""
    truth = expected_calibration_error(*drawn(100_000, times=times, seed=1))
    within, middles = 0, []
    for seed in range(2, 42):
        run = drawn(300, times=times, seed=seed)
        found = calibration([run], [run])
        within += found.interval[0] <= truth <= found.interval[1]
        middles.append(found.without_chance)
        assert found.without_chance <= 1.05 * found.error
    assert within >= 35
    assert np.median(middles) == pytest.approx(truth, abs=0.015)


def test_what_chance_gives_of_one_bin_by_hand():
    """100 answers at .8, of which 76 are right, are .04 off, and chance alone has a standard deviation of .04: that
    much or less it gives in 68 %. Where .114 are true, .04 or less has come of it in 2.5 %, as 1.96 * sqrt(.686 * .314
    / 100) = .091 says.
    """
    probabilities, labels = two_classes([0.8] * 100, [1] * 76 + [0] * 24)
    low, high = calibration([(probabilities, labels)], [(probabilities, labels)]).interval
    assert low == 0
    assert high == pytest.approx(0.131, abs=0.012)


def test_runs_that_are_far_apart_widen_the_interval():
    one, other = drawn(300, times=3, seed=2), drawn(300, times=1, seed=2)
    apart, alike = (calibration(runs, runs).interval for runs in ([one, other, other], [one, one, one]))
    assert apart[1] - apart[0] > alike[1] - alike[0]


def test_equal_runs_say_no_more_than_one():
    run = drawn(300, times=3, seed=2)
    once, thrice = (calibration([run] * count, [run] * count).interval for count in (1, 3))
    assert thrice == pytest.approx(once, abs=0.01)


def test_examples_of_full_confidence_count():
    """1,000 named rightly and 10 wrongly, all with confidence 1: the error is 1 %, and chance may make it more."""
    probabilities = np.tile([1.0, 0.0], (1010, 1)).astype(np.float32)
    labels = np.repeat([0, 1], [1000, 10])
    found = calibration([(probabilities, labels)], [(probabilities, labels)])
    low, high = found.interval
    assert low < 0.0065
    assert high > 0.015


def test_a_temperature_of_other_examples_may_spoil_what_was_right():
    calibrated, too_sure = drawn(2000, times=1), drawn(2000, times=3, seed=1)
    assert calibration([calibrated], [too_sure]).spoiled
    assert not calibration([too_sure], [too_sure]).spoiled


@pytest.mark.slow
def test_a_temperature_that_mends_nothing_is_rarely_called_harmful():
    """Of networks that are calibrated, with as many validation examples as test ones."""
    runs = [drawn(1000, times=1, seed=seed) for seed in range(80)]
    assert sum(calibration([one], [other]).spoiled for one, other in zip(runs[::2], runs[1::2], strict=True)) <= 6
