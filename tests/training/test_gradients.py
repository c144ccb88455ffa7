"""The norms of gradients that runs note."""

import json

import pytest
import torch
from torch import nn

from skipwise.contender import Contender
from skipwise.networks import PRESETS
from skipwise.recipe import Recipe
from skipwise.tasks import TASKS
from skipwise.training.gradients import EVERY, gradient_norms, root_mean_squares, weights_by_place
from skipwise.training.run import train_run
from support.images import dataset
from support.runs import PLAN, same_bits, trained


def test_norms_of_two_layers_by_hand():
    """Loss 3 a b for weights a = 2, b = 5: gradients 15 and 6."""
    network = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    network[0].weight.data.fill_(2)
    network[1].weight.data.fill_(5)
    network(torch.tensor([[3.0]])).sum().backward()
    assert gradient_norms(weights_by_place(network)) == {"0": 15.0, "1": 6.0}
    network[0].weight.grad = None
    assert gradient_norms(weights_by_place(network)) == {"1": 6.0}


def test_a_place_has_the_norm_of_all_its_weights():
    network = nn.Sequential(nn.Linear(1, 2), nn.Linear(2, 1))
    network[0].weight.grad = torch.tensor([[3.0], [0.0]])
    network[0].bias.grad = torch.tensor([0.0, 4.0])
    assert gradient_norms(weights_by_place(network)) == {"0": 5.0}
    assert root_mean_squares({"0": [3.0, 4.0, 5.0, 0.0]}) == {"0": pytest.approx(12.5**0.5)}


@pytest.fixture
def data(tmp_path):
    return dataset(tmp_path / "squares.npz")


def test_a_run_notes_them_and_its_bits_are_the_same_without(data, tmp_path):
    recipe, network = Recipe(epochs=3, batch_size=8), PRESETS["resnet8"]
    steps = trained(TASKS["images"], network, recipe, data, tmp_path / "with")
    assert steps > EVERY
    train_run(
        TASKS["images"], Contender(label="it", network=network, recipe=recipe), data, seed=0, plan=PLAN,
        folder=tmp_path / "without", tell=lambda tick: None,
        should_stop=lambda: False, gradients=False,
    )  # fmt: skip
    same_bits(tmp_path / "with", tmp_path / "without")
    noted, bare = (
        [json.loads(line) for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        for name in ("with", "without")
    )
    places = ["stem", "stage 1, block 1", "stage 2, block 1", "stage 3, block 1", "head"]
    assert [list(epoch["gradients"]) for epoch in noted] == [places] * 3
    assert all(norm > 0 for epoch in noted for norm in epoch["gradients"].values())
    assert not any("gradients" in epoch for epoch in bare)


def test_a_run_that_was_cut_notes_the_same(data, tmp_path):
    recipe, network = Recipe(epochs=2, batch_size=8), PRESETS["resnet8"]
    trained(TASKS["images"], network, recipe, data, tmp_path / "whole")
    trained(TASKS["images"], network, recipe, data, tmp_path / "cut", stops=(3, 4))
    whole, cut = (
        [json.loads(line)["gradients"] for line in (tmp_path / name / "metrics.jsonl").read_text().splitlines()]
        for name in ("whole", "cut")
    )
    assert whole == cut
