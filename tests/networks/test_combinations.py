"""Combinations of fields: each builds a network through which something flows, or is refused in one sentence."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build, key_masks
from skipwise.networks.fields import set_field
from skipwise.networks.initialisation import initialise
from skipwise.networks.layers import convolution
from skipwise.networks.shortcuts import parse_shortcut


def fixup(architecture):
    return set_field(set_field(architecture, "normalisation", "scalar-bias"), "initialisation", "fixup")


@pytest.mark.parametrize("change", [lambda a: a.replace_blocks(multiplier=0.0), fixup])
@pytest.mark.parametrize(
    "architecture", [PRESETS["resnet9"], PRESETS["resnet8"].with_shortcut(parse_shortcut("arms-identity"))]
)
def test_something_flows_through_a_residual_network_that_is_built(architecture, change):
    try:
        network = build(change(architecture), (3, 32, 32), 10, seed=0)
    except UserError:
        return
    maps = network.features(torch.randn(4, 3, 32, 32))[-1]
    assert (maps[0] != maps[1]).any()


@pytest.mark.parametrize(
    "architecture", [PRESETS["resnet9"], PRESETS["resnet8"].with_shortcut(parse_shortcut("arms-identity"))]
)
def test_stochastic_depth_drops_only_branches_that_have_a_shortcut(architecture):
    architecture = replace(architecture.replace_blocks(normalisation="none"), stochastic_depth=0.9)
    try:
        network = build(architecture, (3, 32, 32), 10, seed=0)
    except UserError:
        return
    key_masks(network, 0, 0)
    for maps in network.features(torch.randn(64, 3, 32, 32)):
        assert maps.flatten(1).abs().sum(1).ne(0).all()


@pytest.mark.parametrize("groups", [2, 4])
def test_a_grouped_dirac_convolution_begins_as_the_identity(groups):
    layer = convolution(2, 8, 8, 3, groups=groups, bias=False)
    initialise(layer, 0, kind="dirac")
    x = torch.randn(2, 8, 5, 5)
    torch.testing.assert_close(layer(x), x)


@pytest.mark.parametrize("groups", [2, 4])
def test_a_grouped_delta_orthogonal_convolution_keeps_the_norm(groups):
    layer = convolution(2, 8, 8, 3, groups=groups, bias=False)
    initialise(layer, 0, kind="delta-orthogonal")
    x = torch.randn(2, 8, 5, 5)
    assert layer(x).norm().item() == pytest.approx(2**0.5 * x.norm().item(), rel=1e-4)


def test_a_dense_layer_of_an_odd_number_of_features_has_independent_logits():
    layer = nn.Linear(3, 4)
    initialise(layer, 0, kind="looks-linear")
    assert not torch.equal(layer.weight[:2], -layer.weight[2:])


def test_looks_linear_sees_an_image_of_two_equal_channels():
    architecture = replace(PRESETS["plain8"].replace_blocks(normalisation="none"), initialisation="looks-linear")
    architecture = replace(architecture, stem=replace(architecture.stem, normalisation="none"))
    image = torch.rand(1, 1, 8, 8).expand(1, 2, 8, 8)
    assert build(architecture, (2, 8, 8), 5, seed=0)(image).abs().max() > 1e-4


def test_the_refusal_says_what_to_take_instead():
    with pytest.raises(UserError) as error:
        replace(PRESETS["resnet8"], stochastic_depth=0.5).plain_twin()
    assert str(error.value) == (
        "A block without a shortcut, as in a plain twin, cannot have stochastic_depth: where its branch is dropped "
        "nothing flows; take stochastic_depth=0 for both twins."
    )
    with pytest.raises(UserError, match="multiplier=nan cannot be"):
        set_field(PRESETS["resnet8"], "multiplier", "nan")
    with pytest.raises(UserError, match="pairs channels across groups"):
        build(replace(PRESETS["resnext50"], initialisation="looks-linear"), (3, 64, 64), 5, seed=0)
