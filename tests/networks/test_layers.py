"""Each layer's formula, by loops in numpy, in one, two and three dimensions."""

import itertools
import math
from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skipwise.networks.layers import (
    ACTIVATIONS,
    BlurPool,
    Downsample,
    Enlarge,
    GlobalAverage,
    GlobalMaximum,
    ResidualScale,
    ScalarBias,
    SqueezeExcitation,
    convolution,
    downsampling,
    halved,
    normalisation,
    pool,
)
from support.naive_layers import drawn, naive_convolution, naive_normalisation, redrawn

sides_of_any_dims = st.lists(st.integers(2, 6), min_size=1, max_size=3)


def naive_pool(x, kernel, stride, reduce):
    sides = [(side - kernel) // stride + 1 for side in x.shape[2:]]
    y = np.zeros((*x.shape[:2], *sides))
    for p in itertools.product(*map(range, sides)):
        window = tuple(slice(stride * place, stride * place + kernel) for place in p)
        y[(..., *p)] = reduce(x[(..., *window)].reshape(*x.shape[:2], -1), -1)
    return y


def naive_blur(x):
    """Every second pixel of the sum over the 3 pixels a side round it, weighted 1/4, 1/2, 1/4 along each axis."""

    def reflected(place, side):
        return -place if place < 0 else 2 * (side - 1) - place if place >= side else place

    sides = x.shape[2:]
    y = np.zeros((*x.shape[:2], *((side + 1) // 2 for side in sides)))
    for p in itertools.product(*map(range, y.shape[2:])):
        for k in itertools.product((-1, 0, 1), repeat=len(sides)):
            at = tuple(reflected(2 * place + step, side) for place, step, side in zip(p, k, sides, strict=True))
            y[(..., *p)] += x[(..., *at)] * math.prod({-1: 0.25, 0: 0.5, 1: 0.25}[step] for step in k)
    return y


@settings(max_examples=30, deadline=None)
@given(
    dims=st.sampled_from([1, 2, 3]),
    side=st.integers(3, 6),
    kernel=st.sampled_from([1, 3, 5]),
    stride=st.sampled_from([1, 2]),
    channels=st.integers(1, 3),
)
def test_convolution_is_the_sum_over_window_and_channels(dims, side, kernel, stride, channels):
    layer = convolution(dims, channels, 2, kernel, stride=stride, bias=True).double()
    x = torch.randn(2, channels, *[side] * dims, dtype=torch.double)
    expected = naive_convolution(x.numpy(), layer.weight.detach().numpy(), layer.bias.detach().numpy(), stride=stride)
    assert expected.shape[2:] == (math.ceil(side / stride),) * dims
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(dims=st.sampled_from([1, 2, 3]), side=st.integers(2, 7), kind=st.sampled_from(["max", "average"]))
def test_pool_takes_each_windows_maximum_or_mean(dims, side, kind):
    x = torch.randn(2, 2, *[side] * dims, dtype=torch.double)
    expected = naive_pool(x.numpy(), 2, 2, np.max if kind == "max" else np.mean)
    np.testing.assert_allclose(pool(kind, dims)(x).numpy(), expected, atol=1e-12)


def test_stem_pool_pads_as_the_paper_does():
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert pool("max", 2, 3, stride=2, padding=1)(x).tolist() == [[[[5, 7], [13, 15]]]]


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_gradients_of_convolution_and_pool(dims):
    layer = convolution(dims, 2, 2, 3, stride=2, bias=True).double()
    x = torch.randn(1, 2, *[4] * dims, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradcheck(pool("max", dims), (x,))
    assert torch.autograd.gradcheck(pool("average", dims), (x,))


def test_enlarge_touches_only_what_is_too_small():
    x = torch.rand(1, 1, 4, 40)
    assert Enlarge(32)(x).shape == (1, 1, 32, 40)
    large = torch.rand(1, 1, 33, 40)
    assert Enlarge(32)(large) is large


@settings(max_examples=20, deadline=None)
@given(
    dims=st.sampled_from([1, 2, 3]),
    side=st.integers(2, 4),
    kernel=st.sampled_from([1, 3]),
    stride=st.sampled_from([1, 2]),
    groups=st.integers(1, 3),
    inputs=st.integers(1, 2),
    outputs=st.integers(1, 2),
)
def test_grouped_convolution_sees_its_own_groups_inputs(dims, side, kernel, stride, groups, inputs, outputs):
    layer = redrawn(
        convolution(dims, groups * inputs, groups * outputs, kernel, stride=stride, groups=groups, bias=False)
    )
    x = drawn(2, groups * inputs, *[side] * dims)
    expected = naive_convolution(x.numpy(), layer.weight.detach().numpy(), stride=stride, groups=groups)
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(["batch", "group", "layer"]),
    sides=sides_of_any_dims,
    channels=st.sampled_from([1, 3, 6, 16, 24, 32, 48]),
)
def test_normalisations_standardise_what_they_say(kind, sides, channels):
    layer = redrawn(normalisation(kind, len(sides), channels)).train()
    x = 3 * drawn(2, channels, *sides) + 5
    shape = (1, -1, *[1] * len(sides))
    weight, bias = (parameter.detach().numpy().reshape(shape) for parameter in layer.parameters())
    expected = naive_normalisation(kind, x.numpy()) * weight + bias
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-10)


def test_batch_normalisation_keeps_the_running_statistics_of_its_batches():
    layer = normalisation("batch", 1, 2).double()
    x = 3 * drawn(4, 2, 5) + 5
    layer(x)
    for c, values in enumerate(x.numpy().transpose(1, 0, 2)):
        assert layer.running_mean[c].item() == pytest.approx(0.1 * values.mean())
        assert layer.running_var[c].item() == pytest.approx(0.9 + 0.1 * values.var(ddof=1))


def test_scalar_bias_adds_one_number_and_none_is_no_layer():
    layer = normalisation("scalar-bias", 2, 3)
    assert isinstance(layer, ScalarBias)
    x = drawn(2, 3, 4, 4)
    assert torch.equal(layer(x), x)
    assert layer.bias.shape == (1,)
    layer.bias.data.fill_(-1.5)
    np.testing.assert_array_equal(layer(x).detach().numpy(), x.numpy() - 1.5)
    assert normalisation("none", 2, 3) is None


@settings(max_examples=20, deadline=None)
@given(sides=sides_of_any_dims)
def test_blur_pool_is_every_second_pixel_of_the_blurred_map(sides):
    x = drawn(2, 2, *sides)
    np.testing.assert_allclose(BlurPool(len(sides))(x).numpy(), naive_blur(x.numpy()), atol=1e-12)


def test_blur_pool_by_hand():
    """At the left edge 4 is reflected: (4 + 2 * 0 + 4) / 4; then (4 + 2 * 8 + 0) / 4."""
    x = torch.tensor([[[0.0, 4, 8, 0]]])
    assert BlurPool(1)(x).tolist() == [[[2, 5]]]


@settings(max_examples=15, deadline=None)
@given(sides=sides_of_any_dims)
def test_global_pools_give_one_number_a_channel(sides):
    x = drawn(3, 2, *sides) - 10
    for n, c in itertools.product(range(3), range(2)):
        pixels = x[n, c].numpy().ravel().tolist()
        assert GlobalMaximum()(x)[n, c].item() == max(pixels)
        assert GlobalAverage()(x)[n, c].item() == pytest.approx(sum(pixels) / len(pixels))


@pytest.mark.parametrize("start", [0.0, 1.0, -0.5])
def test_multiplier_is_one_learned_factor(start):
    layer = ResidualScale(start).double()
    x = drawn(2, 3, 4)
    np.testing.assert_array_equal(layer(x).detach().numpy(), start * x.numpy())
    layer(x).sum().backward()
    assert layer.factor.grad.item() == pytest.approx(x.sum().item())


@settings(max_examples=20, deadline=None)
@given(sides=sides_of_any_dims, channels=st.sampled_from([1, 3, 8]), reduction=st.sampled_from([1, 2, 16]))
def test_squeeze_excitation_weighs_channels_by_their_means(sides, channels, reduction):
    layer = redrawn(SqueezeExcitation(channels, reduction, "relu"))
    x = drawn(2, channels, *sides)
    w1, b1, w2, b2 = (parameter.detach().numpy() for parameter in layer.parameters())
    assert len(b1) == max(1, channels // reduction)
    expected = np.empty_like(x.numpy())
    for n in range(2):
        means = np.array([x[n, c].numpy().mean() for c in range(channels)])
        inner = np.array([max(0, sum(row * means) + b) for row, b in zip(w1, b1, strict=True)])
        for c in range(channels):
            expected[n, c] = x[n, c].numpy() / (1 + math.exp(-(sum(w2[c] * inner) + b2[c])))
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("kind", get_args(Downsample))
def test_halved_is_the_side_that_comes_out(kind, dims):
    if kind == "k-max" and dims > 1:
        pytest.skip("it is for one dimension")
    layer = downsampling(kind, dims)
    assert (layer is None) == (kind in ("none", "stride"))
    if kind == "stride":
        layer = convolution(dims, 1, 1, 3, stride=2, bias=False)
    for side in range(2, 10):
        x = torch.zeros(1, 1, *[side] * dims)
        y = x if layer is None else layer(x)
        assert y.shape[2:] == (halved(kind, side),) * dims


@pytest.mark.parametrize("kind", ["max", "average", "anti-aliased"])
def test_downsampling_is_the_pool_it_names(kind):
    x = drawn(2, 2, 5, 4)
    naive = {
        "max": lambda x: naive_pool(x, 2, 2, np.max),
        "average": lambda x: naive_pool(x, 2, 2, np.mean),
        "anti-aliased": naive_blur,
    }
    np.testing.assert_allclose(downsampling(kind, 2)(x).numpy(), naive[kind](x.numpy()), atol=1e-12)


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_activations_by_their_formulas(kind):
    formulas = {
        "relu": lambda x: max(x, 0),
        "relu6": lambda x: min(max(x, 0), 6),
        "leaky-relu": lambda x: x if x > 0 else 0.01 * x,
        "elu": lambda x: x if x > 0 else math.exp(x) - 1,
        "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
        "silu": lambda x: x / (1 + math.exp(-x)),
        "tanh": math.tanh,
    }
    x = 4 * drawn(50)
    expected = [formulas[kind](value) for value in x.tolist()]
    np.testing.assert_allclose(ACTIVATIONS[kind]()(x).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(("stride", "length"), [(1, 9), (2, 9), (2, 8)])
def test_kernels_side_by_side_are_three_convolutions(stride, length):
    layer = convolution(1, 2, 6, (3, 4, 5), stride=stride, bias=True)
    x = torch.randn(2, 2, length)
    by_hand = []
    for kernel, part in zip((3, 4, 5), layer.children(), strict=True):
        alone = nn.Conv1d(2, 2, kernel, stride=stride)
        alone.load_state_dict(part.state_dict())
        by_hand.append(alone(F.pad(x, (kernel // 2, (kernel - 1) // 2))))
    assert by_hand[0].shape[2] == -(-length // stride)
    torch.testing.assert_close(layer(x), torch.cat(by_hand, 1))
