"""Every network for texts that is known by name, each one literal value, with its source."""

from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.blocks import Block
from skipwise.networks.branches import Parallel
from skipwise.networks.presets.preset import Preset, stages
from skipwise.networks.shortcuts import Projection, Shortcut

CHARACTERS, WORDS = 256, 20_000
"""Tokens of a text read by the byte, and of one read by the word or its pieces."""

VDCNN_BLOCKS = {9: (1, 1, 1, 1), 17: (2, 2, 2, 2), 29: (5, 5, 2, 2), 49: (8, 8, 5, 3)}
"""Conneau et al. 2017, Table 2, in blocks of two convolutions."""


def _vdcnn(blocks: tuple[int, ...], *, shortcut: Shortcut | None = None) -> Architecture:
    """Return Conneau et al. 2017, Fig. 1: a 3-token convolution of 64, blocks of widths 64 to 512, a pool of half
    between.
    """
    block = Block() if shortcut is None else Block(shortcut=shortcut)
    return Architecture(
        stem=Stem(width=64),
        stages=stages(blocks, (64, 128, 256, 512), block, downsample="max"),
        head=Head(reduce="k-max", hidden=(2048, 2048)),
        dims=1,
        embedding=16,
    )


def _resnet(blocks: int) -> Architecture:
    """Return three stages that halve by a stride, as He et al. 2015, section 4.2 has them for small images, twice as
    wide.
    """
    return Architecture(
        stem=Stem(width=32),
        stages=stages((blocks,) * 3, (32, 64, 128), _RESIDUAL),
        dims=1,
        embedding=64,
    )


_RESIDUAL = Block(shortcut=Projection())
_VDCNN = "Conneau et al. 2017, arXiv 1606.01781, Fig. 1 and Table 2, with max pools of 2 tokens where theirs have 3"

_TEXTCNN = Architecture(
    stem=None,
    stages=(
        Stage(
            blocks=1,
            width=100,
            downsample="none",
            block=Block(branch=Parallel(kernels=(3, 4, 5)), normalisation="none"),
        ),
    ),
    head=Head(reduce="maximum", dropout=0.5),
    dims=1,
    embedding=128,
)


def _of_characters(architecture: Architecture, source: str) -> Preset:
    return Preset(architecture=architecture, source=source, side=1024, classes=4, vocabulary=CHARACTERS)


def _of_words(architecture: Architecture, source: str) -> Preset:
    return Preset(architecture=architecture, source=source, side=256, classes=4, vocabulary=WORDS)


TEXT_PLAIN: dict[str, Preset] = {
    "textcnn": _of_words(
        _TEXTCNN, "Kim 2014, arXiv 1408.5882, section 2 (CNN-rand, embedding 128 where theirs is 300)"
    ),
}

TEXT_RESIDUAL: dict[str, Preset] = {
    **{
        f"res-vdcnn{depth}": _of_characters(
            _vdcnn(blocks, shortcut=Projection()),
            f"{_VDCNN}; with the shortcuts of its section 4.3 (1x1 where shapes change)",
        )
        for depth, blocks in VDCNN_BLOCKS.items()
    },
    **{
        f"resnet-text-{6 * blocks + 2}": _of_words(
            _resnet(blocks), "skipwise's own, after He et al. 2015, section 4.2 (option B)"
        )
        for blocks in (1, 2, 3, 5)
    },
}

TEXT_TWIN_SOURCES: dict[str, str] = {f"vdcnn{depth}": _VDCNN for depth in VDCNN_BLOCKS}
"""Sources of the plain twins that were published as they are."""
