"""Layers by loops in numpy, and parameters drawn so that none is neutral."""

import itertools

import numpy as np
import torch


def drawn(*shape, seed=0):
    """Normal numbers, the same for the same shape and seed."""
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def redrawn(module):
    """The module in double precision with every parameter drawn anew, so that none is neutral."""
    for number, parameter in enumerate(module.double().parameters()):
        parameter.data.copy_(drawn(*parameter.shape, seed=number + 1))
    return module


def naive_convolution(x, weight, bias=None, *, stride=1, groups=1):
    """y[n, o, p] = b[o] + sum of x[n, i, stride p + k - pad] w[o, i, k] over i in o's group, by loops."""
    pad = weight.shape[2] // 2
    x = np.pad(x, [(0, 0), (0, 0)] + [(pad, pad)] * (x.ndim - 2))
    sides = [(side - weight.shape[2]) // stride + 1 for side in x.shape[2:]]
    outputs, inputs = len(weight) // groups, x.shape[1] // groups
    assert inputs == weight.shape[1]
    y = np.zeros((len(x), len(weight), *sides))
    for p in itertools.product(*map(range, sides)):
        for k in itertools.product(*map(range, weight.shape[2:])):
            at = tuple(stride * place + step for place, step in zip(p, k, strict=True))
            for group in range(groups):
                o = slice(group * outputs, (group + 1) * outputs)
                i = slice(group * inputs, (group + 1) * inputs)
                y[(slice(None), o, *p)] += x[(slice(None), i, *at)] @ weight[(o, slice(None), *k)].T
    return y if bias is None else y + bias.reshape(1, -1, *[1] * len(sides))


def standardised(values):
    return (values - values.mean()) / np.sqrt(values.var() + 1e-5)


def naive_normalisation(kind, x):
    """Mean 0 and variance 1 for each channel over the batch, or for each set of channels of each image."""
    y = x.copy()
    if kind == "batch":
        for c in range(x.shape[1]):
            y[:, c] = standardised(x[:, c])
    else:
        together = max(size for size in (1, 2, 4, 8, 16) if x.shape[1] % size == 0)
        size = x.shape[1] if kind == "layer" else together
        for n in range(len(x)):
            for start in range(0, x.shape[1], size):
                y[n, start : start + size] = standardised(x[n, start : start + size])
    return y
