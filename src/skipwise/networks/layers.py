"""The layers everything is built from, in one, two or three dimensions."""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.draws import key

Normalisation = Literal["batch", "none"]
Downsample = Literal["none", "stride", "max", "average"]
Pool = Literal["max", "average"]

CONVOLUTIONS: dict[int, type[nn.Conv1d | nn.Conv2d | nn.Conv3d]] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
BATCH_NORMS: dict[int, type[nn.Module]] = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
MAX_POOLS: dict[int, type[nn.Module]] = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVERAGE_POOLS: dict[int, type[nn.Module]] = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
INTERPOLATIONS = {1: "linear", 2: "bilinear", 3: "trilinear"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a branch or a shortcut stands: what comes in, what must go out.

    `width` is the stage's width; `out_channels` is what the branch makes of it (four times as much in the
    article's block). A projection normalises as its block does.
    """

    in_channels: int
    width: int
    out_channels: int
    stride: int
    dims: int
    normalisation: Normalisation

    @property
    def changes_shape(self) -> bool:
        return self.stride != 1 or self.in_channels != self.out_channels


def convolution(
    dims: int, in_channels: int, out_channels: int, kernel: int, *, stride: int = 1, bias: bool
) -> nn.Module:
    """y[o, p] = b[o] + sum over i, k of w[o, i, k] x[i, stride p + k - kernel // 2], zeros outside.

    Padded so that stride 1 keeps the size; stride s gives ceil(size / s) for odd kernels.
    """
    made: nn.Module = CONVOLUTIONS[dims](
        in_channels, out_channels, kernel, stride=stride, padding=kernel // 2, bias=bias
    )
    return made


def normalisation(kind: Normalisation, dims: int, channels: int) -> list[nn.Module]:
    return [BATCH_NORMS[dims](channels)] if kind == "batch" else []


def pool(kind: Pool, dims: int, kernel: int = 2, *, stride: int = 2, padding: int = 0) -> nn.Module:
    """The maximum or the mean of each window of `kernel` pixels a side, one window every `stride` pixels."""
    pools = MAX_POOLS if kind == "max" else AVERAGE_POOLS
    return pools[dims](kernel, stride=stride, padding=padding)


class GlobalAverage(nn.Module):
    """The mean over space: one number a channel."""

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch channels"]:
        return x.flatten(2).mean(2)


class Enlarge(nn.Module):
    """Images with a side under `least` pixels are enlarged (linear interpolation) until no side is."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch channels *larger"]:
        space = x.shape[2:]
        if min(space) >= self.least:
            return x
        size = [max(side, self.least) for side in space]
        return F.interpolate(x, size=size, mode=INTERPOLATIONS[len(space)], align_corners=False)


class KeyedDropout(nn.Module):
    """Dropout whose mask is a function of (seed, step, module name), whatever else was drawn before.

    Feature c of example n is zero with probability `rate`, else divided by 1 - rate (Srivastava et al. 2014).
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.draw_key = key("unset")

    def forward(self, x: Float[Tensor, "batch features"]) -> Float[Tensor, "batch features"]:
        if not self.training or self.rate == 0:
            return x
        generator = torch.Generator(x.device).manual_seed(self.draw_key)
        kept = torch.rand(x.shape, generator=generator, device=x.device) >= self.rate
        return x * kept / (1 - self.rate)


def key_masks(network: nn.Module, seed: int, step: int) -> None:
    """Make every random mask of the coming training step a function of (seed, step, module name).

    Modules of a user's own draw from torch's global generator, so that one is set to (seed, step) too.
    """
    torch.manual_seed(key(seed, "step", step))
    for name, module in network.named_modules():
        if isinstance(module, KeyedDropout):
            module.draw_key = key(seed, "dropout", step, name)
