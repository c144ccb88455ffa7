"""A network is after an analysis as it was before."""

import pytest
import torch
from torch import nn

from skipwise.analysis.hooks import undisturbed, watched
from skipwise.networks import PRESETS, blocks_of, build, build_text, layers_in_order


def hooks_in(network):
    return sum(len(module._forward_hooks) + len(module._backward_hooks) for module in network.modules())


def test_places_follow_one_another_from_input_to_answer():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    seen = []
    with watched(layers_in_order(network), lambda name, output: seen.append((name, tuple(output.shape)))):
        network(torch.zeros(2, 1, 8, 8))
    assert seen == [
        ("stem", (2, 16, 8, 8)),
        ("stage 1, block 1", (2, 16, 8, 8)),
        ("stage 2, block 1", (2, 32, 4, 4)),
        ("stage 3, block 1", (2, 64, 2, 2)),
        ("head", (2, 3)),
    ]
    assert list(blocks_of(network)) == [name for name, _ in seen[1:-1]]


def test_a_pool_before_a_stage_is_no_block():
    network = build_text(PRESETS["vdcnn9"], 70, 64, 2, seed=0)
    assert list(blocks_of(network)) == [f"stage {stage}, block 1" for stage in (1, 2, 3, 4)]


def test_of_other_networks_convolutions_and_dense_layers_are_watched():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
    assert list(layers_in_order(network)) == ["0", "3"]


def test_nothing_is_left_behind_after_an_error():
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    network.stages[1].eval()
    network.stem.conv1.weight.requires_grad_(False)
    network.head.dense.bias.grad = gradient = torch.ones(3)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    modes = [module.training for module in network.modules()]

    def look(name, output):
        if name == "head":
            raise ArithmeticError

    def disturb():
        with undisturbed(network), watched(layers_in_order(network), look):
            network.train()
            network.requires_grad_(True)
            network.head.dense.bias.grad = None
            with torch.no_grad():
                network.head.dense.weight.mul_(2)
            network(torch.randn(4, 1, 8, 8))  # moves the normalisations' statistics, too

    with pytest.raises(ArithmeticError):
        disturb()
    assert hooks_in(network) == 0
    assert [module.training for module in network.modules()] == modes
    assert not network.stem.conv1.weight.requires_grad
    assert network.head.dense.bias.grad is gradient
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name]), name
