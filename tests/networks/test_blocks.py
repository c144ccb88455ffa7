"""Blocks, step by step in numpy: convolutions by loops, normalisations by their running statistics."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import Article, Basic, Block, Bottleneck, CustomBranch, Projection, Single, ZeroPad, key_masks
from skipwise.networks.blocks import ORDERS
from skipwise.networks.layers import CONVOLUTIONS, ScalarBias
from support.naive_layers import drawn, naive_convolution, redrawn

FIGURE_4 = {
    "post": ("", "conv norm relu conv norm", "relu"),
    "norm-after-addition": ("", "conv norm relu conv", "norm relu"),
    "relu-before-addition": ("", "conv norm relu conv norm relu", ""),
    "relu-only-pre-activation": ("relu", "conv norm relu conv norm", ""),
    "pre-activation": ("norm relu", "conv norm relu conv", ""),
}
"""He et al. 2016 (arXiv 1603.05027), Fig. 4 a to e: before the branch, in the branch, after the addition."""

NORMS = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d


def lived_in(block):
    """In double precision with parameters and running statistics as training might leave them, for evaluation."""
    redrawn(block)
    for number, norm in enumerate(module for module in block.modules() if isinstance(module, NORMS)):
        norm.running_mean.copy_(drawn(norm.num_features, seed=50 + number))
        norm.running_var.copy_(drawn(norm.num_features, seed=70 + number).square() + 0.5)
    return block.eval()


def convolutions(module):
    return [layer for layer in module.modules() if isinstance(layer, tuple(CONVOLUTIONS.values()))]


def channelwise(values, x):
    return values.detach().numpy().reshape(1, -1, *[1] * (x.ndim - 2))


def walk(steps, x, module, *, strides=(), groups=()):
    """x after these steps, with the module's convolutions and normalisations in turn."""
    convs = iter(zip(convolutions(module), strides, groups, strict=True))
    norms = iter([layer for layer in module.modules() if isinstance(layer, NORMS)])
    for step in steps.split():
        if step == "conv":
            conv, stride, count = next(convs)
            bias = None if conv.bias is None else conv.bias.detach().numpy()
            x = naive_convolution(x, conv.weight.detach().numpy(), bias, stride=stride, groups=count)
        elif step == "norm":
            norm = next(norms)
            x = (x - channelwise(norm.running_mean, x)) / np.sqrt(channelwise(norm.running_var, x) + 1e-5)
            x = x * channelwise(norm.weight, x) + channelwise(norm.bias, x)
        elif step == "relu":
            x = np.maximum(x, 0)
    assert next(convs, None) is None
    assert next(norms, None) is None
    return x


def padded(x, stride, like):
    """x at every `stride`-th pixel, zero in the further channels."""
    y = np.zeros_like(like)
    y[:, : x.shape[1]] = x[(..., *[slice(None, None, stride)] * (x.ndim - 2))]
    return y


def test_there_are_five_orders():
    assert list(ORDERS) == list(FIGURE_4)


@pytest.mark.parametrize("order", FIGURE_4)
@settings(max_examples=20, deadline=None)
@given(
    dims=st.sampled_from([1, 2, 3]),
    stride=st.sampled_from([1, 2]),
    width=st.sampled_from([2, 3]),
    side=st.integers(2, 4),
    first=st.booleans(),
)
def test_orders_are_the_papers(order, dims, stride, width, side, first):
    """The first block of a stage hands its shortcut what the branch begins with, other blocks their input."""
    block = Block(order=order, shortcut=ZeroPad())
    module = lived_in(block.build(2, width, stride=stride, dims=dims, first=first, drop_rate=0.0))
    x = drawn(2, 2, *[side] * dims)
    before, branch, after = FIGURE_4[order]
    begun = walk(before, x.numpy(), module.before)
    f = walk(branch, begun, module.branch, strides=(stride, 1), groups=(1, 1))
    expected = walk(after, f + padded(begun if first else x.numpy(), stride, f), module.after)
    np.testing.assert_allclose(module(x).detach().numpy(), expected, atol=1e-10)


@pytest.mark.parametrize("order", FIGURE_4)
def test_a_projection_ends_as_its_branch_does(order):
    """It is normalised just where the branch's last convolution is."""
    module = Block(order=order, shortcut=Projection()).build(2, 4, stride=2, dims=2, first=True, drop_rate=0.0)
    names = [name for name, _ in module.shortcut.path.named_children()]
    ends_in_norm = FIGURE_4[order][1].removesuffix(" relu").endswith("norm")
    assert names == (["conv", "norm"] if ends_in_norm else ["conv"])


@settings(max_examples=20, deadline=None)
@given(
    dims=st.sampled_from([1, 2]),
    stride=st.sampled_from([1, 2]),
    stride_on=st.sampled_from(["1x1", "3x3"]),
    groups=st.sampled_from([1, 2]),
    inner=st.sampled_from([1, 2]),
    expansion=st.sampled_from([1, 4]),
    side=st.integers(2, 4),
)
def test_bottlenecks_are_1x1_3x3_1x1(dims, stride, stride_on, groups, inner, expansion, side):
    branch = Bottleneck(stride_on=stride_on, groups=groups, inner=inner, expansion=expansion)
    module = lived_in(Block(branch=branch).build(3, 2, stride=stride, dims=dims, first=True, drop_rate=0.0))
    assert [tuple(conv.weight.shape) for conv in convolutions(module)] == [
        (2 * inner, 3, *[1] * dims),
        (2 * inner, 2 * inner // groups, *[3] * dims),
        (2 * expansion, 2 * inner, *[1] * dims),
    ]
    x = drawn(2, 3, *[side] * dims)
    strides = (stride, 1, 1) if stride_on == "1x1" else (1, stride, 1)
    steps = "conv norm relu conv norm relu conv norm relu"
    expected = walk(steps, x.numpy(), module, strides=strides, groups=(1, groups, 1))
    np.testing.assert_allclose(module(x).detach().numpy(), expected, atol=1e-10)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize(
    ("branch", "kernels", "channels", "strides"),
    [
        (Single, (0,), (2,), (2,)),
        (Basic, (0, 0), (2, 2), (2, 1)),
        (Article, (1, 0), (2, 8), (1, 2)),
        (Bottleneck, (1, 0, 1), (2, 2, 8), (1, 2, 1)),
    ],
)
def test_branches_are_the_convolutions_they_name(branch, kernels, channels, strides, kernel):
    """0 stands for the branch's kernel."""
    module = lived_in(Block(branch=branch(kernel=kernel)).build(3, 2, stride=2, dims=2, first=True, drop_rate=0.0))
    convs = convolutions(module)
    assert [conv.weight.shape[2] for conv in convs] == [side or kernel for side in kernels]
    assert [conv.weight.shape[0] for conv in convs] == list(channels)
    x = drawn(2, 3, 5, 4)
    steps = " ".join(["conv norm relu"] * len(convs))
    expected = walk(steps, x.numpy(), module, strides=strides, groups=[1] * len(convs))
    np.testing.assert_allclose(module(x).detach().numpy(), expected, atol=1e-10)


def test_groups_that_do_not_divide_are_one_sentence():
    with pytest.raises(UserError) as error:
        Block(branch=Bottleneck(groups=3, inner=2)).build(4, 4, stride=1, dims=2, first=True, drop_rate=0.0)
    assert str(error.value) == (
        "groups=3 cannot be: the 8 inner channels of a bottleneck of width 4 do not divide into so many groups; "
        "take a divisor, or other widths."
    )


def squeezed(f, weights):
    """f[n, c] sigmoid(w2[c] relu(w1 means + b1) + b2[c]) with the means over space."""
    w1, b1, w2, b2 = weights
    y = np.empty_like(f)
    for n, maps in enumerate(f):
        means = [channel.mean() for channel in maps]
        inner = [max(0, np.dot(row, means) + b) for row, b in zip(w1, b1, strict=True)]
        for c, channel in enumerate(maps):
            y[n, c] = channel / (1 + np.exp(-(np.dot(w2[c], inner) + b2[c])))
    return y


def test_squeeze_then_multiplier_then_drop_end_the_branch():
    """Kept branches are doubled at a rate of one half; nothing normalises, so that training needs no statistics."""
    block = Block(normalisation="none", squeeze=2, multiplier=1.0, shortcut=ZeroPad())
    module = redrawn(block.build(2, 4, stride=1, dims=2, first=True, drop_rate=0.5))
    assert [name for name, _ in module.branch.named_children()][-3:] == ["squeeze", "multiplier", "drop"]
    x = drawn(16, 2, 3, 3)
    f = walk("conv relu conv", x.numpy(), module.branch, strides=(1, 1), groups=(1, 1))
    f = squeezed(f, [parameter.detach().numpy() for parameter in module.branch.squeeze.parameters()])
    f *= module.branch.multiplier.factor.item()
    shortcut = padded(x.numpy(), 1, f)
    np.testing.assert_allclose(module.eval()(x).detach().numpy(), np.maximum(f + shortcut, 0), atol=1e-10)
    key_masks(module.train(), 0, 0)
    kept, dropped = np.maximum(2 * f + shortcut, 0), np.maximum(shortcut, 0)
    y = module(x).detach().numpy()
    fates = {(np.allclose(y[n], kept[n]), np.allclose(y[n], dropped[n])) for n in range(16)}
    assert fates == {(True, False), (False, True)}


@pytest.mark.parametrize("extra", [{"squeeze": 0}, {"multiplier": None}])
def test_nothing_else_stands_in_a_branch_that_asks_for_nothing(extra):
    module = Block(**extra).build(2, 2, stride=1, dims=2, first=False, drop_rate=0.0)
    assert [name for name, _ in module.branch.named_children()] == ["conv1", "norm1", "act1", "conv2", "norm2"]


def test_a_multiplier_of_zero_begins_as_the_shortcut():
    module = Block(multiplier=0.0, order="relu-before-addition", shortcut=ZeroPad()).build(
        2, 2, stride=1, dims=2, first=False, drop_rate=0.0
    )
    x = torch.randn(2, 2, 4, 4)
    assert torch.equal(module(x), x)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", ["batch", "group", "layer", "scalar-bias", "none"])
def test_convolutions_carry_a_bias_where_nothing_normalises_or_where_asked(kind, bias):
    block = Block(normalisation=kind, bias=bias, branch=Bottleneck(), shortcut=Projection())
    convs = convolutions(block.build(2, 2, stride=2, dims=2, first=True, drop_rate=0.0))
    assert len(convs) == 4
    assert {conv.bias is not None for conv in convs} == {bias or kind == "none"}


def test_scalar_biases_stand_before_each_convolution_and_after_it():
    """Fixup's block: b1, conv, b2, relu, b3, conv, multiplier, b4 (Zhang et al. 2019, Fig. 1)."""
    block = Block(normalisation="scalar-bias", multiplier=1.0, shortcut=ZeroPad())
    module = redrawn(block.build(2, 2, stride=1, dims=2, first=False, drop_rate=0.0))
    x = drawn(2, 2, 4, 3)
    b1, b2, b3, b4 = (layer.bias.item() for layer in module.modules() if isinstance(layer, ScalarBias))
    w1, w2 = (conv.weight.detach().numpy() for conv in convolutions(module))
    f = np.maximum(naive_convolution(x.numpy() + b1, w1) + b2, 0)
    f = naive_convolution(f + b3, w2) * module.branch.multiplier.factor.item() + b4
    np.testing.assert_allclose(module(x).detach().numpy(), np.maximum(f + x.numpy(), 0), atol=1e-10)


class Doubled(nn.Module):
    """Every `stride`-th pixel doubled, the channels repeated as often as they fit."""

    def __init__(self, context):
        super().__init__()
        self.context = context

    def forward(self, x):
        repeated = torch.cat([x] * (self.context.out_channels // self.context.in_channels), 1)
        return 2 * repeated[:, :, :: self.context.stride, :: self.context.stride]


def not_a_module(context):
    return 3


def test_a_users_own_branch():
    block = Block(branch=CustomBranch(path=f"{__name__}.Doubled"), multiplier=0.5, shortcut=ZeroPad())
    module = block.build(2, 4, stride=2, dims=2, first=True, drop_rate=0.0)
    x = torch.randn(2, 2, 5, 5)
    expected = torch.cat([2 * x, x], 1)[:, :, ::2, ::2].clamp(min=0)
    torch.testing.assert_close(module(x), expected)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nowhere.Branch", "nowhere.Branch cannot be used: importing nowhere fails with ModuleNotFoundError"),
        (f"{__name__}.Absent", "has no 'Absent'"),
        (f"{__name__}.not_a_module", "gave int for a branch: it must give a torch.nn.Module."),
    ],
)
def test_an_own_branch_that_cannot_be(path, sentence):
    with pytest.raises(UserError, match=sentence):
        Block(branch=CustomBranch(path=path)).build(2, 2, stride=1, dims=2, first=True, drop_rate=0.0)
