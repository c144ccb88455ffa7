"""Branches: the convolutions F of a block, as data."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from skipwise.errors import UserError
from skipwise.networks.dotted import is_dotted, make_module
from skipwise.networks.shortcuts import BlockContext


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """One convolution of a branch, or one of each of several kernels side by side with its share of the channels."""

    kernel: int | tuple[int, ...]
    stride: int
    channels: int
    groups: int = 1


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
class Bottleneck:
    """1x1 to `inner` x width channels, 3x3 in `groups`, 1x1 to `expansion` x width (He et al. 2015, Fig. 5 right).

    The stride stands on the 3x3, or on the first 1x1 as in the paper. `inner` 2 makes a wide network (Zagoruyko and
    Komodakis 2016), with 32 groups ResNeXt's (Xie et al. 2017, arXiv 1611.05431).
    """

    kind: Literal["bottleneck"] = "bottleneck"
    kernel: int = 3
    expansion: int = 4
    inner: int = 1
    groups: int = 1
    stride_on: Literal["3x3", "1x1"] = "3x3"

    def out_channels(self, width: int) -> int:
        return self.expansion * width

    def convolutions(self, width: int, stride: int) -> tuple[Convolution, ...]:
        inner = self.inner * width
        if inner % self.groups:
            raise UserError(
                f"groups={self.groups} cannot be: the {inner} inner channels of a bottleneck of width {width} do not "
                "divide into so many groups; take a divisor, or other widths."
            )
        on_1x1, on_3x3 = (stride, 1) if self.stride_on == "1x1" else (1, stride)
        return (
            Convolution(kernel=1, stride=on_1x1, channels=inner),
            Convolution(kernel=self.kernel, stride=on_3x3, channels=inner, groups=self.groups),
            Convolution(kernel=1, stride=1, channels=self.out_channels(width)),
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


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """Convolutions of several kernels side by side, `width` channels of each (Kim 2014, arXiv 1408.5882)."""

    kind: Literal["parallel"] = "parallel"
    kernels: tuple[int, ...] = (3, 4, 5)

    def out_channels(self, width: int) -> int:
        return width * len(self.kernels)

    def convolutions(self, width: int, stride: int) -> tuple[Convolution, ...]:
        return (Convolution(kernel=self.kernels, stride=stride, channels=self.out_channels(width)),)


@dataclass(frozen=True, kw_only=True)
class CustomBranch:
    """A user's own: `path` names a class or function that takes a BlockContext and gives a module from x to F(x).

    F(x) has context.out_channels channels, the stage's width, and strides by context.stride.
    """

    kind: Literal["own"] = "own"
    path: str

    def out_channels(self, width: int) -> int:
        return width

    def build(self, context: BlockContext) -> nn.Module:
        return make_module(self.path, context, "a branch")


Branch = Annotated[Single | Basic | Bottleneck | Article | Parallel | CustomBranch, Field(discriminator="kind")]

BRANCHES: dict[str, Branch] = {
    "single": Single(),
    "basic": Basic(),
    "bottleneck": Bottleneck(),
    "article": Article(),
    "parallel": Parallel(),
}


def parse_branch(text: str) -> Branch | None:
    """A branch by name, or a user's own by dotted path; None where it is neither."""
    return BRANCHES.get(text) or (CustomBranch(path=text) if is_dotted(text) else None)
