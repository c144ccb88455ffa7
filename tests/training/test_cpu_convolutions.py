"""Gradients in bf16 on a CPU, where a kernel is larger than the map that it reads."""

import pytest
import torch
from torch import nn

from skipwise.networks.text.sequences import Conv1d
from skipwise.training.cpu_convolutions import mend_convolutions, reaches_all_taps
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
    assert reaches_all_taps(size, kernel, stride, kernel // 2, 1) == reached


@pytest.mark.parametrize(("side", "kernel", "stride"), [(1, 3, 1), (2, 3, 2), (2, 7, 1), (1, 5, 1), (4, 3, 1)])
def test_the_gradient_of_a_mended_convolution_is_the_exact_one(side, kernel, stride):
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(16, 32, side, side, generator=generator)
    exact = nn.Conv2d(32, 32, kernel, stride=stride, padding=kernel // 2).double()
    mended = nn.Conv2d(32, 32, kernel, stride=stride, padding=kernel // 2)
    mended.load_state_dict(exact.state_dict())
    mended = PLAN.place(mended)
    exact(maps.double()).pow(2).mean().backward()
    for _ in range(5):
        junk = [torch.full((10**6,), 3e35) for _ in range(4)]
        del junk  # freed memory holds something
        mended.zero_grad()
        with PLAN.autocast():
            answer = mended(maps.to(memory_format=torch.channels_last))
        answer.float().pow(2).mean().backward()
        torch.testing.assert_close(mended.weight.grad.double(), exact.weight.grad, rtol=0.05, atol=2e-3)


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
