"""Shortcuts: how a block's input x meets its branch F(x). The one thing in which twins differ.

Each is a value that builds a module `shortcut(x, branch) -> y` for the BlockContext where it stands. Option letters are
those of He et al. 2015, section 4.1; "Table 1" is that of He et al. 2016 (arXiv 1603.05027).
"""

import math
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal

from pydantic import Field
from torch import nn

from skipwise.errors import UserError, unknown
from skipwise.networks.dotted import is_dotted, make_module
from skipwise.networks.layers import Normalisation, convolution, normalisation, pool
from skipwise.networks.masks import ThinnedMaps
from skipwise.networks.shortcut_modules import (
    Addition,
    ArmsAddition,
    GatedAddition,
    NoAddition,
    ScaledAddition,
    ZeroPadding,
)


@dataclass(frozen=True, kw_only=True)
class BlockContext:
    """Where a branch or a shortcut stands: what comes in, what must go out.

    `width` is the stage's width; `out_channels` is what the branch makes of it (four times as much in a
    bottleneck). `normalisation` is how the branch's last convolution is normalised, "none" where it is not: a
    projection does as that one does. `bias` is whether convolutions carry one.
    """

    in_channels: int
    width: int
    out_channels: int
    stride: int
    dims: int
    normalisation: Normalisation
    bias: bool

    @property
    def changes_shape(self) -> bool:
        return self.stride != 1 or self.in_channels != self.out_channels

    def zero_padding(self) -> ZeroPadding:
        """The map without parameters from what comes in to the shape of what goes out: the identity where it can be."""
        new_channels = self.out_channels - self.in_channels
        if new_channels < 0:
            raise UserError(
                f"This shortcut cannot go from {self.in_channels} to {self.out_channels} channels: "
                "let widths grow from stage to stage, or take shortcut=projection."
            )
        return ZeroPadding(self.stride, new_channels)

    def projection(self, *, stride: int) -> nn.Sequential:
        """A 1x1 convolution from the channels that come in to those that go out, normalised as the branch's end is."""
        path = nn.Sequential()
        path.add_module(
            "conv", convolution(self.dims, self.in_channels, self.out_channels, 1, stride=stride, bias=self.bias)
        )
        normalised = normalisation(self.normalisation, self.dims, self.out_channels)
        if normalised is not None:
            path.add_module("norm", normalised)
        return path


@dataclass(frozen=True, kw_only=True)
class NoShortcut:
    """The plain twin: y = F(x)."""

    kind: Literal["none"] = "none"

    def build(self, context: BlockContext) -> nn.Module:
        return NoAddition()


@dataclass(frozen=True, kw_only=True)
class ZeroPad:
    """y = F(x) + x, strided over space and padded with zero channels where shapes change: no parameters (option A)."""

    kind: Literal["zero-pad"] = "zero-pad"

    def build(self, context: BlockContext) -> nn.Module:
        return Addition(context.zero_padding())


@dataclass(frozen=True, kw_only=True)
class Projection:
    """y = F(x) + W x: a 1x1 convolution where shapes change (option B) or in every block (option C, Table 1).

    With `average`, a stride becomes a mean over 2x2 pixels in front of the 1x1 convolution, so that no pixel is
    skipped (ResNet-D: He et al. 2018, arXiv 1812.01187, Fig. 2c).
    """

    kind: Literal["projection"] = "projection"
    always: bool = False
    average: bool = False

    def build(self, context: BlockContext) -> nn.Module:
        if not (self.always or context.changes_shape):
            return Addition(context.zero_padding())
        if not self.average or context.stride == 1:
            return Addition(context.projection(stride=context.stride))
        mean = pool("average", context.dims, context.stride, stride=context.stride)
        mean.ceil_mode, mean.count_include_pad = True, False  # type: ignore[assignment]
        path = nn.Sequential()
        path.add_module("mean", mean)
        for name, layer in context.projection(stride=1).named_children():
            path.add_module(name, layer)
        return Addition(path)


@dataclass(frozen=True, kw_only=True)
class ConvReLU:
    """The article's: y = F(x) + relu(3x3(x)), after relu(1x1/stride(x)) where the block strides. Never the identity."""

    kind: Literal["conv-relu"] = "conv-relu"

    def build(self, context: BlockContext) -> nn.Module:
        path: list[nn.Module] = []
        channels = context.in_channels
        if context.stride != 1:
            path += [convolution(context.dims, channels, context.width, 1, stride=context.stride, bias=True), nn.ReLU()]
            channels = context.width
        path += [convolution(context.dims, channels, context.out_channels, 3, bias=True), nn.ReLU()]
        return Addition(nn.Sequential(*path))


@dataclass(frozen=True, kw_only=True)
class Scale:
    """y = branch F(x) + shortcut x with constants, `scale/0.5/1` (Table 1); zero-padded where shapes change."""

    kind: Literal["scale"] = "scale"
    shortcut: float = 0.5
    branch: float = 1.0

    def build(self, context: BlockContext) -> nn.Module:
        return ScaledAddition(context.zero_padding(), shortcut_scale=self.shortcut, branch_scale=self.branch)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """y = F(x) + (1 - g) x, g = sigmoid(W x + b), a 1x1 convolution; `gate/-6` begins with b = -6 (Table 1).

    With `exclusive` the branch is gated too: y = g F(x) + (1 - g) x, as in Highway networks. Zero-padded where shapes
    change.
    """

    kind: Literal["gate"] = "gate"
    bias: float = -6.0
    exclusive: bool = False

    def build(self, context: BlockContext) -> nn.Module:
        gate = convolution(context.dims, context.in_channels, context.out_channels, 1, stride=context.stride, bias=True)
        gate.initial = {"bias": self.bias}  # type: ignore[assignment]
        return GatedAddition(context.zero_padding(), gate, gates_branch=self.exclusive)


@dataclass(frozen=True, kw_only=True)
class Dropout:
    """y = F(x) + x with each number of x dropped with probability `rate`, `dropout/0.5` (Table 1)."""

    kind: Literal["dropout"] = "dropout"
    rate: float = 0.5

    def build(self, context: BlockContext) -> nn.Module:
        return Addition(nn.Sequential(context.zero_padding(), ThinnedMaps(self.rate)))


@dataclass(frozen=True, kw_only=True)
class Arms:
    """RepVGG's: y = F(x) + norm(1x1(x)) + norm(x), the last where shapes stay (Ding et al. 2021, arXiv 2101.03697).

    Trained with arms, deployed plain: both are linear, so a single 3x3 convolution takes them in afterwards.
    """

    kind: Literal["arms"] = "arms"
    convolution: bool = True
    identity: bool = True

    def build(self, context: BlockContext) -> nn.Module:
        convolved = context.projection(stride=context.stride) if self.convolution else None
        stays = self.identity and not context.changes_shape
        normalised = normalisation(context.normalisation, context.dims, context.in_channels) or nn.Identity()
        return ArmsAddition(convolution=convolved, identity=normalised if stays else None)


@dataclass(frozen=True, kw_only=True)
class CustomShortcut:
    """A user's own: `path` names a class or function that takes a BlockContext and gives a module `shortcut(x, branch)`."""

    kind: Literal["own"] = "own"
    path: str

    def build(self, context: BlockContext) -> nn.Module:
        return make_module(self.path, context, "a shortcut")


Shortcut = Annotated[
    NoShortcut | ZeroPad | Projection | ConvReLU | Scale | Gate | Dropout | Arms | CustomShortcut,
    Field(discriminator="kind"),
]

SHORTCUTS: dict[str, Shortcut] = {
    "none": NoShortcut(),
    "zero-pad": ZeroPad(),
    "projection": Projection(),
    "projection-always": Projection(always=True),
    "projection-average": Projection(average=True),
    "conv-relu": ConvReLU(),
    "scale": Scale(),
    "gate": Gate(),
    "exclusive-gate": Gate(exclusive=True),
    "dropout": Dropout(),
    "arms": Arms(),
    "arms-1x1": Arms(identity=False),
    "arms-identity": Arms(convolution=False),
}

FORMULAS: dict[str, str] = {
    "none": "F(x): the plain twin",
    "zero-pad": "F(x) + x, without parameters (He et al. 2015, option A)",
    "projection": "F(x) + x, or F(x) + W x where shapes change (option B)",
    "projection-always": "F(x) + W x (option C; He et al. 2016, Table 1)",
    "projection-average": "F(x) + x, or F(x) + W mean(x) over 2x2 pixels where the block strides (ResNet-D)",
    "conv-relu": "F(x) + relu(3x3(x)), after relu(1x1/stride(x)) where the block strides (the article's)",
    "scale": "F(x) + .5 x; scale/A/B is B F(x) + A x (Table 1)",
    "gate": "F(x) + (1 - g) x with g = sigmoid(W x + b); gate/b begins with that b, -6 unless said (Table 1)",
    "exclusive-gate": "g F(x) + (1 - g) x; exclusive-gate/b likewise (Table 1)",
    "dropout": "F(x) + x with numbers of x dropped at rate .5; dropout/r at rate r (Table 1)",
    "arms": "F(x) + norm(W x) + norm(x), merged into F when deployed (RepVGG)",
    "arms-1x1": "F(x) + norm(W x)",
    "arms-identity": "F(x) + norm(x) where shapes stay",
}
"""What each makes of a block's input x and its branch F(x); W is a 1x1 convolution.

Where shapes change, x is strided and padded with zero channels unless it is projected.
"""


def parse_shortcut(text: str) -> Shortcut:
    """A shortcut by name, its numbers after slashes (`scale/0.5/0.5`), or a user's own by dotted path.

    Raises UserError for an unknown name, ValueError for numbers that cannot be.
    """
    name, *numbers = text.split("/")
    if name not in SHORTCUTS:
        if is_dotted(text):
            return CustomShortcut(path=text)
        raise unknown("shortcut", name, SHORTCUTS)
    shortcut: Any = SHORTCUTS[name]
    takes = [entry.name for entry in fields(shortcut) if entry.type is float]
    if len(numbers) > len(takes):
        given = f"{len(takes)} number{'s' * (len(takes) != 1)}" if takes else "no number"
        raise UserError(f"shortcut={text} cannot be: {name} takes {given} after its name.")
    values = [float(number) for number in numbers]
    if not all(math.isfinite(value) for value in values):
        raise ValueError(text)
    made: Shortcut = replace(shortcut, **dict(zip(takes, values, strict=False)))
    if isinstance(made, Dropout) and not 0 <= made.rate < 1:
        raise UserError(f"shortcut={text} cannot be: dropout takes a rate from 0 to below 1.")
    return made
