"""A network known by name, and the stages of which most of them are made."""

from collections.abc import Sequence
from dataclasses import dataclass

from skipwise.networks.architecture import Architecture, Stage, Stem
from skipwise.networks.blocks import Block
from skipwise.networks.layers import Downsample


@dataclass(frozen=True, kw_only=True)
class Preset:
    """An architecture with its source, and the input that it was made for: so many `classes`, and a size.

    The size is that of images of `side` px a side, or of texts of `side` tokens out of `vocabulary`, 0 for images.
    """

    architecture: Architecture
    source: str
    side: int
    classes: int
    vocabulary: int = 0

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Return (channels, height, width) of a colour image, or (vocabulary, length) of a text."""
        return (self.vocabulary, self.side) if self.vocabulary else (3, self.side, self.side)


def stages(
    blocks: Sequence[int],
    widths: Sequence[int],
    block: Block,
    *,
    downsample: Downsample = "stride",
    first: Downsample = "none",
) -> tuple[Stage, ...]:
    """Return stages of so many blocks each that halve the maps by `downsample`, the first one by `first`."""
    return tuple(
        Stage(blocks=count, width=width, downsample=downsample if number else first, block=block)
        for number, (count, width) in enumerate(zip(blocks, widths, strict=True))
    )


STEMS: dict[str, Stem] = {
    "imagenet": Stem(width=64, kernel=7, stride=2, max_pool=True),
    "deep": Stem(width=64, stride=2, deep=True, max_pool=True),
    "small": Stem(width=64, kernel=3),
}


def small_images(blocks: int, block: Block, widths: Sequence[int] = (16, 32, 64)) -> Architecture:
    """Return three stages behind a 3x3 convolution of 16 channels (He et al. 2015, section 4.2)."""
    return Architecture(stem=Stem(width=16), stages=stages((blocks,) * 3, widths, block))


def cifar(architecture: Architecture, source: str) -> Preset:
    """Return a preset made for images as CIFAR-10's: 32 px, 10 classes."""
    return Preset(architecture=architecture, source=source, side=32, classes=10)


def imagenet(architecture: Architecture, source: str) -> Preset:
    """Return a preset made for images as ImageNet's: 224 px, 1000 classes."""
    return Preset(architecture=architecture, source=source, side=224, classes=1000)
