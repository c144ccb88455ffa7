"""Shortcuts: how a block's input x meets its branch F(x). The one thing in which twins differ.

Each is a value that says its formula, its captions in a drawing and its source, and builds a module
`shortcut(x, branch) -> y` for the BlockContext where it stands. In formulas W is a 1x1 convolution, and pad(x) is x
strided and padded with zero channels. Option letters are those of He et al. 2015, section 4.1; "Table 1" is that of
He et al. 2016 (arXiv 1603.05027).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Literal

from pydantic import Field
from torch import nn

from skipwise.errors import UserError, unknown
from skipwise.networks.additions import (
    Addition,
    ArmsAddition,
    GatedAddition,
    NoAddition,
    ScaledAddition,
    ZeroPadding,
)
from skipwise.networks.dotted import check_trusted, is_dotted, load_dotted, make_module, trust
from skipwise.networks.layers import Normalisation, convolution, normalisation, pool
from skipwise.networks.masks import ThinnedMaps


@dataclass(frozen=True, kw_only=True)
class BlockContext:
    """The block in which a branch or a shortcut stands: shapes that come in, and shapes that must go out.

    `width` is the stage's width; `out_channels` is what the branch makes of it (four times as much in a bottleneck).
    `normalisation` is how the branch's last convolution is normalised, "none" where it is not: a projection does as
    that one does. `bias` is whether a projection carries one.
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
        """Whether the identity does not fit: the block strides, or has other channels at its end."""
        return self.stride != 1 or self.in_channels != self.out_channels

    def zero_padding(self) -> "ZeroPadding":
        """Build pad(x), the identity where shapes stay. Raises UserError where channels would get fewer."""
        new_channels = self.out_channels - self.in_channels
        if new_channels < 0:
            raise UserError(
                f"This shortcut cannot go from {self.in_channels} to {self.out_channels} channels: "
                "let widths grow from stage to stage, or take shortcut=projection."
            )
        return ZeroPadding(self.stride, new_channels)

    def projection(self, *, stride: int) -> nn.Sequential:
        """Build a 1x1 convolution to the channels that go out, normalised as the branch's end is."""
        path = nn.Sequential()
        path.add_module(
            "conv", convolution(self.dims, self.in_channels, self.out_channels, 1, stride=stride, bias=self.bias)
        )
        normalised = normalisation(self.normalisation, self.dims, self.out_channels)
        if normalised is not None:
            path.add_module("norm", normalised)
        return path

    @property
    def padded(self) -> str:
        """Name the map of `zero_padding` in a formula."""
        return "pad(x)" if self.changes_shape else "x"


class ShortcutBase(ABC):
    """A kind of shortcut. A new one is a frozen dataclass here, in the union `Shortcut`, with a line in SHORTCUTS."""

    @abstractmethod
    def build(self, context: BlockContext) -> nn.Module:
        """Build the module, which is called with a block's input and its branch."""

    @abstractmethod
    def formula(self, context: BlockContext) -> str:
        """Write y as a formula of x and F(x)."""

    @abstractmethod
    def captions(self, context: BlockContext) -> tuple[str, ...]:
        """Return a caption for each arc of a drawing, "" for the identity, whose arc is drawn solid."""

    @property
    def source(self) -> str:
        """Name the paper, or the section or table of a paper, that the shortcut comes from."""
        return ""

    @property
    def passes_input(self) -> bool:
        """Whether something of a block's input comes out when its branch gives zero, in every block of a stage."""
        return True

    @property
    def numbers(self) -> dict[str, float]:
        """Return the numbers that stand after slashes, `scale/0.5/1`, by field."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.type is float}  # type: ignore[arg-type]

    def check(self) -> None:  # noqa: B027
        """Raise UserError for numbers that cannot be."""


@dataclass(frozen=True, kw_only=True)
class NoShortcut(ShortcutBase):
    """The plain twin: y = F(x)."""

    kind: Literal["none"] = "none"

    def build(self, context: BlockContext) -> nn.Module:
        return NoAddition()

    def formula(self, context: BlockContext) -> str:
        return "F(x)"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ()

    @property
    def source(self) -> str:
        return "the plain twin"

    @property
    def passes_input(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class ZeroPad(ShortcutBase):
    """y = F(x) + x, strided over space and padded with zero channels where shapes change: no parameters (option A)."""

    kind: Literal["zero-pad"] = "zero-pad"

    def build(self, context: BlockContext) -> nn.Module:
        return Addition(context.zero_padding())

    def formula(self, context: BlockContext) -> str:
        return f"F(x) + {context.padded}"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ("pad",) if context.changes_shape else ("",)

    @property
    def source(self) -> str:
        return "He et al. 2015, option A: no parameters"


@dataclass(frozen=True, kw_only=True)
class Identity(ShortcutBase):
    """y = F(x) + x where shapes stay, and F(x) alone where they change (Sandler et al. 2018, arXiv 1801.04381)."""

    kind: Literal["identity"] = "identity"

    def build(self, context: BlockContext) -> nn.Module:
        return NoAddition() if context.changes_shape else Addition(nn.Identity())

    def formula(self, context: BlockContext) -> str:
        return "F(x)" if context.changes_shape else "F(x) + x"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return () if context.changes_shape else ("",)

    @property
    def source(self) -> str:
        return "MobileNetV2 (Sandler et al. 2018)"

    @property
    def passes_input(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Projection(ShortcutBase):
    """y = F(x) + W x: a 1x1 convolution where shapes change (option B) or in every block (option C, Table 1).

    With `average`, a stride becomes a mean over 2x2 pixels in front of the 1x1 convolution, so that no pixel is
    skipped (ResNet-D: He et al. 2018, arXiv 1812.01187, Fig. 2c).
    """

    kind: Literal["projection"] = "projection"
    always: bool = False
    average: bool = False

    def build(self, context: BlockContext) -> nn.Module:
        if not self._projects(context):
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

    def formula(self, context: BlockContext) -> str:
        if not self._projects(context):
            return "F(x) + x"
        return "F(x) + W mean(x)" if self.average and context.stride != 1 else "F(x) + W x"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ("1x1",) if self._projects(context) else ("",)

    @property
    def source(self) -> str:
        if self.average:
            return "ResNet-D (He et al. 2018)"
        return "option C; Table 1: 1x1 convolution" if self.always else "He et al. 2015, option B"

    def _projects(self, context: BlockContext) -> bool:
        return self.always or context.changes_shape


@dataclass(frozen=True, kw_only=True)
class ConvReLU(ShortcutBase):
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

    def formula(self, context: BlockContext) -> str:
        return f"F(x) + relu(3x3({'x' if context.stride == 1 else 'relu(W x)'}))"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ("3x3",)

    @property
    def source(self) -> str:
        return "the article's"


@dataclass(frozen=True, kw_only=True)
class Scale(ShortcutBase):
    """y = branch F(x) + shortcut x with constants, `scale/0.5/1` (Table 1); zero-padded where shapes change."""

    kind: Literal["scale"] = "scale"
    shortcut: float = 0.5
    branch: float = 1.0

    def build(self, context: BlockContext) -> nn.Module:
        return ScaledAddition(context.zero_padding(), shortcut_scale=self.shortcut, branch_scale=self.branch)

    def formula(self, context: BlockContext) -> str:
        factor = "" if self.branch == 1 else f"{self.branch:g} "
        return f"{factor}F(x) + {self.shortcut:g} {context.padded}"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return (f"x {self.shortcut:g}",)

    @property
    def source(self) -> str:
        return "Table 1: constant scaling"

    @property
    def passes_input(self) -> bool:
        return self.shortcut != 0


@dataclass(frozen=True, kw_only=True)
class Gate(ShortcutBase):
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

    def formula(self, context: BlockContext) -> str:
        return f"{'g ' if self.exclusive else ''}F(x) + (1 - g) {context.padded}"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ("gate",)

    @property
    def source(self) -> str:
        return "Table 1: exclusive gating (Highway networks)" if self.exclusive else "Table 1: shortcut-only gating"


@dataclass(frozen=True, kw_only=True)
class Dropout(ShortcutBase):
    """y = F(x) + x with each number of x dropped with probability `rate`, `dropout/0.5` (Table 1)."""

    kind: Literal["dropout"] = "dropout"
    rate: float = 0.5

    def build(self, context: BlockContext) -> nn.Module:
        return Addition(nn.Sequential(context.zero_padding(), ThinnedMaps(self.rate)))

    def formula(self, context: BlockContext) -> str:
        return f"F(x) + dropout({context.padded})"

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return ("dropout",)

    @property
    def source(self) -> str:
        return "Table 1: dropout shortcut"

    def check(self) -> None:
        if not 0 <= self.rate < 1:
            raise UserError(f"shortcut=dropout/{self.rate:g} cannot be: dropout takes a rate from 0 to below 1.")


@dataclass(frozen=True, kw_only=True)
class Arms(ShortcutBase):
    """RepVGG's: y = F(x) + norm(1x1(x)) + norm(x), the last where shapes stay (Ding et al. 2021, arXiv 2101.03697).

    Trained with arms, deployed plain: both are linear, so a single 3x3 convolution takes them in afterwards.
    """

    kind: Literal["arms"] = "arms"
    convolution: bool = True
    identity: bool = True

    def build(self, context: BlockContext) -> nn.Module:
        convolved = context.projection(stride=context.stride) if self.convolution else None
        normalised = normalisation(context.normalisation, context.dims, context.in_channels) or nn.Identity()
        return ArmsAddition(convolution=convolved, identity=normalised if self._stays(context) else None)

    def formula(self, context: BlockContext) -> str:
        arms = (["norm(W x)"] if self.convolution else []) + (["norm(x)"] if self._stays(context) else [])
        return " + ".join(["F(x)", *arms])

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return (*([""] if self._stays(context) else []), *(["1x1"] if self.convolution else []))

    @property
    def source(self) -> str:
        return "RepVGG (Ding et al. 2021)"

    @property
    def passes_input(self) -> bool:
        return self.convolution

    def _stays(self, context: BlockContext) -> bool:
        return self.identity and not context.changes_shape


@dataclass(frozen=True, kw_only=True)
class CustomShortcut(ShortcutBase):
    """A user's own: `path` names a class or function that takes a BlockContext and gives a module `shortcut(x,
    branch)`.

    Its attributes `formula` and `caption`, where it has them, are what tables and drawings say of it.
    """

    kind: Literal["own"] = "own"
    path: str

    def __post_init__(self) -> None:
        trust(self.path)  # what text or a file names is checked before it comes here

    def build(self, context: BlockContext) -> nn.Module:
        return make_module(self.path, context, "a shortcut")

    def formula(self, context: BlockContext) -> str:
        return str(getattr(load_dotted(self.path), "formula", f"{self.name}(x, F(x))"))

    def captions(self, context: BlockContext) -> tuple[str, ...]:
        return (str(getattr(load_dotted(self.path), "caption", self.name)),)

    @property
    def name(self) -> str:
        """Return the last word of the path."""
        return self.path.rpartition(".")[2]


Shortcut = Annotated[
    NoShortcut | ZeroPad | Identity | Projection | ConvReLU | Scale | Gate | Dropout | Arms | CustomShortcut,
    Field(discriminator="kind"),
]

SHORTCUTS: dict[str, Shortcut] = {
    "none": NoShortcut(),
    "zero-pad": ZeroPad(),
    "identity": Identity(),
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


def parse_shortcut(text: str) -> Shortcut:
    """Read a shortcut by name, its numbers after slashes (`scale/0.5/0.5`), or a user's own by dotted path.

    Raises UserError for a name that is unknown or not trusted, ValueError for numbers that cannot be.
    """
    name, *numbers = text.split("/")
    if name not in SHORTCUTS:
        if is_dotted(text):
            check_trusted(text)
            return CustomShortcut(path=text)
        raise unknown("shortcut", name, SHORTCUTS)
    shortcut: Any = SHORTCUTS[name]
    takes = shortcut.numbers
    if len(numbers) > len(takes):
        given = f"{len(takes)} number{'s' * (len(takes) != 1)}" if takes else "no number"
        raise UserError(f"shortcut={text} cannot be: {name} takes {given} after its name.")
    values = [float(number) for number in numbers]
    if not all(math.isfinite(value) for value in values):
        raise ValueError(text)
    made: Shortcut = replace(shortcut, **dict(zip(takes, values, strict=False)))
    made.check()
    return made
