"""An architecture is a value: a network as data, its plain twin one replacement away."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError
from skipwise.networks.blocks import Block
from skipwise.networks.layers import Downsample, Normalisation
from skipwise.networks.shortcuts import NoShortcut


@dataclass(frozen=True, kw_only=True)
class Stem:
    """The first convolution with ReLU, and perhaps a 3-pixel max pool of stride 2.

    `enlarge_to` is the least side in pixels: smaller images are enlarged to it, 0 means never.
    """

    width: int
    kernel: int = 3
    stride: int = 1
    max_pool: bool = False
    normalisation: Normalisation = "batch"
    enlarge_to: int = 0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Blocks at one resolution.

    A stride stands in the first block's branch and shortcut; a pool stands before the first block, where both
    see it.
    """

    blocks: int
    width: int
    downsample: Downsample = "stride"
    block: Block = Block()


@dataclass(frozen=True, kw_only=True)
class Head:
    """From the last maps to the classes: perhaps a 2-pixel pool, then mean or flatten, dropout, one dense layer."""

    downsample: Literal["none", "max", "average"] = "none"
    reduce: Literal["average", "flatten"] = "average"
    dropout: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A convolutional network as data. `dims`: 1 for text and signals, 2 for images, 3 for volumes."""

    stem: Stem
    stages: tuple[Stage, ...]
    head: Head = Head()
    dims: Literal[1, 2, 3] = 2

    def replace_blocks(self, **changes: Any) -> "Architecture":
        """The same with these fields of every block replaced."""
        return replace(
            self, stages=tuple(replace(stage, block=replace(stage.block, **changes)) for stage in self.stages)
        )

    def plain_twin(self) -> "Architecture":
        """The same without shortcuts, and without any other difference."""
        return self.replace_blocks(shortcut=NoShortcut())

    @property
    def is_plain(self) -> bool:
        return all(isinstance(stage.block.shortcut, NoShortcut) for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Architecture":
        """Raises UserError where the data is no architecture."""
        try:
            return _ADAPTER.validate_python(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UserError(f"This is no architecture: {where}: {first['msg']}.") from error


_ADAPTER = TypeAdapter(Architecture)
