"""Every network known by name, each one literal value, with its source."""

from dataclasses import replace

from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.blocks import Block
from skipwise.networks.branches import Article, Bottleneck, Single
from skipwise.networks.layers import Downsample, Normalisation
from skipwise.networks.presets.detection import SLIM, SLIM_CLASSES, SLIM_SIDE, SLIM_SOURCE
from skipwise.networks.presets.preset import Preset
from skipwise.networks.presets.text import TEXT_PLAIN, TEXT_RESIDUAL, TEXT_TWIN_SOURCES
from skipwise.networks.shortcuts import Arms, ConvReLU, Projection, ZeroPad

STEMS: dict[str, Stem] = {
    "imagenet": Stem(width=64, kernel=7, stride=2, max_pool=True),
    "deep": Stem(width=64, stride=2, deep=True, max_pool=True),
    "small": Stem(width=64, kernel=3),
}


def _stages(
    blocks: tuple[int, ...], widths: tuple[int, ...], block: Block, first: Downsample = "none"
) -> tuple[Stage, ...]:
    """Stages that halve the maps by a stride, the first one by `first`."""
    return tuple(
        Stage(blocks=count, width=width, downsample="stride" if number else first, block=block)
        for number, (count, width) in enumerate(zip(blocks, widths, strict=True))
    )


def _small_images(blocks: int, block: Block, widths: tuple[int, int, int] = (16, 32, 64)) -> Architecture:
    """Three stages behind a 3x3 convolution of 16 channels (He et al. 2015, section 4.2)."""
    return Architecture(stem=Stem(width=16), stages=_stages((blocks,) * 3, widths, block))


def _large_images(blocks: tuple[int, int, int, int], block: Block, stem: str = "imagenet") -> Architecture:
    """Four stages of widths 64 to 512 behind a 7x7 convolution and a pool (He et al. 2015, Table 1)."""
    return Architecture(stem=STEMS[stem], stages=_stages(blocks, (64, 128, 256, 512), block))


def _repvgg(blocks: tuple[int, int, int, int], a: float, b: float) -> Architecture:
    """Ding et al. 2021, Table 2: a first layer of up to 64 channels, widths 64a, 128a, 256a and 512b, all stages halve."""
    widths = (round(min(64, 64 * a)), round(64 * a), round(128 * a), round(256 * a), round(512 * b))
    block = Block(branch=Single(), shortcut=Arms())
    return Architecture(stem=None, stages=_stages((1, *blocks), widths, block, first="stride"))


def _vgg(counts: tuple[int, int, int, int, int], *, normalised: bool) -> Architecture:
    """Simonyan and Zisserman 2015, Table 1: 3x3 convolutions, five max pools, two dense layers of 4096.

    The stem is the first convolution. Where batch normalisation follows, the biases stay, as in torchvision.
    """
    kind: Normalisation = "batch" if normalised else "none"
    block = Block(branch=Single(), normalisation=kind, bias=True)
    widths = (64, 128, 256, 512, 512)
    stages = tuple(
        Stage(blocks=count, width=width, downsample="max" if number else "none", block=block)
        for number, (count, width) in enumerate(zip((counts[0] - 1, *counts[1:]), widths, strict=True))
        if count
    )
    return Architecture(
        stem=Stem(width=64, normalisation=kind, bias=True),
        stages=stages,
        head=Head(downsample="max", reduce="cells", hidden=(4096, 4096), dropout=0.5),
    )


_OPTION_A = Block(shortcut=ZeroPad())
_OPTION_B = Block(shortcut=Projection())
_BOTTLENECK = Block(branch=Bottleneck(), shortcut=Projection())
_PRE = Block(order="pre-activation", shortcut=Projection())
_PRE_BOTTLENECK = replace(_PRE, branch=Bottleneck())

_HE_SMALL = "He et al. 2015, arXiv 1512.03385, section 4.2 (option A)"
_HE_LARGE = "He et al. 2015, arXiv 1512.03385, Table 1 (option B)"
_HE_PRE = "He et al. 2016, arXiv 1603.05027"
_WIDE = "Zagoruyko and Komodakis 2016, arXiv 1605.07146"
_RESNEXT = "Xie et al. 2017, arXiv 1611.05431"
_REPVGG = "Ding et al. 2021, arXiv 2101.03697, Table 2"
_VGG = "Simonyan and Zisserman 2015, arXiv 1409.1556, Table 1"


def _cifar(architecture: Architecture, source: str) -> Preset:
    return Preset(architecture=architecture, source=source, side=32, classes=10)


def _imagenet(architecture: Architecture, source: str) -> Preset:
    return Preset(architecture=architecture, source=source, side=224, classes=1000)


_THREE_STRIDE = "stride on the 3x3, as torchvision has it"

_RESIDUAL: dict[str, Preset] = {
    **{f"resnet{6 * n + 2}": _cifar(_small_images(n, _OPTION_A), _HE_SMALL) for n in (1, 2, 3, 5, 7, 9, 18, 200)},
    "preresnet110": _cifar(_small_images(18, replace(_PRE, shortcut=ZeroPad())), f"{_HE_PRE}, Table 2"),
    "preresnet164": _cifar(_small_images(18, _PRE_BOTTLENECK), f"{_HE_PRE}, Table 3"),
    "preresnet1001": _cifar(_small_images(111, _PRE_BOTTLENECK), f"{_HE_PRE}, Table 3"),
    "wrn-16-4": _cifar(_small_images(2, _PRE, (64, 128, 256)), _WIDE),
    "wrn-28-10": _cifar(_small_images(4, _PRE, (160, 320, 640)), _WIDE),
    "wrn-40-4": _cifar(_small_images(6, _PRE, (64, 128, 256)), _WIDE),
    "resnet9": _cifar(
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
    "resnet18": _imagenet(_large_images((2, 2, 2, 2), _OPTION_B), _HE_LARGE),
    "resnet34": _imagenet(_large_images((3, 4, 6, 3), _OPTION_B), _HE_LARGE),
    "resnet50": _imagenet(_large_images((3, 4, 6, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet101": _imagenet(_large_images((3, 4, 23, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet152": _imagenet(_large_images((3, 8, 36, 3), _BOTTLENECK), f"{_HE_LARGE}, {_THREE_STRIDE}"),
    "resnet200": _imagenet(_large_images((3, 24, 36, 3), _PRE_BOTTLENECK), f"{_HE_PRE}, Table 5 (pre-activation)"),
    "wide-resnet50-2": _imagenet(_large_images((3, 4, 6, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2))), _WIDE),
    "wide-resnet101-2": _imagenet(
        _large_images((3, 4, 23, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2))), _WIDE
    ),
    "resnext50": _imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=2, groups=32))), f"{_RESNEXT}, 32x4d"
    ),
    "resnext101": _imagenet(
        _large_images((3, 4, 23, 3), replace(_BOTTLENECK, branch=Bottleneck(inner=4, groups=32))), f"{_RESNEXT}, 32x8d"
    ),
    "se-resnet50": _imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, squeeze=16)), "Hu et al. 2018, arXiv 1709.01507"
    ),
    "resnet50-d": _imagenet(
        _large_images((3, 4, 6, 3), replace(_BOTTLENECK, shortcut=Projection(average=True)), stem="deep"),
        "He et al. 2018, arXiv 1812.01187 (ResNet-D)",
    ),
    "repvgg-a0": _imagenet(_repvgg((2, 4, 14, 1), 0.75, 2.5), _REPVGG),
    "repvgg-a1": _imagenet(_repvgg((2, 4, 14, 1), 1.0, 2.5), _REPVGG),
    "repvgg-a2": _imagenet(_repvgg((2, 4, 14, 1), 1.5, 2.75), _REPVGG),
    "repvgg-b0": _imagenet(_repvgg((4, 6, 16, 1), 1.0, 2.5), _REPVGG),
    **{
        name: Preset(architecture=slim, source=SLIM_SOURCE, side=SLIM_SIDE, classes=SLIM_CLASSES)
        for name, slim in SLIM.items()
    },
}

_VGG_COUNTS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}

_PLAIN: dict[str, Preset] = {
    **{f"vgg{depth}": _imagenet(_vgg(counts, normalised=False), _VGG) for depth, counts in _VGG_COUNTS.items()},
    **{
        f"vgg{depth}-bn": _imagenet(_vgg(counts, normalised=True), f"{_VGG}, batch normalisation as in torchvision")
        for depth, counts in _VGG_COUNTS.items()
    },
    "cifar-vgg16": _cifar(
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
    stages=_stages(
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


def twin_name(name: str) -> str:
    """What the plain twin of a residual preset is called: `plain50`, `plain-wrn-28-10`, `vdcnn9` of `res-vdcnn9`."""
    if name.startswith("res-"):
        return name.removeprefix("res-")
    return name.replace("resnet", "plain", 1) if name.startswith("resnet") else f"plain-{name}"


def depths_of(family: str) -> list[int]:
    """The layers of the presets that are called so and end in a number: of `resnet` 8, 9, 14, ..."""
    ends = [name.removeprefix(family) for name in PRESETS if name.startswith(family) and twin_name(name) in PRESETS]
    return sorted(int(end) for end in ends if end.isdigit())


def families() -> list[str]:
    """What residual presets are called before their number of layers."""
    named = {name.rstrip("0123456789") for name in PRESETS if name[-1].isdigit() and twin_name(name) in PRESETS}
    return sorted(named)


def _with_twins(residual: dict[str, Preset]) -> dict[str, Preset]:
    """Each preset behind its plain twin."""
    known: dict[str, Preset] = {}
    for name, preset in residual.items():
        plain = preset.architecture.plain_twin()
        source = TEXT_TWIN_SOURCES.get(twin_name(name), f"{name} without shortcuts")
        known[twin_name(name)] = replace(preset, architecture=plain, source=source)
        known[name] = preset
    return known


KNOWN: dict[str, Preset] = {
    **_with_twins(_RESIDUAL),
    **_PLAIN,
    **_with_twins(TEXT_RESIDUAL),
    **TEXT_PLAIN,
    "article-cnn": _cifar(ARTICLE_CNN, "the article, sections on convolution and pooling"),
    "article-resnet": _cifar(ARTICLE_RESNET, "the article, its residual network"),
}

PRESETS: dict[str, Architecture] = {name: preset.architecture for name, preset in KNOWN.items()}
TWINS: dict[str, str] = {name: twin_name(name) for name in (*_RESIDUAL, *TEXT_RESIDUAL)}
"""The plain twin of each residual preset, by name."""
