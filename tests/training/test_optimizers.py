"""Learning rates along a run, and what the optimizer takes parameters together for."""

import itertools

import pytest
import torch

from skipwise.networks import PRESETS, build
from skipwise.recipe import Recipe
from skipwise.training.optimizers import learning_rate, optimizer


def rates(steps=100, **recipe):
    return [learning_rate(Recipe(lr=1.0, **recipe), step, steps) for step in range(steps)]


def test_cosine_after_warm_up():
    found = rates(schedule="cosine", warmup=0.1)
    assert found[:10] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert found[54] == pytest.approx(0.5, abs=0.02)
    assert found[9:] == sorted(found[9:], reverse=True)
    assert 0 < found[-1] < 0.01


def test_one_cycle_is_two_straight_lines():
    found = rates(schedule="one-cycle", warmup=0.3)
    assert found[29] == pytest.approx(1)
    falls = [a - b for a, b in itertools.pairwise(found[29:])]
    assert falls == pytest.approx([falls[0]] * len(falls))
    assert 0 < found[-1] < 0.02


def test_no_warm_up_begins_at_the_top():
    assert rates(warmup=0.0)[0] == pytest.approx(1, abs=0.01)


def test_one_step_in_all():
    assert 0 < learning_rate(Recipe(lr=1.0), 0, 1) <= 1


def test_weight_decay_spares_biases_and_normalisations():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 2))
    decays = {
        id(parameter): group["weight_decay"]
        for group in optimizer(network, Recipe(weight_decay=0.1)).param_groups
        for parameter in group["params"]
    }
    assert {name: decays[id(parameter)] for name, parameter in network.named_parameters()} == {
        "0.weight": 0.1, "0.bias": 0.0, "1.weight": 0.0, "1.bias": 0.0, "2.weight": 0.1, "2.bias": 0.0,
    }  # fmt: skip


def test_the_groups_of_the_optimizer():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    backbone = {name for name, _ in network.named_parameters() if name.startswith("st")}
    groups = optimizer(network, Recipe(backbone_lr_multiplier=0.1), backbone).param_groups
    assert {(group["share"], group["weight_decay"]): len(group["params"]) for group in groups} == {
        (1.0, 5e-4): 1, (1.0, 0.0): 1, (0.1, 5e-4): 7, (0.1, 0.0): 14,
    }  # fmt: skip
