"""The maps of a network on which objects are sought, brought to one width and continued to coarser ones."""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.architecture import Architecture
from skipwise.networks.blocks import ORDERS

Maps = dict[str, Tensor]
"""The levels of a pyramid by name, from fine to coarse, each (batch, width, height, width in pixels)."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """The map number `index` of `Network.features`: its channels, and the pixels of the image from one number to the
    next.
    """

    index: int
    channels: int
    stride: int


def levels(architecture: Architecture) -> list[Level]:
    """The last map of each stride that the network has, from fine to coarse."""
    last: dict[int, Level] = {}
    stride = 1
    if architecture.stem is not None:
        stride = architecture.stem.stride * (2 if architecture.stem.max_pool else 1)
        last[stride] = Level(index=0, channels=architecture.stem.width, stride=stride)
    for index, stage in enumerate(architecture.stages, start=1):
        stride *= 1 if stage.downsample == "none" else 2
        channels = stage.block.branch.out_channels(stage.width)
        last[stride] = Level(index=index, channels=channels, stride=stride)
    return list(last.values())


class MapPyramid(nn.Module):
    """torchvision's feature pyramid (Lin et al. 2017, arXiv 1612.03144) over the coarsest maps of a network.

    A one-stage detector's stands on the last three strides, and two convolutions of stride 2 continue it (P6 and P7
    of Lin et al. 2017, arXiv 1708.02002). Faster R-CNN's stands on the last four, and every second pixel of the
    coarsest is one level more. A network with fewer strides gives those it has. `strides` are those of all levels;
    the first `pooled` of them are the network's own. Maps pass what a further block of their stage would begin with,
    as in front of a classifier's head: in pre-activation networks a normalisation and an activation.
    """

    def __init__(self, architecture: Architecture, detector: Literal["fcos", "retinanet", "faster-rcnn"]) -> None:
        from torchvision.ops import feature_pyramid_network as fpn

        super().__init__()
        width = architecture.pyramid.width
        one_stage = detector != "faster-rcnn"
        self.levels = levels(architecture)[-3 if one_stage else -4 :]
        self.pooled = len(self.levels)
        own = [level.stride for level in self.levels]
        self.strides = [*own, own[-1] * 2, own[-1] * 4] if one_stage else [*own, own[-1] * 2]
        blocks = [architecture.stages[max(level.index - 1, 0)].block for level in self.levels]
        self.before = nn.ModuleList(
            block.steps(ORDERS[block.order].before, level.channels, architecture.dims)
            for block, level in zip(blocks, self.levels, strict=True)
        )
        more = fpn.LastLevelP6P7(width, width) if one_stage else fpn.LastLevelMaxPool()
        self.network = fpn.FeaturePyramidNetwork([level.channels for level in self.levels], width, more)

    def forward(self, features: list[Float[Tensor, "batch _ _ _"]]) -> Maps:
        begun = [before(features[level.index]) for before, level in zip(self.before, self.levels, strict=True)]
        maps: Maps = self.network({str(number): map_ for number, map_ in enumerate(begun)})
        return maps
