"""Blocks: a branch F(x) of convolutions, the order of its normalisations and ReLUs, and a shortcut round it."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch.nn.functional as F
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from skipwise.networks.layers import Normalisation, Place, convolution, normalisation
from skipwise.networks.shortcuts import NoShortcut, Shortcut

Order = Literal["post", "relu-before-addition"]


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """One convolution of a branch."""

    kernel: int
    stride: int
    channels: int


@dataclass(frozen=True, kw_only=True)
class Single:
    """One convolution."""

    kind: Literal["single"] = "single"
    kernel: int = 3

    def out_channels(self, width: int) -> int:
        return width

    def convolutions(self, width: int, stride: int) -> tuple[Convolution, ...]:
        return (Convolution(kernel=self.kernel, stride=stride, channels=width),)


@dataclass(frozen=True, kw_only=True)
class Basic:
    """Two convolutions, the stride in the first (He et al. 2015, Fig. 5 left)."""

    kind: Literal["basic"] = "basic"
    kernel: int = 3

    def out_channels(self, width: int) -> int:
        return width

    def convolutions(self, width: int, stride: int) -> tuple[Convolution, ...]:
        return (
            Convolution(kernel=self.kernel, stride=stride, channels=width),
            Convolution(kernel=self.kernel, stride=1, channels=width),
        )


@dataclass(frozen=True, kw_only=True)
class Article:
    """The article's branch: 1x1 to `width`, then a strided 3x3 to four times as many channels."""

    kind: Literal["article"] = "article"
    kernel: int = 3
    expansion: int = 4

    def out_channels(self, width: int) -> int:
        return self.expansion * width

    def convolutions(self, width: int, stride: int) -> tuple[Convolution, ...]:
        return (
            Convolution(kernel=1, stride=1, channels=width),
            Convolution(kernel=self.kernel, stride=stride, channels=self.out_channels(width)),
        )


Branch = Annotated[Single | Basic | Article, Field(discriminator="kind")]

BRANCHES: dict[str, Branch] = {"single": Single(), "basic": Basic(), "article": Article()}


@dataclass(frozen=True, kw_only=True)
class Block:
    """y = relu(shortcut(x, branch(x))), or with the last ReLU inside the branch ("relu-before-addition").

    Convolutions carry a bias only where no normalisation follows them.
    """

    branch: Branch = Basic()
    order: Order = "post"
    normalisation: Normalisation = "batch"
    shortcut: Shortcut = NoShortcut()

    def build(self, in_channels: int, width: int, stride: int, dims: int) -> "ShortcutBlock":
        place = Place(
            in_channels=in_channels,
            width=width,
            out_channels=self.branch.out_channels(width),
            stride=stride,
            dims=dims,
            normalisation=self.normalisation,
        )
        return ShortcutBlock(
            branch=self._build_branch(place), shortcut=self.shortcut.build(place), relu_after=self.order == "post"
        )

    def _build_branch(self, place: Place) -> nn.Sequential:
        layers: list[nn.Module] = []
        channels = place.in_channels
        convolutions = self.branch.convolutions(place.width, place.stride)
        for number, conv in enumerate(convolutions, start=1):
            normalised = normalisation(self.normalisation, place.dims, conv.channels)
            layers += [
                convolution(place.dims, channels, conv.channels, conv.kernel, stride=conv.stride, bias=not normalised),
                *normalised,
            ]
            if number < len(convolutions) or self.order == "relu-before-addition":
                layers.append(nn.ReLU())
            channels = conv.channels
        return nn.Sequential(*layers)


class ShortcutBlock(nn.Module):
    """The module of a Block."""

    def __init__(self, *, branch: nn.Module, shortcut: nn.Module, relu_after: bool) -> None:
        super().__init__()
        self.branch = branch
        self.shortcut = shortcut
        self.relu_after = relu_after

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch out_channels *out_space"]:
        y: Tensor = self.shortcut(x, self.branch(x))
        return F.relu(y) if self.relu_after else y
