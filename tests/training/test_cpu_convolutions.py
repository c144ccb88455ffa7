"""Gradients on a CPU, where a kernel is larger than the map that it reads."""

import copy
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from skipwise.networks.text.sequences import Conv1d
from skipwise.training.cpu_convolutions import Axis, mend_convolutions
from skipwise.training.plan import ComputePlan

PLAN = ComputePlan(device="cpu", precision="bf16", channels_last=True, threads=1)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "reached"),
    [
        (1, 3, 1, False),
        (2, 3, 1, True),
        (2, 3, 2, False),
        (3, 3, 2, True),
        (2, 7, 1, False),
        (4, 7, 1, True),
        (1, 1, 1, True),
    ],
)
def test_taps_that_no_pixel_reaches(size, kernel, stride, reached):
    pixels = torch.ones(1, 1, size, requires_grad=False)
    weight = torch.zeros(1, 1, kernel, requires_grad=True)
    torch.nn.functional.conv1d(pixels, weight, stride=stride, padding=kernel // 2).sum().backward()
    assert bool((weight.grad != 0).all()) == reached
    axis = Axis(size, kernel, (size - 1) // stride + 1, stride, kernel // 2, 1)
    assert axis.reaches_all_taps == reached
    assert not axis.fits or reached


class Standardised(nn.Conv2d):
    """As libraries have it: its own forward hands a changed kernel to torch."""

    def forward(self, x):
        weight = (self.weight - self.weight.mean()) / self.weight.std()
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Bare(nn.Module):
    """No layer of torch's, but a kernel and a convolution."""

    def __init__(self, *shape, **options):
        super().__init__()
        self.weight, self.options = nn.Parameter(torch.randn(shape[1], shape[0], shape[2], shape[2])), options

    def forward(self, x):
        return F.conv2d(x, self.weight, **self.options)


SMALL = [
    (nn.Conv2d, 32, (1, 1), 3, {"padding": 1}),
    (nn.Conv2d, 32, (2, 2), 3, {"padding": 1, "stride": 2}),
    (nn.Conv2d, 128, (2, 2), 7, {"padding": 3}),
    (nn.Conv2d, 128, (1, 1), 5, {"padding": 2}),
    (nn.Conv2d, 128, (1, 1), 5, {"padding": "same"}),
    (nn.Conv2d, 32, (4, 4), 3, {"padding": 1}),
    (nn.Conv2d, 32, (4, 4), 7, {"padding": 3, "groups": 32}),
    (nn.Conv2d, 64, (5, 1), 3, {"padding": 3, "dilation": 3}),
    (nn.Conv1d, 64, (1,), 7, {"padding": 3, "stride": 3}),
    (Conv1d, 64, (2,), 5, {"padding": 4, "stride": 4}),
    (nn.Conv3d, 16, (2, 2, 2), 3, {"padding": 1}),
    (nn.Conv3d, 16, (3, 3, 3), 5, {"padding": 2}),
    (nn.ConvTranspose1d, 128, (1,), 7, {"padding": 3, "stride": 4}),
    (nn.ConvTranspose2d, 64, (8, 1), (1, 3), {"padding": (0, 1), "stride": 2, "output_padding": 1}),
    (Standardised, 128, (2, 2), 7, {"padding": 3}),
    (Bare, 128, (2, 2), 7, {"padding": 3}),
]
"""Kind, channels, map, kernel, and the rest."""


@pytest.mark.parametrize("precision", ["bf16", "fp32"])
@pytest.mark.parametrize(("kind", "channels", "sides", "kernel", "options"), SMALL)
def test_the_gradient_of_a_mended_convolution_is_the_exact_one(kind, channels, sides, kernel, options, precision):
    plan = replace(PLAN, precision=precision, channels_last=len(sides) == 2)
    torch.manual_seed(0)
    maps = torch.randn(16, channels, *sides)
    mended = kind(channels, channels, kernel, **options)
    exact = copy.deepcopy(mended).double()
    mended = plan.place(mended)
    expected = exact(maps.double())
    expected.pow(2).mean().backward()
    found = []
    for _ in range(3):
        junk = [torch.full((10**6,), 3e35) for _ in range(4)]
        del junk  # freed memory holds something
        mended.zero_grad()
        with plan.autocast():
            answer = mended(maps)
        answer.float().pow(2).mean().backward()
        found.append(mended.weight.grad)
    assert answer.shape == expected.shape
    assert all(torch.equal(gradient, found[0]) for gradient in found)
    largest = exact.weight.grad.abs().max()
    torch.testing.assert_close(found[0].double(), exact.weight.grad, rtol=0, atol=0.03 * float(largest))


@pytest.mark.parametrize(("kind", "sides"), [(nn.Conv2d, (4, 4)), (nn.Conv2d, (2, 2)), (nn.ConvTranspose2d, (4, 4))])
def test_a_convolution_that_torch_computes_right_keeps_its_bits(kind, sides):
    torch.manual_seed(0)
    maps, convolution = torch.randn(16, 32, *sides), kind(32, 32, 3, padding=1)
    plain = copy.deepcopy(convolution).to(memory_format=torch.channels_last)
    mended = PLAN.place(convolution)
    for network in (plain, mended):
        with PLAN.autocast():
            network(maps).float().pow(2).mean().backward()
    assert torch.equal(plain.weight.grad, mended.weight.grad)


def test_what_is_mended_keeps_its_parameters_and_is_still_a_convolution():
    network = nn.Sequential(nn.Conv1d(2, 3, 3), nn.Conv3d(2, 3, 3), Conv1d(2, 3, 3), nn.ReLU())
    before, names = list(network), list(network.state_dict())
    kinds = [type(module) for module in before]
    for _ in range(2):  # a second time changes nothing more
        assert list(mend_convolutions(network).state_dict()) == names
        assert list(network) == before
        assert all(isinstance(module, kind) for module, kind in zip(network, kinds, strict=True))


@pytest.mark.parametrize(("kind", "dims"), [(nn.Conv1d, 1), (Conv1d, 1), (nn.Conv2d, 2), (nn.Conv3d, 3)])
def test_a_mended_convolution_computes_the_same(kind, dims):
    convolution = kind(4, 4, 5, padding=2, stride=2, groups=2)
    maps = torch.randn(3, 4, *(1 + axis for axis in range(dims)))
    expected = convolution(maps)
    torch.testing.assert_close(mend_convolutions(convolution)(maps), expected)
    assert type(convolution) is not kind
