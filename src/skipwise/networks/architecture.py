"""An architecture is a value: a network as data, its plain twin one replacement away."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError
from skipwise.networks.blocks import Block
from skipwise.networks.branches import Parallel
from skipwise.networks.initialisation import Initialisation
from skipwise.networks.layers import Activation, Downsample, Normalisation
from skipwise.networks.shortcuts import NoShortcut, Shortcut


@dataclass(frozen=True, kw_only=True)
class Stem:
    """The first convolution with normalisation and activation, and perhaps a 3-pixel max pool of stride 2.

    In front of blocks that begin with an activation of their own (pre-activation) it is the convolution alone. `deep`
    makes three 3x3 convolutions of it, the first two half as wide (ResNet-D). `enlarge_to` is the least side in
    pixels: smaller images are enlarged to it, 0 means never.
    """

    width: int
    kernel: int = 3
    stride: int = 1
    deep: bool = False
    max_pool: bool = False
    normalisation: Normalisation = "batch"
    activation: Activation = "relu"
    bias: bool = False
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
    """From the last maps to the classes.

    Perhaps a 2-pixel pool; then the mean or the maximum over space, the mean in `cells` x `cells` parts of it, every
    pixel ("flatten"), or the 8 largest numbers of each channel in their order ("k-max", in one dimension); dense layers
    of `hidden` units with ReLU; and the dense layer to the classes. Dropout stands before the last and after each
    hidden layer.
    """

    downsample: Literal["none", "max", "average"] = "none"
    reduce: Literal["average", "maximum", "cells", "flatten", "k-max"] = "average"
    cells: int = 7
    hidden: tuple[int, ...] = ()
    dropout: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pyramid:
    """The detector on the maps of an image network, where objects are to be found.

    A feature pyramid of `width` channels (Lin et al. 2017, arXiv 1612.03144) under one of torchvision's detectors;
    `convolutions` is how many 3x3 convolutions a one-stage detector's heads have before their answers.
    """

    detector: Literal["fcos", "retinanet", "faster-rcnn"] = "fcos"
    width: int = 64
    convolutions: int = 2


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A convolutional network as data. `dims`: 1 for text and signals, 2 for images, 3 for volumes.

    `stochastic_depth` is the rate with which the last block's branch is dropped in training, block l of L with l/L
    of it (Huang et al. 2016, arXiv 1603.09382, equation 4). `embedding` is the width of the lookup table in front of a
    network that reads text, 0 where inputs are numbers. `pyramid` matters where objects are to be found.
    """

    stem: Stem | None
    stages: tuple[Stage, ...]
    head: Head = Head()
    dims: Literal[1, 2, 3] = 2
    initialisation: Initialisation = "he"
    stochastic_depth: float = 0.0
    embedding: int = 0
    pyramid: Pyramid = Pyramid()

    def replace_blocks(self, **changes: Any) -> "Architecture":
        """Return the architecture with these fields of every block replaced."""
        return replace(
            self, stages=tuple(replace(stage, block=replace(stage.block, **changes)) for stage in self.stages)
        )

    def with_shortcut(self, shortcut: Shortcut) -> "Architecture":
        """Return the architecture with every shortcut replaced; a plain network gets one in every block.

        Blocks that are plain in a residual network stay plain.
        """
        return replace(
            self,
            stages=tuple(
                stage
                if is_plain(stage) and not self.is_plain
                else replace(stage, block=replace(stage.block, shortcut=shortcut))
                for stage in self.stages
            ),
        )

    def plain_twin(self) -> "Architecture":
        """Return the architecture without shortcuts, and without any other difference.

        Raises UserError where that would leave a network through which nothing flows.
        """
        twin = self.replace_blocks(shortcut=NoShortcut())
        twin.check()
        return twin

    def check(self) -> None:
        """Raise UserError where fields contradict each other, or nothing would flow through a block."""
        blocks = [stage.block for stage in self.stages]
        for block in blocks:
            block.shortcut.check()
        if self.initialisation == "fixup" and any(
            block.normalisation not in ("none", "scalar-bias") for block in blocks
        ):
            raise UserError(
                "initialisation=fixup is for networks that nothing normalises: set normalisation=scalar-bias (with "
                "multiplier=1 it is the paper's) or normalisation=none too."
            )
        if self.dims != 1 and "k-max" in (self.head.reduce, *(stage.downsample for stage in self.stages)):
            raise UserError("k-max is for networks of one dimension, as texts have: take max, or stride.")
        if self.initialisation in ("fixup", "looks-linear") and any(
            isinstance(block.branch, Parallel) for block in blocks
        ):
            raise UserError(f"initialisation={self.initialisation} is not for branch=parallel: take initialisation=he.")
        if self.initialisation == "looks-linear" and any(block.branch.is_grouped for block in blocks):
            raise UserError(
                "initialisation=looks-linear pairs channels across groups: take groups=1, or a branch without groups."
            )
        if all(block.shortcut.passes_input for block in blocks):
            return
        cannot = "A block without a shortcut, as in a plain twin, cannot"
        if self.initialisation == "fixup":
            raise UserError(
                f"{cannot} begin with initialisation=fixup: the last convolution of every branch is zero, and nothing "
                "flows; take initialisation=he or delta-orthogonal for both twins."
            )
        if any(block.multiplier == 0 for block in blocks):
            raise UserError(
                f"{cannot} have multiplier=0: every branch begins as zero, and nothing flows; take multiplier=1 or none "
                "for both twins."
            )
        if self.stochastic_depth:
            raise UserError(
                f"{cannot} have stochastic_depth: where its branch is dropped nothing flows; take stochastic_depth=0 for "
                "both twins."
            )

    @property
    def is_plain(self) -> bool:
        return all(is_plain(stage) for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        """Return every field; of the parts that only some tasks need, those that differ from their defaults."""
        data: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        if self.embedding == 0:
            del data["embedding"]
        if self.pyramid == Pyramid():
            del data["pyramid"]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Architecture":
        """Read what to_json wrote. Raises UserError where the data is no architecture."""
        try:
            return _ADAPTER.validate_python(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UserError(f"This is no architecture: {where}: {first['msg']}.") from error


def is_plain(stage: Stage) -> bool:
    """Whether the blocks of a stage have no shortcut."""
    return isinstance(stage.block.shortcut, NoShortcut)


_ADAPTER = TypeAdapter(Architecture)
