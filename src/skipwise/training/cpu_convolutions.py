"""Convolutions on a CPU whose gradients are right on the smallest maps as well.

Where a kernel is larger than its map torch leaves gradients uninitialised, and a run fails by what its memory held
before: in bf16 those of taps that no pixel reaches (a 7x7 kernel on a map of 2x2), and in three dimensions, in any
precision, those of a kernel that fits nowhere into the depth. With its padding written out as pixels every tap is
reached and every kernel fits. All other convolutions keep their bits.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.overrides import TorchFunctionMode

Each = int | Sequence[int]
"""One number for all axes of a map, or one for each."""


def mend_convolutions(network: nn.Module) -> nn.Module:
    """Return the network, every convolution of which writes its padding out where torch's gradient would be wrong.

    Parameters, buffers and names stay. A module that holds a kernel and is none of torch's layers is mended, too.
    """
    for module in network.modules():
        if _holds_kernel(module) and not isinstance(module, WritesOutPadding):
            module.__class__ = _mended(type(module))
    return network


class WritesOutPadding(nn.Module):
    """A module whose convolutions write their padding out where they must; `_mended` puts it before its class."""

    def forward(self, *inputs: Any, **named: Any) -> Any:
        with MENDED:
            return super().forward(*inputs, **named)


def _holds_kernel(module: nn.Module) -> bool:
    if isinstance(module, _ConvNd):
        return True
    of_torch = type(module).__module__.startswith("torch.nn.")
    return not of_torch and any(parameter.ndim > 2 for parameter in module.parameters(recurse=False))


_KINDS: dict[type[nn.Module], Any] = {}


def _mended(kind: type[nn.Module]) -> Any:
    """Return the class of a module with WritesOutPadding before it, the same one each time."""
    if kind not in _KINDS:
        _KINDS[kind] = type(f"Mended{kind.__name__}", (WritesOutPadding, kind), {})
    return _KINDS[kind]


class MendedConvolutions(TorchFunctionMode):
    """The mode in which torch's convolutions are those below."""

    def __torch_function__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return _CONVOLUTIONS.get(function, function)(*args, **(kwargs or {}))


MENDED = MendedConvolutions()


def _convolve(
    convolution: Callable[..., Tensor],
    input: Tensor,  # noqa: A002
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Each = 1,
    padding: Each | str = 0,
    dilation: Each = 1,
    groups: int = 1,
) -> Tensor:
    """Return torch's convolution of these arguments, computed with the padding written out where it must be."""
    kernel = weight.shape[2:]
    sizes, strides, dilations = input.shape[-len(kernel) :], _each(stride, kernel), _each(dilation, kernel)
    margins = _margins(padding, kernel, dilations)
    spans = zip(sizes, margins, kernel, strides, dilations, strict=True)
    places = tuple(
        (size + sum(margin) - dilation * (taps - 1) - 1) // stride + 1 for size, margin, taps, stride, dilation in spans
    )
    front = tuple(before for before, _ in margins)
    if _is_right(torch.is_autocast_enabled("cpu"), tuple(sizes), kernel, places, strides, front, dilations):
        return convolution(input, weight, bias, stride, padding, dilation, groups)
    written_out = F.pad(input, [pixels for margin in reversed(margins) for pixels in margin])
    return convolution(written_out, weight, bias, stride, 0, dilation, groups)


def _transpose(
    convolution: Callable[..., Tensor],
    input: Tensor,  # noqa: A002
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Each = 1,
    padding: Each = 0,
    output_padding: Each = 0,
    groups: int = 1,
    dilation: Each = 1,
) -> Tensor:
    """Return torch's transposed convolution, whose padding is cut off at the end where it must be.

    It is a convolution backwards: its kernel is laid on its output, at a place for each pixel of its input.
    """
    kernel = weight.shape[2:]
    places, strides, dilations = input.shape[-len(kernel) :], _each(stride, kernel), _each(dilation, kernel)
    front, more = _each(padding, kernel), _each(output_padding, kernel)
    spans = zip(places, strides, front, dilations, kernel, more, strict=True)
    sizes = tuple(
        (count - 1) * stride - 2 * before + dilation * (taps - 1) + 1 + extra
        for count, stride, before, dilation, taps, extra in spans
    )
    if _is_right(torch.is_autocast_enabled("cpu"), sizes, kernel, tuple(places), strides, front, dilations):
        return convolution(input, weight, bias, stride, padding, output_padding, groups, dilation)
    whole = convolution(input, weight, bias, stride, 0, output_padding, groups, dilation)
    for axis, (before, size) in enumerate(zip(front, sizes, strict=True), start=-len(sizes)):
        whole = whole.narrow(axis, before, size)
    return whole


_CONVOLUTIONS: dict[Any, Callable[..., Tensor]] = {
    **{original: partial(_convolve, original) for original in (F.conv1d, F.conv2d, F.conv3d)},
    **{
        original: partial(_transpose, original)
        for original in (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)
    },
}


def _each(number: Each, kernel: Sequence[int]) -> tuple[int, ...]:
    several = (number,) if isinstance(number, int) else tuple(number)
    return several * len(kernel) if len(several) == 1 else several


def _margins(padding: Each | str, kernel: Sequence[int], dilations: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return how many pixels of padding stand before and behind each axis."""
    if padding == "same":
        totals = [dilation * (taps - 1) for taps, dilation in zip(kernel, dilations, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    return tuple((each, each) for each in _each(0 if isinstance(padding, str) else padding, kernel))


class Axis(NamedTuple):
    """One axis of a convolution: pixels of the map, taps of the kernel and its places, pixels of padding in front."""

    size: int
    kernel: int
    places: int
    stride: int
    padding: int
    dilation: int

    @property
    def starts(self) -> list[int]:
        """Return the pixel on which the first tap lies at each place."""
        return [place * self.stride - self.padding for place in range(self.places)]

    @property
    def reaches_all_taps(self) -> bool:
        """Whether each tap meets a pixel at some place."""
        offsets = range(0, self.kernel * self.dilation, self.dilation)
        return all(any(0 <= start + offset < self.size for start in self.starts) for offset in offsets)

    @property
    def fits(self) -> bool:
        """Whether the whole kernel lies within the map at some place."""
        return any(0 <= start < self.size - self.dilation * (self.kernel - 1) for start in self.starts)


@lru_cache(maxsize=4096)
def _is_right(bf16: bool, *axes: tuple[int, ...]) -> bool:
    """Return whether torch computes the gradient right; `axes` are the fields of Axis, each for every axis."""
    several = [Axis(*fields) for fields in zip(*axes, strict=True)]
    if len(several) == 3 and not several[0].fits:
        return False
    return not bf16 or all(axis.reaches_all_taps for axis in several)
