"""The losses for unbalanced classes, each against numbers worked by hand."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from skipwise.tasks.imbalance import objective

LABELS = np.repeat([0, 1], [90, 10])
LOGITS = torch.tensor([[2.0, 0.0], [1.0, -1.0], [0.0, 3.0]])
ANSWERS = torch.tensor([0, 1, 1])


def losses(imbalance, share_done=0.0, label_smoothing=0.0):
    return objective(imbalance, label_smoothing, LABELS, 2, "cpu").losses(LOGITS, ANSWERS, share_done)


PLAIN = cross_entropy(LOGITS, ANSWERS, reduction="none")


@pytest.mark.parametrize("imbalance", ["none", "balanced-sampling"])
def test_cross_entropy(imbalance):
    assert torch.allclose(losses(imbalance), PLAIN)
    smoothed = cross_entropy(LOGITS, ANSWERS, reduction="none", label_smoothing=0.1)
    assert torch.allclose(losses(imbalance, label_smoothing=0.1), smoothed)


def test_class_weights_are_inverse_to_the_images():
    """1/90 and 1/10, which 100 images carry a mean of (90/90 + 10/10) / 100 = 1/50 of: 50/90 and 50/10."""
    assert torch.allclose(losses("class-weights") / PLAIN, torch.tensor([50 / 90, 5.0, 5.0]))


def test_effective_number():
    """(1 - .9999^90) / (1 - .9999) = 89.60, and 9.9955 for 10: weights in the ratio 8.964."""
    weights = losses("effective-number") / PLAIN
    assert float(weights[1] / weights[0]) == pytest.approx(89.60 / 9.9955, rel=1e-4)
    assert float(0.9 * weights[0] + 0.1 * weights[1]) == pytest.approx(1)


def test_deferred_weights_come_for_the_last_fifth():
    assert torch.allclose(losses("deferred", share_done=0.79), PLAIN)
    assert torch.allclose(losses("deferred", share_done=0.8), losses("effective-number"))


def test_focal_loss():
    """An answer of probability p weighs (1 - p)^2: here 1 / (1 + e^-2) = .8808 and its opposite."""
    p = torch.exp(-PLAIN)
    assert float(p[0]) == pytest.approx(0.8808, abs=1e-4)
    assert torch.allclose(losses("focal"), (1 - p) ** 2 * PLAIN)


def test_logit_adjustment_adds_log_shares():
    shifted = LOGITS + torch.tensor([np.log(0.9), np.log(0.1)], dtype=torch.float32)
    assert torch.allclose(losses("logit-adjustment"), cross_entropy(shifted, ANSWERS, reduction="none"))


def test_a_class_without_training_images_has_a_finite_weight():
    found = objective("class-weights", 0.0, np.zeros(10, int), 2, "cpu")
    assert torch.isfinite(found.weights).all()
