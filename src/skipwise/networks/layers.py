"""The layers everything is built from, in one, two or three dimensions."""

import math
from types import EllipsisType
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.lengths import FollowsLengths
from skipwise.networks.text.sequences import AvgPool1d, BatchNorm1d, Conv1d, GroupNorm1d, LargestHalf, MaxPool1d

Normalisation = Literal["batch", "group", "layer", "layer-per-pixel", "none", "scalar-bias"]
Activation = Literal["relu", "relu6", "leaky-relu", "elu", "gelu", "silu", "tanh"]
Downsample = Literal["none", "stride", "max", "average", "anti-aliased", "k-max"]
Pool = Literal["max", "average"]

Map = Float[Tensor, "batch channels *space"]

CONVOLUTIONS: dict[int, type[nn.Conv1d | nn.Conv2d | nn.Conv3d]] = {1: Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
BATCH_NORMS: dict[int, type[nn.Module]] = {1: BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
GROUP_NORMS: dict[int, type[nn.GroupNorm]] = {1: GroupNorm1d, 2: nn.GroupNorm, 3: nn.GroupNorm}
MAX_POOLS: dict[int, type[nn.Module]] = {1: MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVERAGE_POOLS: dict[int, type[nn.Module]] = {1: AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
ADAPTIVE_POOLS: dict[int, type[nn.Module]] = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
INTERPOLATIONS = {1: "linear", 2: "bilinear", 3: "trilinear"}
ACTIVATIONS: dict[Activation, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}

GROUP_CHANNELS = 16
"""Channels that group normalisation normalises together (Wu and He 2018, Table 3)."""


def convolution(
    dims: int,
    in_channels: int,
    out_channels: int,
    kernel: int | tuple[int, ...],
    *,
    stride: int = 1,
    groups: int = 1,
    bias: bool,
) -> nn.Module:
    """y[o, p] = b[o] + sum over i, k of w[o, i, k] x[i, stride p + k - kernel // 2], zeros outside.

    Padded so that stride 1 keeps the size; stride s gives ceil(size / s) for odd kernels. With groups, i runs over
    the inputs of o's own group. Several kernels stand side by side.
    """
    if isinstance(kernel, tuple):
        return SideBySide(dims, in_channels, out_channels, kernel, stride=stride, bias=bias)
    made: nn.Module = CONVOLUTIONS[dims](
        in_channels, out_channels, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=bias
    )
    return made


def normalisation(kind: Normalisation, dims: int, channels: int) -> nn.Module | None:
    """Build the layer that normalises maps of so many channels; None where nothing does.

    "group" takes groups of 16 channels (or of their greatest common divisor with 16), "layer" all channels and
    pixels of one image (Wu and He 2018, arXiv 1803.08494), "layer-per-pixel" all channels of one pixel or token.
    """
    match kind:
        case "batch":
            return BATCH_NORMS[dims](channels)
        case "group":
            return GROUP_NORMS[dims](channels // math.gcd(channels, GROUP_CHANNELS), channels)
        case "layer":
            return GROUP_NORMS[dims](1, channels)
        case "layer-per-pixel":
            return LayerNormPerPixel(channels)
        case "scalar-bias":
            return ScalarBias()
        case "none":
            return None


def activation(kind: Activation | Literal["none"]) -> nn.Module | None:
    """Build an activation; None where there is none."""
    return None if kind == "none" else ACTIVATIONS[kind]()


def pool(kind: Pool, dims: int, kernel: int = 2, *, stride: int = 2, padding: int = 0) -> nn.Module:
    """Build the maximum or the mean of each window of `kernel` pixels a side, one window every `stride` pixels."""
    pools = MAX_POOLS if kind == "max" else AVERAGE_POOLS
    return pools[dims](kernel, stride=stride, padding=padding)


def downsampling(kind: Downsample, dims: int) -> nn.Module | None:
    """Build the layer that halves maps in front of a stage; None where there is none, or a stride inside does so."""
    if kind == "anti-aliased":
        return BlurPool(dims)
    if kind == "k-max":
        return LargestHalf()
    return pool("max" if kind == "max" else "average", dims) if kind in ("max", "average") else None


def halved(kind: Downsample, side: int) -> int:
    """Return the side of a map of `side` pixels after downsampling."""
    if kind == "none":
        return side
    return side // 2 if kind in ("max", "average") else -(-side // 2)


def centre(weight: Float[Tensor, "out_channels in_channels *kernel"]) -> Float[Tensor, "out_channels in_channels"]:
    """Return the middle pixel of a convolution's kernel, as a view."""
    index: list[int | EllipsisType] = [..., *(side // 2 for side in weight.shape[2:])]
    return weight[tuple(index)]


class SideBySide(nn.Module):
    """Convolutions of several kernels, their maps one after the other, as many of each; even kernels keep the size too.

    Kim 2014 (arXiv 1408.5882, section 2).
    """

    def __init__(
        self, dims: int, in_channels: int, out_channels: int, kernels: tuple[int, ...], *, stride: int, bias: bool
    ) -> None:
        super().__init__()
        self.stride = stride
        share = out_channels // len(kernels)
        for kernel in kernels:
            self.add_module(f"kernel{kernel}", convolution(dims, in_channels, share, kernel, stride=stride, bias=bias))

    def forward(self, x: Map) -> Float[Tensor, "batch out_channels *out_space"]:
        kept = (..., *(slice(-(-side // self.stride)) for side in x.shape[2:]))
        return torch.cat([layer(x)[kept] for layer in self.children()], 1)


class BlurPool(FollowsLengths):
    """Every second pixel of the map blurred by [1, 2, 1] / 4 along each axis, edges reflected.

    A shift of the input by one pixel changes it less than a bare stride (Zhang 2019, arXiv 1904.11486).
    """

    filter: Tensor

    def __init__(self, dims: int) -> None:
        super().__init__()
        line = torch.tensor([0.25, 0.5, 0.25])
        blur = line
        for _ in range(dims - 1):
            blur = blur[..., None] * line
        self.dims = dims
        self.register_buffer("filter", blur[None, None], persistent=False)

    def forward(self, x: Map) -> Float[Tensor, "batch channels *half"]:
        channels = x.shape[1]
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self.dims - 1]
        padded = F.pad(x, (1, 1) * self.dims, mode="reflect")
        if self.lengths is not None:
            end = self.lengths.of(x)[:, None, None].expand(-1, channels, 1)
            padded = padded.scatter(2, end + 1, padded.gather(2, end - 1))
            self.lengths.shrink(x.shape[2], -(-x.shape[2] // 2), 2)
        weight = self.filter.to(x.dtype).expand(channels, *self.filter.shape[1:])
        return convolve(padded, weight, stride=2, groups=channels)


class LayerNormPerPixel(nn.LayerNorm):
    """Mean and variance over the channels of each pixel (Liu et al. 2022, arXiv 2201.03545, section 2.6).

    It is the layer normalisation of Transformers, which timm calls LayerNorm2d; epsilon is that of the paper's code.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, x: Map) -> Map:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class GlobalAverage(FollowsLengths):
    """The mean over space: one number a channel."""

    def forward(self, x: Map) -> Float[Tensor, "batch channels"]:
        if self.lengths is None:
            return x.flatten(2).mean(2)
        return self.lengths.fill(x, 0).sum(2) / self.lengths.of(x)[:, None]


class GlobalMaximum(FollowsLengths):
    """The maximum over space: one number a channel."""

    def forward(self, x: Map) -> Float[Tensor, "batch channels"]:
        return (x if self.lengths is None else self.lengths.fill(x, -torch.inf)).flatten(2).amax(2)


class Enlarge(nn.Module):
    """Images with a side under `least` pixels are enlarged (linear interpolation) until no side is."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def forward(self, x: Map) -> Float[Tensor, "batch channels *larger"]:
        space = x.shape[2:]
        if min(space) >= self.least:
            return x
        size = [max(side, self.least) for side in space]
        return F.interpolate(x, size=size, mode=INTERPOLATIONS[len(space)], align_corners=False)


class ScalarBias(nn.Module):
    """x + b with one learned number b, zero at first (Zhang et al. 2019, Fixup, arXiv 1901.09321, section 3)."""

    initial = {"bias": 0.0}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x: Map) -> Map:
        return x + self.bias


class ResidualScale(nn.Module):
    """a x with one learned number a.

    From a = 0 a block begins as its shortcut: SkipInit (De and Smith 2020, arXiv 2002.10444) and ReZero (Bachlechner
    et al. 2020, arXiv 2003.04887). From a = 1 it is Fixup's.
    """

    def __init__(self, start: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor([start]))
        self.initial = {"factor": start}

    def forward(self, x: Map) -> Map:
        return x * self.factor


class SqueezeExcitation(nn.Module):
    """Each channel times a number in (0, 1): sigmoid(W2 act(W1 mean over space)) (Hu et al. 2018, arXiv 1709.01507).

    The inner layer has channels / `reduction` units.
    """

    def __init__(self, channels: int, reduction: int, activation: Activation) -> None:
        super().__init__()
        inner = max(1, channels // reduction)
        self.squeeze = GlobalAverage()
        self.dense1 = nn.Linear(channels, inner)
        self.act = ACTIVATIONS[activation]()
        self.dense2 = nn.Linear(inner, channels)

    def forward(self, x: Map) -> Map:
        weights: Tensor = self.dense2(self.act(self.dense1(self.squeeze(x)))).sigmoid()
        return x * weights.reshape(*weights.shape, *[1] * (x.ndim - 2))
