"""Calibration worked by hand, and against torchmetrics."""

import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from skipwise.analysis.calibration import (
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
    labels = np.array([generator.choice(4, p=row) for row in true])
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
    assert found.error == 0
    assert found.interval == (0, 0)
    assert found.scaled_error == pytest.approx(0, abs=1e-9)


def test_the_interval_covers_what_far_more_examples_say():
    """Of 40 sets of 300 examples, nearly all intervals hold the error of 20,000."""
    truth = expected_calibration_error(*drawn(20_000, times=3, seed=1))
    within = 0
    for seed in range(2, 42):
        run = drawn(300, times=3, seed=seed)
        low, high = calibration([run], [run]).interval
        within += low <= truth <= high
    assert within >= 34
