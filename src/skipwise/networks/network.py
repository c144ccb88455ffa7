"""From an architecture to a module with its parameters drawn."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.draws import key
from skipwise.errors import UserError
from skipwise.networks.architecture import Architecture, Head, Stage, Stem
from skipwise.networks.layers import Enlarge, GlobalAverage, KeyedDropout, convolution, normalisation, pool
from skipwise.networks.own import OwnNetwork


class Network(nn.Module):
    """Stem, stages and head of an architecture, for inputs of one shape. Gives logits."""

    def __init__(self, architecture: Architecture, input_shape: Sequence[int], classes: int) -> None:
        super().__init__()
        channels, *space = input_shape
        dims = architecture.dims
        self.stem = _stem(architecture.stem, channels, dims)
        width = architecture.stem.width
        self.stages = nn.ModuleList()
        for stage in architecture.stages:
            self.stages.append(_stage(stage, width, dims))
            width = stage.block.branch.out_channels(stage.width)
        sizes = [_sizes(architecture, side)[-1] for side in space]
        features = width * (math.prod(sizes) if architecture.head.reduce == "flatten" else 1)
        self.head = _head(architecture.head, features, classes, dims)

    def features(self, x: Float[Tensor, "batch channels *space"]) -> list[Tensor]:
        """The maps that the stem and then each stage give."""
        maps = [self.stem(x)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch classes"]:
        logits: Tensor = self.head(self.features(x)[-1])
        return logits


def build(architecture: Architecture | OwnNetwork, input_shape: Sequence[int], classes: int, seed: int) -> nn.Module:
    """The network of an architecture for inputs (channels, *space), its parameters drawn from the seed.

    Raises UserError where the input is too small or has not the architecture's number of dimensions.
    """
    if isinstance(architecture, OwnNetwork):
        return architecture.build(input_shape, classes, seed)
    _, *space = input_shape
    if len(space) != architecture.dims:
        raise UserError(f"This network has {architecture.dims} dimensions in space, the data {len(space)}.")
    least = least_size(architecture)
    if min(space) < least:
        raise UserError(
            f"Images of {'x'.join(map(str, space))} px are too small for this network: it halves them until nothing is "
            f"left and needs at least {least} px a side (take --size {least}, or another stem or network)."
        )
    network = Network(architecture, input_shape, classes)
    initialise(network, seed)
    return network


@torch.no_grad()
def initialise(network: nn.Module, seed: int) -> None:
    """Draw each parameter from a generator of its own, keyed by (seed, its name), whatever else there is.

    Weights of convolutions are normal with variance 2 / fan-in (He et al. 2015, arXiv 1502.01852, equation 10), the
    dense layer's with 1 / fan-in, since no ReLU follows it; normalisations begin as the identity, biases at zero.
    """
    for name, parameter in network.named_parameters():
        if name.endswith("bias"):
            parameter.zero_()
        elif parameter.ndim == 1:
            parameter.fill_(1)
        else:
            fan_in = parameter[0].numel()
            deviation = math.sqrt((2 if parameter.ndim > 2 else 1) / fan_in)
            generator = torch.Generator().manual_seed(key(seed, "parameter", name))
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)


def least_size(architecture: Architecture) -> int:
    """The least side in pixels with which no stride and no pool meets a map of a single pixel."""
    if architecture.stem.enlarge_to:
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
    return [
        architecture.stem.stride > 1,
        architecture.stem.max_pool,
        *(stage.downsample != "none" for stage in architecture.stages),
        architecture.head.downsample != "none",
    ]


def _sizes(architecture: Architecture, side: int) -> list[int]:
    """The side after the stem, its pool, each stage and the head's pool, in pixels."""
    stem, head = architecture.stem, architecture.head
    side = -(-max(side, stem.enlarge_to) // stem.stride)
    sizes = [side]
    sizes.append(-(-sizes[-1] // 2) if stem.max_pool else sizes[-1])
    for downsample in [*(stage.downsample for stage in architecture.stages), head.downsample]:
        halved = {"none": sizes[-1], "stride": -(-sizes[-1] // 2)}
        sizes.append(halved.get(downsample, sizes[-1] // 2))
    return sizes


def _stem(stem: Stem, channels: int, dims: int) -> nn.Sequential:
    normalised = normalisation(stem.normalisation, dims, stem.width)
    layers = [
        *([Enlarge(stem.enlarge_to)] if stem.enlarge_to else []),
        convolution(dims, channels, stem.width, stem.kernel, stride=stem.stride, bias=not normalised),
        *normalised,
        nn.ReLU(),
        *([pool("max", dims, 3, stride=2, padding=1)] if stem.max_pool else []),
    ]
    return nn.Sequential(*layers)


def _stage(stage: Stage, in_channels: int, dims: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    if stage.downsample in ("max", "average"):
        layers.append(pool("max" if stage.downsample == "max" else "average", dims))
    for number in range(stage.blocks):
        stride = 2 if stage.downsample == "stride" and number == 0 else 1
        layers.append(stage.block.build(in_channels, stage.width, stride, dims))
        in_channels = stage.block.branch.out_channels(stage.width)
    return nn.Sequential(*layers)


def _head(head: Head, features: int, classes: int, dims: int) -> nn.Sequential:
    return nn.Sequential(
        *([pool("max" if head.downsample == "max" else "average", dims)] if head.downsample != "none" else []),
        GlobalAverage() if head.reduce == "average" else nn.Flatten(),
        *([KeyedDropout(head.dropout)] if head.dropout else []),
        nn.Linear(features, classes),
    )
