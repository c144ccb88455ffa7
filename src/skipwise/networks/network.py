"""The module of an architecture."""

import math
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.architecture import Architecture, Stage, Stem
from skipwise.networks.blocks import ORDERS
from skipwise.networks.layers import (
    ACTIVATIONS,
    ADAPTIVE_POOLS,
    Enlarge,
    GlobalAverage,
    GlobalMaximum,
    ScalarBias,
    convolution,
    downsampling,
    halved,
    normalisation,
    pool,
)
from skipwise.networks.masks import KeyedDropout
from skipwise.networks.recompute import recomputed
from skipwise.networks.text.sequences import LargestFew

HEAD_K = 8
"""The numbers of each channel that a head with k-max takes (Conneau et al. 2017, arXiv 1606.01781, Fig. 1)."""


class Network(nn.Module):
    """Stem, stages and head of an architecture, for inputs of one shape. Gives logits.

    With `recompute`, training forgets the maps between blocks and computes them again on the way back: see
    `skipwise.networks.recompute`.
    """

    def __init__(self, architecture: Architecture, input_shape: Sequence[int], classes: int) -> None:
        super().__init__()
        self.architecture = architecture
        self.recompute = False
        channels, *space = input_shape
        dims = architecture.dims
        self.stem = nn.Sequential()
        if architecture.stem is not None:
            bare = bool(ORDERS[architecture.stages[0].block.order].before)
            self.stem = _stem(architecture.stem, channels, dims, bare=bare)
            channels = architecture.stem.width
        self.stages = nn.ModuleList()
        blocks, done = sum(stage.blocks for stage in architecture.stages), 0
        self.segment = max(1, round(math.sqrt(blocks)))
        for stage in architecture.stages:
            rates = [architecture.stochastic_depth * (done + number) / blocks for number in range(1, stage.blocks + 1)]
            self.stages.append(_stage(stage, channels, dims, rates))
            channels = stage.block.branch.out_channels(stage.width)
            done += stage.blocks
        self.head = _head(architecture, channels, space, classes)

    def features(self, x: Float[Tensor, "batch channels *space"]) -> list[Tensor]:
        """The maps that the stem, which passes on what it gets where there is none, and then each stage give."""
        maps = [self.stem(x)]
        for stage in self.stages:
            assert isinstance(stage, nn.Sequential)
            x = maps[-1]
            maps.append(recomputed(stage, x, self.segment) if self.recompute and self.training else stage(x))
        return maps

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch classes"]:
        logits: Tensor = self.head(self.features(x)[-1])
        return logits


def networks_in(module: nn.Module) -> list[Network]:
    """The networks of ours in a module: itself, or those round which it is built."""
    return [part for part in module.modules() if isinstance(part, Network)]


def least_size(architecture: Architecture) -> int:
    """The least side in pixels with which no stride and no pool meets a map of a single pixel."""
    if architecture.stem is not None and architecture.stem.enlarge_to:
        return 1
    side = 1
    while not _fits(architecture, side):
        side += 1
    return side


def _fits(architecture: Architecture, side: int) -> bool:
    """Whether every step that shrinks the maps finds at least two pixels."""
    sizes = [side, *_sizes(architecture, side)]
    return all(before >= 2 for before, halves in zip(sizes, _halvings(architecture), strict=False) if halves)


def _halvings(architecture: Architecture) -> list[bool]:
    """For the stem, its pool, each stage and the head's pool: whether it shrinks its input."""
    stem = architecture.stem
    return [
        stem is not None and stem.stride > 1,
        stem is not None and stem.max_pool,
        *(stage.downsample != "none" for stage in architecture.stages),
        architecture.head.downsample != "none",
    ]


def _sizes(architecture: Architecture, side: int) -> list[int]:
    """The side after the stem, its pool, each stage and the head's pool, in pixels."""
    stem = architecture.stem
    if stem is not None:
        side = -(-max(side, stem.enlarge_to) // stem.stride)
    sizes = [side, -(-side // 2) if stem is not None and stem.max_pool else side]
    for downsample in [*(stage.downsample for stage in architecture.stages), architecture.head.downsample]:
        sizes.append(halved(downsample, sizes[-1]))
    return sizes


def _stem(stem: Stem, in_channels: int, dims: int, *, bare: bool) -> nn.Sequential:
    """The stem's layers; a bare one ends in its convolution, and the first block begins with what is left out."""
    layers = nn.Sequential()
    if stem.enlarge_to:
        layers.add_module("enlarge", Enlarge(stem.enlarge_to))
    widths = (stem.width // 2, stem.width // 2, stem.width) if stem.deep else (stem.width,)
    for number, width in enumerate(widths, start=1):
        kernel, stride = 3 if stem.deep else stem.kernel, stem.stride if number == 1 else 1
        with_bias = stem.bias or stem.normalisation == "none"
        layers.add_module(f"conv{number}", convolution(dims, in_channels, width, kernel, stride=stride, bias=with_bias))
        if not bare or number < len(widths):
            normalised = normalisation(stem.normalisation, dims, width)
            if normalised is not None:
                layers.add_module(f"norm{number}", normalised)
            layers.add_module(f"act{number}", ACTIVATIONS[stem.activation]())
        in_channels = width
    if stem.max_pool:
        layers.add_module("pool", pool("max", dims, 3, stride=2, padding=1))
    layers.get_submodule("conv1").takes_image = True  # type: ignore[assignment]
    return layers


def _stage(stage: Stage, in_channels: int, dims: int, drop_rates: Sequence[float]) -> nn.Sequential:
    layers: list[nn.Module] = []
    shrink = downsampling(stage.downsample, dims)
    if shrink is not None:
        layers.append(shrink)
    for number, drop_rate in enumerate(drop_rates):
        first = number == 0
        stride = 2 if stage.downsample == "stride" and first else 1
        layers.append(
            stage.block.build(in_channels, stage.width, stride=stride, dims=dims, first=first, drop_rate=drop_rate)
        )
        in_channels = stage.block.branch.out_channels(stage.width)
    return nn.Sequential(*layers)


def _head(architecture: Architecture, channels: int, space: Sequence[int], classes: int) -> nn.Sequential:
    """Build the layers with which a further block of the last stage would begin, then the head's own."""
    head, dims, block = architecture.head, architecture.dims, architecture.stages[-1].block
    layers = block.steps(ORDERS[block.order].before, channels, dims)
    if head.downsample != "none":
        layers.add_module("pool", pool("max" if head.downsample == "max" else "average", dims))
    reduced: dict[str, nn.Module] = {
        "average": GlobalAverage(),
        "maximum": GlobalMaximum(),
        "k-max": LargestFew(HEAD_K),
    }
    features = channels
    if head.reduce == "cells":
        layers.add_module("cells", ADAPTIVE_POOLS[dims](head.cells))
        features = channels * head.cells**dims
    elif head.reduce == "flatten":
        features = channels * math.prod(_sizes(architecture, side)[-1] for side in space)
    elif head.reduce == "k-max":
        features = channels * HEAD_K
    layers.add_module("reduce", reduced.get(head.reduce, nn.Flatten()))
    for number, units in enumerate(head.hidden, start=1):
        layers.add_module(f"hidden{number}", nn.Linear(features, units))
        layers.add_module(f"act{number}", nn.ReLU())
        if head.dropout:
            layers.add_module(f"drop{number}", KeyedDropout(head.dropout))
        features = units
    if head.dropout and not head.hidden:
        layers.add_module("drop", KeyedDropout(head.dropout))
    if block.normalisation == "scalar-bias":
        layers.add_module("bias", ScalarBias())
    layers.add_module("dense", nn.Linear(features, classes))
    return layers
