"""Runs that begin with pretrained weights, and runs that recompute their maps."""

import json
from dataclasses import replace

import pytest
import torch
import torchvision
from safetensors.torch import load_file, save_file

from skipwise.contender import Contender
from skipwise.networks import PRESETS, build
from skipwise.recipe import Recipe
from skipwise.tasks import TASKS
from skipwise.training.loop import Loop, Stopped
from skipwise.training.optimizers import optimizer
from skipwise.training.plan import ComputePlan
from skipwise.training.run import train_run
from support.images import dataset

PLAN = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """resnet8's, as another run might have left them."""
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    state = build(PRESETS["resnet8"], (1, 8, 8), 9, seed=7).state_dict()
    for name, value in state.items():
        if name.endswith("running_mean"):
            value.fill_(0.25)
    save_file(state, path)
    return path


def train(data, folder, recipe, should_stop=lambda: False):
    contender = Contender(label="it", network=PRESETS["resnet8"], recipe=recipe)
    train_run(TASKS["images"], contender, data, seed=0, plan=PLAN, folder=folder, tell=lambda tick: None,
              should_stop=should_stop)  # fmt: skip
    return load_file(folder / "model.safetensors")


def test_a_frozen_trunk_stays_as_it_was(data, weights, tmp_path):
    begun = load_file(weights)
    ended = train(data, tmp_path, Recipe(epochs=2, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=0.0))
    trunk = [name for name in begun if not name.startswith("head.dense") and not name.endswith("num_batches_tracked")]
    assert all(torch.equal(begun[name], ended[name]) for name in trunk)
    fresh = build(PRESETS["resnet8"], data.input_shape, len(data.classes), 0)
    assert not torch.equal(ended["head.dense.weight"], fresh.head.dense.weight)


def test_a_trunk_learns_at_its_share_of_the_rate(data, weights, tmp_path):
    """One step of plain SGD moves it by that share of what it would have moved."""
    moved = {}
    for share in (1.0, 0.25):
        recipe = Recipe(epochs=1, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=share, momentum=0.0, weight_decay=0.0,
                        warmup=0.0)  # fmt: skip
        network = build(PRESETS["resnet8"], data.input_shape, len(data.classes), 0)
        begun = load_file(weights)
        names = {name for name, _ in network.named_parameters() if not name.startswith("head.dense")}
        network.load_state_dict({**network.state_dict(), **{name: begun[name] for name in names}})
        stream = TASKS["images"].stream(data, recipe, 0, "cpu")
        (tmp_path / str(share)).mkdir()
        loop = Loop(TASKS["images"], network, recipe, stream, PLAN, tmp_path / str(share), names)
        loop.train_mode()
        loop.train_step(next(iter(stream.epoch(0))))
        moved[share] = {name: value.detach() for name, value in network.named_parameters()}
    name = "stages.1.0.branch.conv1.weight"
    torch.testing.assert_close(
        moved[0.25][name] - begun[name], 0.25 * (moved[1.0][name] - begun[name]), atol=1e-7, rtol=1e-3
    )
    assert torch.equal(moved[0.25]["head.dense.weight"], moved[1.0]["head.dense.weight"])


def test_a_cut_run_with_pretrained_weights_goes_on_with_the_same_bits(data, weights, tmp_path):
    recipe = Recipe(epochs=2, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=0.1)
    expected = train(data, tmp_path / "whole", recipe)
    steps = iter([False] * 7 + [True])
    with pytest.raises(Stopped):
        train(data, tmp_path / "cut", recipe, should_stop=lambda: next(steps))
    ended = train(data, tmp_path / "cut", recipe)
    assert all(torch.equal(ended[name], expected[name]) for name in expected)


def test_recomputing_leaves_the_same_bits(data, tmp_path):
    recipe = Recipe(epochs=2, batch_size=16)
    kept = train(data, tmp_path / "kept", recipe)
    again = train(data, tmp_path / "again", replace(recipe, checkpointing=True))
    assert all(torch.equal(kept[name], again[name]) for name in kept)


def test_the_groups_of_the_optimizer():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    trunk = {name for name, _ in network.named_parameters() if name.startswith("st")}
    groups = optimizer(network, Recipe(backbone_lr_multiplier=0.1), trunk).param_groups
    assert {(group["share"], group["weight_decay"]): len(group["params"]) for group in groups} == {
        (1.0, 5e-4): 1, (1.0, 0.0): 1, (0.1, 5e-4): 7, (0.1, 0.0): 14,
    }  # fmt: skip


def test_a_run_tells_what_it_becomes_when_deployed(data, tmp_path):
    train(data, tmp_path, Recipe(epochs=1, batch_size=16))
    told = json.loads((tmp_path / "run.json").read_text())
    assert told["deployed"]["parameters"] < told["parameters"]
    assert told["deployed"]["multiply_adds"] == told["multiply_adds"]
    assert not told["deployed"]["plain"]
    assert told["deployed"]["difference"] < 1e-4
    assert told["depth"] == 8


def test_torchvisions_weights_fit_in_a_run(data, tmp_path):
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / "theirs.pth")
    network = build(PRESETS["resnet18"], (1, 32, 32), 3, seed=0)
    from skipwise.networks.external.pretrained import load_pretrained

    trunk = load_pretrained(network, str(tmp_path / "theirs.pth"))
    assert len(trunk) == len(list(network.parameters())) - 2
