"""Shortcuts: how a block's input x meets its branch F(x). The one thing in which twins differ.

Each is a value that builds a module `shortcut(x, branch) -> y` for the place where it stands. Option letters are
those of He et al. 2015, section 4.1.
"""

from dataclasses import dataclass
from types import EllipsisType
from typing import Annotated, Any, Literal

import torch.nn.functional as F
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from skipwise.errors import UserError
from skipwise.networks.dotted import load_dotted
from skipwise.networks.layers import Place, convolution, normalisation

Map = Float[Tensor, "batch channels *space"]
Branch = Float[Tensor, "batch out_channels *out_space"]


class NoAddition(nn.Module):
    def forward(self, x: Map, branch: Branch) -> Branch:
        return branch


class ZeroPadAddition(nn.Module):
    def __init__(self, stride: int, new_channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.new_channels = new_channels

    def forward(self, x: Map, branch: Branch) -> Branch:
        space = x.ndim - 2
        if self.stride != 1:
            strided: list[slice | EllipsisType] = [..., *[slice(None, None, self.stride)] * space]
            x = x[tuple(strided)]
        if self.new_channels:
            x = F.pad(x, (0, 0) * space + (0, self.new_channels))
        return branch + x


class MappedAddition(nn.Module):
    """y = F(x) + path(x)."""

    def __init__(self, *path: nn.Module) -> None:
        super().__init__()
        self.path = nn.Sequential(*path)

    def forward(self, x: Map, branch: Branch) -> Branch:
        mapped: Tensor = self.path(x)
        return branch + mapped


@dataclass(frozen=True, kw_only=True)
class NoShortcut:
    """The plain twin: y = F(x)."""

    kind: Literal["none"] = "none"

    def build(self, place: Place) -> nn.Module:
        return NoAddition()


@dataclass(frozen=True, kw_only=True)
class ZeroPad:
    """y = F(x) + x, strided over space and padded with zero channels where shapes change: no parameters (option A)."""

    kind: Literal["zero-pad"] = "zero-pad"

    def build(self, place: Place) -> nn.Module:
        new_channels = place.out_channels - place.in_channels
        if new_channels < 0:
            raise UserError(
                f"The zero-pad shortcut cannot go from {place.in_channels} to {place.out_channels} channels: "
                "let widths grow from stage to stage, or take shortcut=projection."
            )
        return ZeroPadAddition(place.stride, new_channels)


@dataclass(frozen=True, kw_only=True)
class Projection:
    """y = F(x) + W x: a 1x1 convolution where shapes change (option B) or in every block (option C)."""

    kind: Literal["projection"] = "projection"
    always: bool = False

    def build(self, place: Place) -> nn.Module:
        if not (self.always or place.changes_shape):
            return ZeroPadAddition(stride=1, new_channels=0)
        normalised = normalisation(place.normalisation, place.dims, place.out_channels)
        project = convolution(
            place.dims, place.in_channels, place.out_channels, 1, stride=place.stride, bias=not normalised
        )
        return MappedAddition(project, *normalised)


@dataclass(frozen=True, kw_only=True)
class ConvReLU:
    """The article's: y = F(x) + relu(3x3(x)), after relu(1x1/stride(x)) where the block strides. Never the identity."""

    kind: Literal["conv-relu"] = "conv-relu"

    def build(self, place: Place) -> nn.Module:
        path: list[nn.Module] = []
        channels = place.in_channels
        if place.stride != 1:
            path += [convolution(place.dims, channels, place.width, 1, stride=place.stride, bias=True), nn.ReLU()]
            channels = place.width
        path += [convolution(place.dims, channels, place.out_channels, 3, bias=True), nn.ReLU()]
        return MappedAddition(*path)


@dataclass(frozen=True, kw_only=True)
class OwnShortcut:
    """A user's own: `path` names a class or function that takes a Place and gives a module `shortcut(x, branch)`."""

    kind: Literal["own"] = "own"
    path: str

    def build(self, place: Place) -> nn.Module:
        make: Any = load_dotted(self.path)
        module = make(place)
        if not isinstance(module, nn.Module):
            raise UserError(f"{self.path} gave {type(module).__name__} for a shortcut: it must give a torch.nn.Module.")
        return module


Shortcut = Annotated[NoShortcut | ZeroPad | Projection | ConvReLU | OwnShortcut, Field(discriminator="kind")]

SHORTCUTS: dict[str, Shortcut] = {
    "none": NoShortcut(),
    "zero-pad": ZeroPad(),
    "projection": Projection(),
    "projection-always": Projection(always=True),
    "conv-relu": ConvReLU(),
}
