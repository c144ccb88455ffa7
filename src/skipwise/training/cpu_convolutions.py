"""Convolutions for bf16 on a CPU, whose gradients are right on the smallest maps as well.

There torch leaves the gradient of kernel taps that no pixel reaches uninitialised (a 3x3 kernel on a map of one pixel),
and a run fails by what its memory held before. With its padding written out as pixels every tap is reached.
"""

from functools import lru_cache
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def mend_convolutions(network: nn.Module) -> nn.Module:
    """Return the network, every convolution of which pads its input itself where a tap would reach no pixel.

    Parameters, buffers and names stay.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d) and not isinstance(module, PadsItsInput):
            module.__class__ = _mended(type(module))
    return network


@lru_cache(maxsize=4096)
def reaches_all_taps(size: int, kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Return whether each tap of a kernel meets a pixel somewhere along one axis of a map."""
    outputs = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return all(
        any(0 <= place * stride - padding + tap * dilation < size for place in range(outputs)) for tap in range(kernel)
    )


class PadsItsInput(_ConvNd):
    """A convolution of any kind that pads its input itself where it must; `_mended` puts it before its class."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: A002
        if not self._needs_padding(input):
            return super()._conv_forward(input, weight, bias)
        padded = F.pad(input, self._reversed_padding_repeated_twice)
        convolution = CONVOLUTIONS[len(self.kernel_size)]
        return convolution(padded, weight, bias, self.stride, 0, self.dilation, self.groups)

    def _needs_padding(self, maps: Tensor) -> bool:
        if isinstance(self.padding, str) or self.padding_mode != "zeros":
            return False
        sizes = maps.shape[-len(self.kernel_size) :]
        axes = zip(sizes, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        return not all(reaches_all_taps(*axis) for axis in axes)


_MENDED: dict[type[_ConvNd], type[_ConvNd]] = {}


def _mended(convolution: type[_ConvNd]) -> Any:
    """Return the class of a convolution with PadsItsInput before it, the same one each time."""
    if convolution not in _MENDED:
        _MENDED[convolution] = type(f"Mended{convolution.__name__}", (PadsItsInput, convolution), {})
    return _MENDED[convolution]
