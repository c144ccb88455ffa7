"""Every network known by name, each one literal value."""

from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.blocks import Article, Block, Single
from skipwise.networks.layers import Downsample
from skipwise.networks.shortcuts import ConvReLU, Projection, ZeroPad


def _small_images(blocks: int) -> Architecture:
    """He et al. 2015, section 4.2: 6 blocks + 2 layers, widths 16, 32, 64, option A."""
    block = Block(shortcut=ZeroPad())
    return Architecture(
        stem=Stem(width=16),
        stages=(
            Stage(blocks=blocks, width=16, downsample="none", block=block),
            Stage(blocks=blocks, width=32, block=block),
            Stage(blocks=blocks, width=64, block=block),
        ),
    )


def _large_images(blocks: tuple[int, int, int, int]) -> Architecture:
    """He et al. 2015, Table 1: widths 64 to 512, option B."""
    downsamples: tuple[Downsample, ...] = ("none", "stride", "stride", "stride")
    return Architecture(
        stem=STEMS["imagenet"],
        stages=tuple(
            Stage(blocks=count, width=width, downsample=downsample, block=Block(shortcut=Projection()))
            for count, width, downsample in zip(blocks, (64, 128, 256, 512), downsamples, strict=True)
        ),
    )


STEMS: dict[str, Stem] = {
    "imagenet": Stem(width=64, kernel=7, stride=2, max_pool=True),
    "small": Stem(width=64, kernel=3),
}

ARTICLE_CNN = Architecture(
    stem=Stem(width=32, normalisation="none", enlarge_to=32),
    stages=tuple(
        Stage(blocks=1, width=width, downsample="max", block=Block(branch=Single(), normalisation="none"))
        for width in (64, 128, 256, 512)
    ),
    head=Head(downsample="max", reduce="flatten"),
)
"""The article's CNN: five times 3x3 convolution, ReLU and 2x2 max pool.

Mended: it ended in `reshape(x, (-1, num_classes))`, which is no classifier; here flatten and one dense layer to the
classes. Images under 32 px are enlarged to 32 px, since five pools leave nothing of smaller ones.
"""

ARTICLE_RESNET = Architecture(
    stem=Stem(width=64, kernel=7, stride=2, max_pool=True, normalisation="none", enlarge_to=32),
    stages=tuple(
        Stage(
            blocks=1,
            width=width,
            downsample="none" if width == 64 else "stride",
            block=Block(branch=Article(), order="relu-before-addition", normalisation="none", shortcut=ConvReLU()),
        )
        for width in (64, 128, 256, 512)
    ),
    head=Head(reduce="flatten"),
)
"""The article's ResNet: 7x7/2 convolution, 3x3/2 max pool, four of its blocks.

Mended: it always gave 1000 probabilities; here one dense layer gives logits for the data's classes, as a
cross-entropy wants them. Padding is symmetric, where TensorFlow's SAME pads more on the right. Its shortcut is
kept as written (`shortcut=conv-relu`), though it is never the identity: `article-resnet:shortcut=projection` is what
the article's own formula y = x + F(x) asks for. Nothing normalises, so it wants a lower rate than the others:
`article-resnet:lr=0.002`.
"""

_RESIDUAL: dict[str, Architecture] = {
    "resnet8": _small_images(1),
    "resnet14": _small_images(2),
    "resnet20": _small_images(3),
    "resnet32": _small_images(5),
    "resnet44": _small_images(7),
    "resnet56": _small_images(9),
    "resnet110": _small_images(18),
    "resnet18": _large_images((2, 2, 2, 2)),
    "resnet34": _large_images((3, 4, 6, 3)),
}

PRESETS: dict[str, Architecture] = {
    **{name.replace("resnet", "plain"): residual.plain_twin() for name, residual in _RESIDUAL.items()},
    **_RESIDUAL,
    "article-cnn": ARTICLE_CNN,
    "article-resnet": ARTICLE_RESNET,
}
