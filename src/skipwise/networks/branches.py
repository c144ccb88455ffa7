"""Branches: the convolutions F of a block, as data."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from skipwise.errors import UserError
from skipwise.networks.dotted import check_trusted, is_dotted, load_dotted, make_module, trust
from skipwise.networks.layers import Activation, Normalisation
from skipwise.networks.shortcuts import BlockContext


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """One convolution of a branch, or one of each of several kernels side by side with its share of the channels.

    Where the block's order has a normalisation or an activation behind it, they are the block's, or this convolution's
    own: another kind, or "none". As many groups as channels make it depthwise.
    """

    kernel: int | tuple[int, ...]
    stride: int
    channels: int
    groups: int = 1
    normalisation: Normalisation | None = None
    activation: Activation | Literal["none"] | None = None

    def caption(self, dims: int) -> str:
        """Write kernel, channels, groups and stride, as "3x3, 64, /2", or "3x3 dw, 64" of a depthwise one."""
        kernels = self.kernel if isinstance(self.kernel, tuple) else (self.kernel,)
        sides = " and ".join("x".join([str(kernel)] * dims) for kernel in kernels)
        slower = f", /{self.stride}" if self.stride > 1 else ""
        if 1 < self.groups == self.channels:
            return f"{sides} dw, {self.channels}{slower}"
        grouped = f", {self.groups} groups" if self.groups > 1 else ""
        return f"{sides}, {self.channels}{grouped}{slower}"


class BranchBase(ABC):
    """A kind of branch. A new one is a frozen dataclass here, in the union `Branch`, with a line in BRANCHES."""

    def out_channels(self, width: int) -> int:
        """Return the channels of F(x) in a stage of this width."""
        return width

    @abstractmethod
    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        """Return the convolutions in their order; `context.normalisation` is not known yet."""

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        """Return a caption for each box of a drawing."""
        return tuple(conv.caption(context.dims) for conv in self.convolutions(context))

    @property
    def is_grouped(self) -> bool:
        """Whether a convolution has more than one group."""
        return False


@dataclass(frozen=True, kw_only=True)
class Single(BranchBase):
    """One convolution."""

    kind: Literal["single"] = "single"
    kernel: int = 3

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        return (Convolution(kernel=self.kernel, stride=context.stride, channels=context.width),)


@dataclass(frozen=True, kw_only=True)
class Basic(BranchBase):
    """Two convolutions, the stride in the first (He et al. 2015, Fig. 5 left)."""

    kind: Literal["basic"] = "basic"
    kernel: int = 3

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        return (
            Convolution(kernel=self.kernel, stride=context.stride, channels=context.width),
            Convolution(kernel=self.kernel, stride=1, channels=context.width),
        )


@dataclass(frozen=True, kw_only=True)
class Bottleneck(BranchBase):
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

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        inner = self.inner * context.width
        if inner % self.groups:
            raise UserError(
                f"groups={self.groups} cannot be: the {inner} inner channels of a bottleneck of width {context.width} do "
                "not divide into so many groups; take a divisor, or other widths."
            )
        on_1x1, on_3x3 = (context.stride, 1) if self.stride_on == "1x1" else (1, context.stride)
        return (
            Convolution(kernel=1, stride=on_1x1, channels=inner),
            Convolution(kernel=self.kernel, stride=on_3x3, channels=inner, groups=self.groups),
            Convolution(kernel=1, stride=1, channels=context.out_channels),
        )

    @property
    def is_grouped(self) -> bool:
        return self.groups > 1


@dataclass(frozen=True, kw_only=True)
class InvertedBottleneck(BranchBase):
    """1x1 to `expansion` times the channels that come in, 3x3 depthwise, 1x1 to the width without activation.

    MobileNetV2's (Sandler et al. 2018, arXiv 1801.04381, Table 1). An expansion of 1 leaves the first 1x1 out. With
    order=relu-before-addition nothing is activated after the addition, as in the paper.
    """

    kind: Literal["inverted-bottleneck"] = "inverted-bottleneck"
    kernel: int = 3
    expansion: int = 6

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        inner = self.expansion * context.in_channels
        expand = Convolution(kernel=1, stride=1, channels=inner)
        return (
            *([] if self.expansion == 1 else [expand]),
            Convolution(kernel=self.kernel, stride=context.stride, channels=inner, groups=inner),
            Convolution(kernel=1, stride=1, channels=context.width, activation="none"),
        )

    @property
    def is_grouped(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class ConvNeXt(BranchBase):
    """7x7 depthwise and normalisation, 1x1 to `expansion` x width and activation, 1x1 to the width alone.

    Liu et al. 2022 (arXiv 2201.03545, Fig. 4), without its layer scale. With order=relu-before-addition nothing stands
    after the addition, as in the paper, whose kinds are normalisation=layer-per-pixel and activation=gelu.
    """

    kind: Literal["convnext"] = "convnext"
    kernel: int = 7
    expansion: int = 4

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        channels, inner = context.in_channels, self.expansion * context.width
        return (
            Convolution(
                kernel=self.kernel, stride=context.stride, channels=channels, groups=channels, activation="none"
            ),
            Convolution(kernel=1, stride=1, channels=inner, normalisation="none"),
            Convolution(kernel=1, stride=1, channels=context.width, normalisation="none", activation="none"),
        )

    @property
    def is_grouped(self) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Article(BranchBase):
    """The article's branch: 1x1 to `width`, then a strided 3x3 to four times as many channels."""

    kind: Literal["article"] = "article"
    kernel: int = 3
    expansion: int = 4

    def out_channels(self, width: int) -> int:
        return self.expansion * width

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        return (
            Convolution(kernel=1, stride=1, channels=context.width),
            Convolution(kernel=self.kernel, stride=context.stride, channels=context.out_channels),
        )


@dataclass(frozen=True, kw_only=True)
class Parallel(BranchBase):
    """Convolutions of several kernels side by side, `width` channels of each (Kim 2014, arXiv 1408.5882)."""

    kind: Literal["parallel"] = "parallel"
    kernels: tuple[int, ...] = (3, 4, 5)

    def out_channels(self, width: int) -> int:
        return width * len(self.kernels)

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        return (Convolution(kernel=self.kernels, stride=context.stride, channels=context.out_channels),)


@dataclass(frozen=True, kw_only=True)
class CustomBranch(BranchBase):
    """A user's own: `path` names a class or function that takes a BlockContext and gives a module from x to F(x).

    F(x) has context.out_channels channels, the stage's width, and strides by context.stride. Its attribute `caption`,
    where it has one, is what drawings say of it.
    """

    kind: Literal["own"] = "own"
    path: str

    def __post_init__(self) -> None:
        trust(self.path)  # what text or a file names is checked before it comes here

    def build(self, context: BlockContext) -> nn.Module:
        return make_module(self.path, context, "a branch")

    def convolutions(self, context: BlockContext) -> tuple[Convolution, ...]:
        """Return none: the module is the user's."""
        return ()

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return (str(getattr(load_dotted(self.path), "caption", self.path.rpartition(".")[2])),)


Branch = Annotated[
    Single | Basic | Bottleneck | InvertedBottleneck | ConvNeXt | Article | Parallel | CustomBranch,
    Field(discriminator="kind"),
]

BRANCHES: dict[str, Branch] = {
    "single": Single(),
    "basic": Basic(),
    "bottleneck": Bottleneck(),
    "inverted-bottleneck": InvertedBottleneck(),
    "convnext": ConvNeXt(),
    "article": Article(),
    "parallel": Parallel(),
}


def parse_branch(text: str) -> Branch | None:
    """Read a branch by name, or a user's own by dotted path; None where it is neither.

    Raises UserError for a path that is not trusted.
    """
    if text in BRANCHES or not is_dotted(text):
        return BRANCHES.get(text)
    check_trusted(text)
    return CustomBranch(path=text)
