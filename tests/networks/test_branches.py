"""Branches whose convolutions have kinds of their own, against torchvision's blocks with weights copied."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torchvision.models.convnext import CNBlock
from torchvision.models.mobilenetv2 import InvertedResidual

from skipwise.errors import UserError
from skipwise.networks import (
    PRESETS,
    Architecture,
    Block,
    Bottleneck,
    ConvNeXt,
    Convolution,
    CustomBranch,
    Identity,
    InvertedBottleneck,
    build,
    build_text,
    cost,
    fuse,
)
from skipwise.networks.branches import BRANCHES
from skipwise.networks.fields import set_field
from skipwise.networks.shortcuts import BlockContext

MOBILENET = Block(branch=InvertedBottleneck(), order="relu-before-addition", activation="relu6", shortcut=Identity())
CONVNEXT = PRESETS["convnext20"].stages[0].block
CONTEXT = BlockContext(in_channels=8, width=8, out_channels=8, stride=1, dims=2, normalisation="batch", bias=False)


def lived_in(module):
    """In eval mode and double precision, parameters and running statistics as training might leave them."""
    generator = torch.Generator().manual_seed(0)
    for value in module.state_dict().values():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) + 0.1)
    return module.double().eval()


def copied(ours, theirs):
    """Ours with their weights, which stand in the same order."""
    weights = [value for name, value in theirs.state_dict().items() if name != "layer_scale"]
    mine = ours.double().eval().state_dict()
    assert len(mine) == len(weights)
    for value, weight in zip(mine.values(), weights, strict=True):
        value.copy_(weight.reshape(value.shape))
    return ours


@pytest.mark.parametrize("expansion", [1, 4, 6])
@pytest.mark.parametrize(("stride", "width"), [(1, 8), (1, 12), (2, 8), (2, 4)])
def test_an_inverted_bottleneck_is_torchvisions(stride, width, expansion):
    theirs = lived_in(InvertedResidual(8, width, stride, expansion))
    block = replace(MOBILENET, branch=InvertedBottleneck(expansion=expansion))
    ours = copied(block.build(8, width, stride=stride, dims=2, first=True, drop_rate=0.0), theirs)
    x = torch.randn(2, 8, 9, 9, dtype=torch.double)
    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.train()(x), theirs.train()(x))


def test_a_convnext_block_is_torchvisions_without_its_layer_scale():
    theirs = lived_in(CNBlock(8, layer_scale=1.0, stochastic_depth_prob=0.0))
    theirs.layer_scale.data.fill_(1)
    ours = copied(CONVNEXT.build(8, 8, stride=1, dims=2, first=False, drop_rate=0.0), theirs)
    x = torch.randn(2, 8, 9, 9, dtype=torch.double)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize("branch", ["inverted-bottleneck", "convnext"])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_layers_of_a_branch_and_its_kinds(branch, stride):
    """The block's kinds, but for those that a convolution leaves out; without normalisation a bias takes its place."""
    module = Block(branch=BRANCHES[branch]).build(8, 16, stride=stride, dims=2, first=True, drop_rate=0.0).branch
    layers = {
        "inverted-bottleneck": ["conv1", "norm1", "act1", "conv2", "norm2", "act2", "conv3", "norm3"],
        "convnext": ["conv1", "norm1", "conv2", "act2", "conv3"],
    }[branch]
    assert [name for name, _ in module.named_children()] == layers
    biased = [conv.bias is not None for conv in module if isinstance(conv, torch.nn.Conv2d)]
    assert biased == [False, branch == "convnext", branch == "convnext"]


def test_a_projection_ends_as_a_convolution_of_its_own_kind_does():
    """ConvNeXt's last convolution is not normalised, so its projection is not either, and carries a bias."""
    module = CONVNEXT.build(8, 16, stride=2, dims=2, first=True, drop_rate=0.0)
    assert [name for name, _ in module.shortcut.path.named_parameters()] == ["conv.weight", "conv.bias"]


@pytest.mark.parametrize("name", ["mobilenet11", "convnext11"])
def test_fused_it_computes_the_same(name):
    network = lived_in(build(PRESETS[name], (3, 16, 16), 5, seed=0))
    x = torch.randn(2, 3, 16, 16, dtype=torch.double)
    fused = fuse(network)
    torch.testing.assert_close(fused(x), network(x))
    left = [module for module in fused.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert left == []


@pytest.mark.parametrize("branch", ["inverted-bottleneck", "convnext"])
@pytest.mark.parametrize("normalisation", ["batch", "layer-per-pixel", "group"])
def test_padding_changes_nothing(branch, normalisation):
    architecture = PRESETS["resnet-text-8"].replace_blocks(branch=BRANCHES[branch], normalisation=normalisation)
    network = build_text(architecture, 50, 40, 3, seed=0).double()
    texts = torch.zeros(2, 40, dtype=torch.long)
    texts[0, :17], texts[1, :24] = torch.arange(1, 18), torch.arange(20, 44)
    torch.testing.assert_close(network.eval()(texts), network(texts[:, :24]))
    torch.testing.assert_close(network.train()(texts), network(texts[:, :24]))


@pytest.mark.parametrize("kind", ["he", "dirac", "delta-orthogonal"])
@pytest.mark.parametrize("name", ["mobilenet11", "convnext11"])
def test_every_initialisation_lets_something_through(name, kind):
    network = build(replace(PRESETS[name].plain_twin(), initialisation=kind), (3, 32, 32), 4, seed=0)
    logits = network(torch.randn(4, 3, 32, 32))
    assert logits.isfinite().all()
    assert (logits[0] != logits[1]).any()


def test_a_depthwise_branch_pairs_no_channels():
    with pytest.raises(UserError, match="pairs channels across groups"):
        replace(PRESETS["convnext11"], initialisation="looks-linear").check()


def test_fields_change_the_blocks_kinds_and_leave_out_what_the_branch_leaves_out():
    from skipwise.networks.fields import set_field

    changed = set_field(set_field(PRESETS["convnext11"], "normalisation", "batch"), "activation", "relu")
    names = [type(layer).__name__ for layer in build(changed, (3, 8, 8), 2, seed=0).stages[0][0].branch]
    assert names == ["Conv2d", "BatchNorm2d", "Conv2d", "ReLU", "Conv2d"]
    kernels = set_field(PRESETS["convnext11"], "kernel", "3/5/7")
    assert [stage.block.branch for stage in kernels.stages] == [ConvNeXt(kernel=side) for side in (3, 5, 7)]


@pytest.mark.parametrize(("name", "depth"), [("mobilenet20", 20), ("convnext20", 20), ("mobilenet-v2", 53)])
def test_a_name_tells_the_depth(name, depth):
    """MobileNetV2 has 52 convolutions and a dense layer (Sandler et al. 2018, Table 2)."""
    assert cost(build(PRESETS[name], (3, 32, 32), 10, seed=0), (3, 32, 32)).depth == depth
    assert Architecture.from_json(PRESETS[name].to_json()) == PRESETS[name]


@pytest.mark.parametrize(
    ("conv", "caption"),
    [
        (Convolution(kernel=3, stride=1, channels=16), "3x3, 16"),
        (Convolution(kernel=3, stride=2, channels=64, groups=32), "3x3, 64, 32 groups, /2"),
        (Convolution(kernel=7, stride=1, channels=16, groups=16), "7x7 dw, 16"),
        (Convolution(kernel=(3, 4), stride=1, channels=16), "3x3 and 4x4, 16"),
    ],
)
def test_a_convolutions_caption(conv, caption):
    assert conv.caption(2) == caption


def captioned(context):
    return torch.nn.Identity()


captioned.caption = "ours"


def test_a_branch_says_its_captions():
    assert Bottleneck().captions(replace(CONTEXT, out_channels=32)) == ("1x1, 8", "3x3, 8", "1x1, 32")
    assert CustomBranch(path=f"{__name__}.captioned").captions(CONTEXT) == ("ours",)
    assert CustomBranch(path=f"{__name__}.lived_in").captions(CONTEXT) == ("lived_in",)


@pytest.mark.parametrize(
    ("preset", "channels"),
    [("resnet50", [64, 64, 128]), ("mobilenet11", [32, 32, 16]), ("convnext11", [16, 32, 16])],
)
def test_expansion_is_a_field_of_every_branch_that_has_one(preset, channels):
    """The first block's convolutions at twice the narrowest channels."""
    network = build(set_field(PRESETS[preset], "expansion", "2"), (3, 32, 32), 10, seed=0)
    convolutions = [layer for layer in network.stages[0][0].branch.modules() if isinstance(layer, nn.Conv2d)]
    assert [layer.out_channels for layer in convolutions] == channels


def test_kernels_side_by_side_in_two_dimensions_keep_the_size():
    architecture = set_field(set_field(PRESETS["resnet8"], "branch", "parallel"), "kernel", "1/2/3/4")
    network = build(architecture, (3, 9, 12), 5, seed=0)
    assert [tuple(maps.shape[1:]) for maps in network.features(torch.randn(1, 3, 9, 12))[1:]] == [
        (64, 9, 12), (128, 5, 6), (256, 3, 3),
    ]  # fmt: skip
    assert Architecture.from_json(architecture.to_json()) == architecture
