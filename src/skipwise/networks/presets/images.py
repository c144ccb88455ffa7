"""Every network for images that is known by name, each one literal value, with its source."""

from dataclasses import replace

from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.blocks import Block
from skipwise.networks.branches import Article, Bottleneck, ConvNeXt, InvertedBottleneck, Single
from skipwise.networks.layers import Normalisation
from skipwise.networks.presets.preset import STEMS, Preset, cifar, imagenet, small_images, stages
from skipwise.networks.shortcuts import Arms, ConvReLU, Identity, Projection, ZeroPad


def _large_images(blocks: tuple[int, int, int, int], block: Block, stem: str = "imagenet") -> Architecture:
    """Return four stages of widths 64 to 512 behind a 7x7 convolution and a pool (He et al. 2015, Table 1)."""
    return Architecture(stem=STEMS[stem], stages=stages(blocks, (64, 128, 256, 512), block))


def _repvgg(blocks: tuple[int, int, int, int], a: float, b: float) -> Architecture:
    """Return Ding et al. 2021, Table 2: a first layer of up to 64 channels, widths 64a, 128a, 256a and 512b, all stages
    halve.
    """
    widths = (round(min(64, 64 * a)), round(64 * a), round(128 * a), round(256 * a), round(512 * b))
    block = Block(branch=Single(), shortcut=Arms())
    return Architecture(stem=None, stages=stages((1, *blocks), widths, block, first="stride"))


def _slim(blocks: tuple[int, int, int, int]) -> Architecture:
    """Return four stages of widths 16 to 128 at strides 4 to 32, behind a 3x3 convolution of stride 2."""
    return Architecture(
        stem=Stem(width=16, stride=2), stages=stages(blocks, (16, 32, 64, 128), _OPTION_A, first="stride")
    )


def _mobilenet_v2() -> Architecture:
    """Return Sandler et al. 2018, Table 2: stages by expansion, width, blocks and stride, between two convolutions."""
    rows = (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)
    inverted = (
        Stage(
            blocks=blocks,
            width=width,
            downsample="stride" if stride == 2 else "none",
            block=replace(_INVERTED, branch=InvertedBottleneck(expansion=expansion)),
        )
        for expansion, width, blocks, stride in rows
    )
    last = Stage(blocks=1, width=1280, downsample="none", block=Block(branch=Single(kernel=1), activation="relu6"))
    return Architecture(
        stem=Stem(width=32, stride=2, activation="relu6"), stages=(*inverted, last), head=Head(dropout=0.2)
    )


def _small_mobilenet(blocks: int) -> Architecture:
    """Return three stages of MobileNetV2's blocks for 32 px, as wide as He et al. 2015's."""
    return replace(small_images(blocks, _INVERTED), stem=Stem(width=16, activation="relu6"))


def _small_convnext(blocks: int) -> Architecture:
    """Return three stages of ConvNeXt's blocks for 32 px, as wide as He et al. 2015's; strides as in a ResNet."""
    stem = Stem(width=16, normalisation="layer-per-pixel", activation="gelu", bias=True)
    return replace(small_images(blocks, _CONVNEXT), stem=stem)


def _vgg(counts: tuple[int, int, int, int, int], *, normalised: bool) -> Architecture:
    """Return Simonyan and Zisserman 2015, Table 1: 3x3 convolutions, five max pools, two dense layers of 4096.

    The stem is the first convolution. Where batch normalisation follows, the biases stay, as in torchvision.
    """
    kind: Normalisation = "batch" if normalised else "none"
    block = Block(branch=Single(), normalisation=kind, bias=True)
    counted = stages((counts[0] - 1, *counts[1:]), (64, 128, 256, 512, 512), block, downsample="max")
    return Architecture(
        stem=Stem(width=64, normalisation=kind, bias=True),
        stages=tuple(stage for stage in counted if stage.blocks),
        head=Head(downsample="max", reduce="cells", hidden=(4096, 4096), dropout=0.5),
    )


_OPTION_A = Block(shortcut=ZeroPad())
_OPTION_B = Block(shortcut=Projection())
_BOTTLENECK = Block(branch=Bottleneck(), shortcut=Projection())
_PRE = Block(order="pre-activation", shortcut=Projection())
_PRE_BOTTLENECK = replace(_PRE, branch=Bottleneck())
_INVERTED = Block(branch=InvertedBottleneck(), order="relu-before-addition", activation="relu6", shortcut=Identity())
_CONVNEXT = Block(
    branch=ConvNeXt(),
    order="relu-before-addition",
    normalisation="layer-per-pixel",
    activation="gelu",
    bias=True,
    shortcut=Projection(),
)

_HE_SMALL = "He et al. 2015, arXiv 1512.03385, section 4.2 (option A)"
_HE_LARGE = "He et al. 2015, arXiv 1512.03385, Table 1 (option B)"
_HE_PRE = "He et al. 2016, arXiv 1603.05027"
_WIDE = "Zagoruyko and Komodakis 2016, arXiv 1605.07146"
_RESNEXT = "Xie et al. 2017, arXiv 1611.05431"
_REPVGG = "Ding et al. 2021, arXiv 2101.03697, Table 2"
_VGG = "Simonyan and Zisserman 2015, arXiv 1409.1556, Table 1"
_SLIM = "He et al. 2015, arXiv 1512.03385: the blocks of Table 1, a quarter as wide, with option A"
_MOBILENET = "Sandler et al. 2018, arXiv 1801.04381"
_CONVNEXT_PAPER = "Liu et al. 2022, arXiv 2201.03545"
_THREE_STRIDE = "stride on the 3x3, as torchvision has it"

RESIDUAL: dict[str, Preset] = {
    **{f"resnet{6 * n + 2}": cifar(small_images(n, _OPTION_A), _HE_SMALL) for n in (1, 2, 3, 5, 7, 9, 18, 200)},
    "preresnet110": cifar(small_images(18, replace(_PRE, shortcut=ZeroPad())), f"{_HE_PRE}, Table 2"),
    "preresnet164": cifar(small_images(18, _PRE_BOTTLENECK), f"{_HE_PRE}, Table 3"),
    "preresnet1001": cifar(small_images(111, _PRE_BOTTLENECK), f"{_HE_PRE}, Table 3"),
    "wrn-16-4": cifar(small_images(2, _PRE, (64, 128, 256)), _WIDE),
    "wrn-28-10": cifar(small_images(4, _PRE, (160, 320, 640)), _WIDE),
    "wrn-40-4": cifar(small_images(6, _PRE, (64, 128, 256)), _WIDE),
    "resnet9": cifar(
        Architecture(
            stem=Stem(width=64),
            stages=(
                Stage(blocks=1, width=128, downsample="none", block=Block(branch=Single())),
                Stage(
                    blocks=1, width=128, downsample="max", block=Block(order="relu-before-addition", shortcut=ZeroPad())
                ),
                Stage(blocks=1, width=256, downsample="none", block=Block(branch=Single())),
                Stage(blocks=1, width=512, downsample="max", block=Block(branch=Single())),
                Stage(
                    blocks=1, width=512, downsample="max", block=Block(order="relu-before-addition", shortcut=ZeroPad())
                ),
            ),
            head=Head(reduce="maximum"),
        ),
        "Page 2018, How to train your ResNet, without its scale of the logits",
    ),
    "resnet18": imagenet(_large_images((2, 2, 2, 2), _OPTION_B), _HE_LARGE),
    "resnet34": imagenet(_large_images((3, 4, 6, 3), _OPTION_B), _HE_LARGE),
    "resnet50": imagenet(_large_images((3, 4, 6, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet101": imagenet(_large_images((3, 4, 23, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet152": imagenet(_large_images((3, 8, 36, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet200": imagenet(_large_images((3, 24, 36, 3), _PRE_BOTTLENECK), f"{_HE_PRE}, Table 5 (pre-activation)"),
    "wide-resnet50-2": imagenet(_large_images((3, 4, 6, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2))), _WIDE),
    "wide-resnet101-2": imagenet(_large_images((3, 4, 23, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2))), _WIDE),
    "resnext50": imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2, groups=32))), f"{_RESNEXT}, 32x4d"
    ),
    "resnext101": imagenet(
        _large_images((3, 4, 23, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=4, groups=32))), f"{_RESNEXT}, 32x8d"
    ),
    "se-resnet50": imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, squeeze=16)), "Hu et al. 2018, arXiv 1709.01507"
    ),
    "resnet50-d": imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, shortcut=Projection(average=True)), stem="deep"),
        "He et al. 2018, arXiv 1812.01187 (ResNet-D)",
    ),
    "repvgg-a0": imagenet(_repvgg((2, 4, 14, 1), 0.75, 2.5), _REPVGG),
    "repvgg-a1": imagenet(_repvgg((2, 4, 14, 1), 1.0, 2.5), _REPVGG),
    "repvgg-a2": imagenet(_repvgg((2, 4, 14, 1), 1.5, 2.75), _REPVGG),
    "repvgg-b0": imagenet(_repvgg((4, 6, 16, 1), 1.0, 2.5), _REPVGG),
    "mobilenet-v2": imagenet(_mobilenet_v2(), f"{_MOBILENET}, Table 2 (MobileNetV2)"),
    **{
        f"mobilenet{9 * n + 2}": cifar(_small_mobilenet(n), f"skipwise's own, of the blocks of {_MOBILENET}")
        for n in (1, 2, 4)
    },
    **{
        f"convnext{9 * n + 2}": cifar(_small_convnext(n), f"skipwise's own, of the blocks of {_CONVNEXT_PAPER}")
        for n in (1, 2, 4)
    },
    **{
        f"resnet-slim{2 + 2 * sum(blocks)}": Preset(architecture=_slim(blocks), source=_SLIM, side=96, classes=20)
        for blocks in ((1, 1, 1, 1), (2, 2, 2, 2), (3, 4, 6, 3))
    },
}

_VGG_COUNTS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}

PLAIN: dict[str, Preset] = {
    **{f"vgg{depth}": imagenet(_vgg(counts, normalised=False), _VGG) for depth, counts in _VGG_COUNTS.items()},
    **{
        f"vgg{depth}-bn": imagenet(_vgg(counts, normalised=True), f"{_VGG}, batch normalisation as in torchvision")
        for depth, counts in _VGG_COUNTS.items()
    },
    "cifar-vgg16": cifar(
        replace(
            _vgg(_VGG_COUNTS[16], normalised=True).replace_blocks(bias=False),
            stem=Stem(width=64),
            head=Head(downsample="max", hidden=(512,)),
        ),
        "Li et al. 2017, arXiv 1608.08710, Table 1",
    ),
}

ARTICLE_CNN = Architecture(
    stem=Stem(width=32, normalisation="none", enlarge_to=32),
    stages=stages(
        (1, 1, 1, 1),
        (64, 128, 256, 512),
        Block(branch=Single(), normalisation="none"),
        downsample="max",
        first="max",
    ),
    head=Head(downsample="max", reduce="flatten"),
)
"""The article's CNN: five times 3x3 convolution, ReLU and 2x2 max pool.

Mended: it ended in `reshape(x, (-1, num_classes))`, which is no classifier; here flatten and one dense layer to the
classes. Images under 32 px are enlarged to 32 px, since five pools leave nothing of smaller ones.
"""

ARTICLE_RESNET = Architecture(
    stem=Stem(width=64, kernel=7, stride=2, max_pool=True, normalisation="none", enlarge_to=32),
    stages=stages(
        (1, 1, 1, 1),
        (64, 128, 256, 512),
        Block(branch=Article(), order="relu-before-addition", normalisation="none", shortcut=ConvReLU()),
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

ARTICLE: dict[str, Preset] = {
    "article-cnn": cifar(ARTICLE_CNN, "the article, sections on convolution and pooling"),
    "article-resnet": cifar(ARTICLE_RESNET, "the article, its residual network"),
}
