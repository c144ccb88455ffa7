import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.networks.layers import Enlarge, convolution, pool
from skipwise.networks.masks import KeyedDropout, key_masks


def naive_convolution(x, weight, bias, stride):
    """y[n, o, p] = b[o] + sum of x[n, i, stride p + k - pad] w[o, i, k], by loops over p and k."""
    pad = weight.shape[2] // 2
    x = np.pad(x, [(0, 0), (0, 0)] + [(pad, pad)] * (x.ndim - 2))
    sides = [(side - weight.shape[2]) // stride + 1 for side in x.shape[2:]]
    y = np.zeros((len(x), len(weight), *sides))
    for p in itertools.product(*map(range, sides)):
        for k in itertools.product(*map(range, weight.shape[2:])):
            at = tuple(stride * place + step for place, step in zip(p, k, strict=True))
            y[(..., *p)] += np.einsum("ni,oi->no", x[(..., *at)], weight[(..., *k)])
    return y + bias.reshape(1, -1, *[1] * len(sides))


def naive_pool(x, kernel, stride, reduce):
    sides = [(side - kernel) // stride + 1 for side in x.shape[2:]]
    y = np.zeros((*x.shape[:2], *sides))
    for p in itertools.product(*map(range, sides)):
        window = tuple(slice(stride * place, stride * place + kernel) for place in p)
        y[(..., *p)] = reduce(x[(..., *window)].reshape(*x.shape[:2], -1), -1)
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
    expected = naive_convolution(x.numpy(), layer.weight.detach().numpy(), layer.bias.detach().numpy(), stride)
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


def test_dropout_masks_are_functions_of_seed_step_and_name():
    network = torch.nn.Sequential(KeyedDropout(0.5), KeyedDropout(0.5))
    ones = torch.ones(4, 100)

    def masks(seed, step):
        key_masks(network, seed, step)
        torch.rand(7)  # other draws in between must change nothing
        return network[0](ones), network[1](ones)

    first, again, later, other = masks(0, 3), masks(0, 3), masks(0, 4), masks(1, 3)
    assert torch.equal(first[0], again[0])
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], later[0])
    assert not torch.equal(first[0], other[0])
    assert set(first[0].unique().tolist()) == {0.0, 2.0}
    assert torch.equal(network.eval()[0](ones), ones)


def test_own_dropout_is_keyed_by_seed_and_step_too():
    dropout = torch.nn.Dropout(0.5)
    key_masks(dropout, 0, 5)
    first = dropout(torch.ones(100))
    torch.rand(3)
    key_masks(dropout, 0, 5)
    assert torch.equal(first, dropout(torch.ones(100)))
