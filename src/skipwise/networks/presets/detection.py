"""Networks small enough to learn to find objects on a processor, each one literal value."""

from skipwise.networks.architecture import Architecture, Stage, Stem
from skipwise.networks.blocks import Block
from skipwise.networks.shortcuts import ZeroPad

SLIM_SOURCE = "He et al. 2015, arXiv 1512.03385: the blocks of Table 1, a quarter as wide, with option A"
SLIM_SIDE = 96
SLIM_CLASSES = 20


def _slim(blocks: tuple[int, int, int, int]) -> Architecture:
    """Four stages of widths 16 to 128 at strides 4 to 32, behind a 3x3 convolution of stride 2."""
    return Architecture(
        stem=Stem(width=16, stride=2),
        stages=tuple(
            Stage(blocks=count, width=width, block=Block(shortcut=ZeroPad()))
            for count, width in zip(blocks, (16, 32, 64, 128), strict=True)
        ),
    )


SLIM: dict[str, Architecture] = {
    f"resnet-slim{2 + 2 * sum(blocks)}": _slim(blocks) for blocks in ((1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 6, 3))
}
