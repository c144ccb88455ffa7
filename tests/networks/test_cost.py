"""Costs of small networks that a reader can work out by hand."""

import math
from dataclasses import replace

import pytest
import torch
import torchvision
from torch import nn

from skipwise.networks import (
    CATALOGUE,
    PRESETS,
    SHORTCUTS,
    Architecture,
    Block,
    Network,
    Stage,
    Stem,
    architecture_cost,
    build,
    build_text,
    cost,
    layer_costs,
    shapes_of,
)
from skipwise.networks.fields import set_field


def test_a_network_of_two_convolutions_by_hand():
    """8x8 px: 3x3 from 1 to 2 channels, ReLU, 2 px pool, 3x3 from 2 to 4, mean, dense to 5."""
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 4, 3, padding=1, bias=False),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5),
    )  # fmt: skip
    layers = {layer.name: layer for layer in layer_costs(network, (1, 8, 8))}
    assert [layers[name].parameters for name in ("0", "3", "6")] == [20, 72, 25]
    assert [layers[name].multiply_adds for name in ("0", "3", "6")] == [64 * 2 * 9, 16 * 4 * 2 * 9, 20]
    assert [layers[name].receptive_field for name in ("0", "2", "3", "6")] == [3, 4, 8, math.inf]
    assert [layers[name].depth for name in ("0", "2", "3", "6")] == [1, 1, 2, 3]
    assert [layers[name].output for name in ("0", "2", "3", "6")] == [(2, 8, 8), (2, 4, 4), (4, 4, 4), (5,)]
    # kept for the way back, 4 bytes each: the image, the ReLU's output, the pool's output and (8 bytes an index,
    # counted as numbers) its indices, the second map's mean
    assert layers["0"].activation_bytes == 4 * 64
    assert layers["1"].activation_bytes == 4 * 128
    assert layers["6"].activation_bytes == 4 * 4
    whole = cost(network, (1, 8, 8))
    assert (whole.parameters, whole.multiply_adds, whole.depth) == (117, 1152 + 1152 + 20, 3)


def test_what_a_block_keeps_for_the_way_back():
    """Convolution, normalisation, ReLU: the input, the map before normalisation, and the map after ReLU."""
    network = nn.Sequential(nn.Conv2d(2, 2, 3, padding=1, bias=False), nn.BatchNorm2d(2), nn.ReLU())
    assert cost(network, (2, 8, 8)).activation_bytes == 3 * 4 * 2 * 64


@pytest.mark.parametrize(
    "name", ["resnet20", "plain20", "preresnet164", "repvgg-a0", "resnet50-d", "vgg16", "wrn-28-10"]
)
def test_the_shortened_count_is_the_full_one(name):
    preset = CATALOGUE[name]
    shape = (3, preset.side, preset.side)
    with torch.device("meta"):
        network = Network(preset.architecture, shape, preset.classes)
    assert architecture_cost(preset.architecture, shape, preset.classes) == cost(network, shape)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_the_shortened_count_holds_for_every_shortcut(shortcut):
    architecture = PRESETS["resnet20"].with_shortcut(SHORTCUTS[shortcut])
    assert architecture_cost(architecture, (3, 32, 32), 10) == cost(
        build(architecture, (3, 32, 32), 10, 0), (3, 32, 32)
    )


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "vgg16", "efficientnet_b0"])
def test_the_counts_that_torchvision_tells(name):
    """Its weights come with parameters and 10^9 multiply-adds."""
    network = torchvision.models.get_model(name)
    told = torchvision.models.get_model_weights(name).DEFAULT.meta
    counted = cost(network, (3, 224, 224))
    assert counted.parameters == told["num_params"]
    assert counted.multiply_adds / 1e9 == pytest.approx(told["_ops"], abs=0.02)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_in_every_dimension(dims):
    """One 3-pixel convolution of stride 2 to 2 channels, and the dense layer to 3 classes."""
    architecture = Architecture(stem=Stem(width=1), stages=(Stage(blocks=1, width=2, block=Block()),), dims=dims)
    counted = architecture_cost(architecture, (1, *[8] * dims), 3)
    inner, outer = 8**dims, 4**dims
    assert counted.multiply_adds == inner * 3**dims + outer * 2 * 3**dims + outer * 4 * 3**dims + 6


def test_gates_count_in_neither_depth_nor_receptive_field():
    """resnet8 without them: 3x3 kernels add 2 px at the stem and in stage 1, then 2 and 4, then 4 and 8."""
    plain, squeezed = PRESETS["resnet8"], PRESETS["resnet8"].replace_blocks(squeeze=4)
    assert architecture_cost(squeezed, (3, 32, 32), 10).depth == 8
    assert (
        architecture_cost(squeezed, (3, 32, 32), 10).parameters > architecture_cost(plain, (3, 32, 32), 10).parameters
    )
    fields = [layer.receptive_field for layer in layer_costs(build(squeezed, (3, 32, 32), 10, 0), (3, 32, 32))]
    assert max(field for field in fields if field < math.inf) == 1 + 3 * 2 + 2 + 4 + 4 + 8


def test_counting_touches_nothing():
    network = build(PRESETS["resnet8"], (3, 16, 16), 10, seed=0).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    layer_costs(network, (3, 16, 16))
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in network.modules())
    assert next(network.parameters()).device.type == "cpu"


def test_stages_of_many_blocks_cost_more_by_what_one_costs():
    costs = [
        architecture_cost(
            replace(PRESETS["resnet8"], stages=tuple(replace(s, blocks=n) for s in PRESETS["resnet8"].stages)),
            (3, 32, 32), 10,
        )
        for n in (2, 3, 4)
    ]  # fmt: skip
    assert costs[2].parameters - costs[1].parameters == costs[1].parameters - costs[0].parameters
    assert (
        costs[2].activation_bytes - costs[1].activation_bytes == costs[1].activation_bytes - costs[0].activation_bytes
    )


@pytest.mark.parametrize("name", ["vdcnn17", "res-vdcnn29", "resnet-text-20", "textcnn"])
def test_the_shortened_count_of_a_text_network_is_the_full_one(name):
    preset = CATALOGUE[name]
    counted = cost(shapes_of(preset.architecture, preset.input_shape, 4), preset.input_shape)
    assert architecture_cost(preset.architecture, preset.input_shape, 4) == counted


def test_costs_by_hand():
    """Tokens cost a table without multiplications; then 10 tokens, 2 channels, three kernels of 3 maps each."""
    architecture = replace(PRESETS["textcnn"], embedding=2)
    architecture = set_field(architecture, "widths", "3")
    network = build_text(architecture, 7, 10, 4, seed=0)
    layers = {layer.name: layer for layer in layer_costs(network, (7, 10))}
    assert layers["embedding"].parameters == 14
    kernel3 = layers["network.stages.0.0.branch.conv1.kernel3"]
    assert (kernel3.parameters, kernel3.multiply_adds, kernel3.receptive_field) == (3 * 2 * 3 + 3, 10 * 18, 3)
    assert layers["network.head.dense"].multiply_adds == 9 * 4
    assert cost(network, (7, 10)).depth == 2
