"""Convolutions for bf16 on a CPU, whose gradients are right on the smallest maps as well.

There torch leaves the gradient of kernel taps that no pixel reaches uninitialised (a 3x3 kernel on a map of one pixel),
and a run fails by what its memory held before. With its padding written out as pixels every tap is reached.
"""

from functools import lru_cache

import torch.nn.functional as F
from torch import Tensor, nn


def mend_convolutions(network: nn.Module) -> nn.Module:
    """Return the network, every convolution of which pads its input itself where a tap would reach no pixel."""
    for module in network.modules():
        if type(module) in MENDED:
            module.__class__ = MENDED[type(module)]
    return network


@lru_cache(maxsize=4096)
def reaches_all_taps(size: int, kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Return whether each tap of a kernel meets a pixel somewhere along one axis of a map."""
    outputs = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return all(
        any(0 <= place * stride - padding + tap * dilation < size for place in range(outputs)) for tap in range(kernel)
    )


def _needs_padding(convolution: nn.Conv1d | nn.Conv2d | nn.Conv3d, maps: Tensor) -> bool:
    if isinstance(convolution.padding, str) or convolution.padding_mode != "zeros":
        return False
    axes = zip(
        maps.shape[2:],
        convolution.kernel_size,
        convolution.stride,
        convolution.padding,
        convolution.dilation,
        strict=True,
    )
    return not all(reaches_all_taps(*axis) for axis in axes)


class MendedConv1d(nn.Conv1d):
    """A convolution that pads its input itself where it must."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: A002
        if not _needs_padding(self, input):
            unchanged: Tensor = super()._conv_forward(input, weight, bias)
            return unchanged
        padded = F.pad(input, self._reversed_padding_repeated_twice)
        return F.conv1d(padded, weight, bias, self.stride, 0, self.dilation, self.groups)


class MendedConv2d(nn.Conv2d):
    """A convolution that pads its input itself where it must."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: A002
        if not _needs_padding(self, input):
            unchanged: Tensor = super()._conv_forward(input, weight, bias)
            return unchanged
        padded = F.pad(input, self._reversed_padding_repeated_twice)
        return F.conv2d(padded, weight, bias, self.stride, 0, self.dilation, self.groups)


class MendedConv3d(nn.Conv3d):
    """A convolution that pads its input itself where it must."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: A002
        if not _needs_padding(self, input):
            unchanged: Tensor = super()._conv_forward(input, weight, bias)
            return unchanged
        padded = F.pad(input, self._reversed_padding_repeated_twice)
        return F.conv3d(padded, weight, bias, self.stride, 0, self.dilation, self.groups)


MENDED: dict[type[nn.Module], type[nn.Module]] = {
    nn.Conv1d: MendedConv1d,
    nn.Conv2d: MendedConv2d,
    nn.Conv3d: MendedConv3d,
}
