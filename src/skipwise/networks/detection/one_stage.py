"""RetinaNet and FCOS: torchvision's heads, anchors, losses and non-maximum suppression on maps of ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.detection.pyramid import Maps
from skipwise.networks.detection.targets import (
    DETECTIONS_PER_IMAGE,
    SCORE_THRESHOLD,
    Detection,
    Target,
    full_precision,
    image_list,
)


class OneStage(nn.Module):
    """RetinaNet (Lin et al. 2017, arXiv 1708.02002) or FCOS (Tian et al. 2019, arXiv 1904.01355) above a pyramid.

    `model` is torchvision's whole detector without backbone and transform.
    """

    def __init__(
        self,
        kind: Literal["fcos", "retinanet"],
        *,
        strides: Sequence[int],
        width: int,
        convolutions: int,
        classes: int,
    ) -> None:
        super().__init__()
        make = _retinanet if kind == "retinanet" else _fcos
        self.model = make(strides, width, convolutions, classes)
        self.model.transform = None
        self.anchors_per_location = self.model.anchor_generator.num_anchors_per_location()[0]

    def forward(self, maps: Maps) -> list[Tensor]:
        """Class scores, box regressions and for FCOS centre-nesses, each (batch, anchors, numbers)."""
        return list(self.model.head(list(maps.values())).values())

    def find(self, images: Float[Tensor, "batch channels height width"], maps: Maps) -> "OneStageFindings":
        answers = self.model.head(list(maps.values()))
        with full_precision(images.device):
            anchors = self.model.anchor_generator(image_list(images), [level.float() for level in maps.values()])
        return OneStageFindings(
            model=self.model,
            answers={name: answer.float() for name, answer in answers.items()},
            anchors=anchors,
            per_level=[level[0, 0].numel() * self.anchors_per_location for level in maps.values()],
            images=images,
        )


@dataclass(frozen=True, kw_only=True)
class OneStageFindings:
    """Answers for every anchor of every level; `per_level` anchors each."""

    model: Any
    answers: dict[str, Tensor]
    anchors: list[Tensor]
    per_level: list[int]
    images: Tensor

    def loss(self, targets: Sequence[Target]) -> Float[Tensor, ""]:
        """The sum of the detector's losses."""
        with full_precision(self.images.device):
            levels = [self.per_level] if "bbox_ctrness" in self.answers else []
            losses = self.model.compute_loss(list(targets), self.answers, self.anchors, *levels)
            total: Tensor = sum(losses.values())
        return total

    def detections(self) -> list[Detection]:
        """Return the objects of each image after non-maximum suppression."""
        with full_precision(self.images.device):
            found: list[Detection] = self.model.postprocess_detections(
                {name: list(torch.split(answer, self.per_level, dim=1)) for name, answer in self.answers.items()},
                [list(torch.split(of_image, self.per_level)) for of_image in self.anchors],
                image_list(self.images).image_sizes,
            )
        return found


def _retinanet(strides: Sequence[int], width: int, convolutions: int, classes: int) -> Any:
    """Nine anchors a location: four times the stride, in three steps of an octave and three shapes."""
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead

    sizes = tuple(tuple(int(4 * stride * 2 ** (step / 3)) for step in range(3)) for stride in strides)
    anchors = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * len(sizes))
    head = RetinaNetHead(width, anchors.num_anchors_per_location()[0], classes)
    for part in (head.classification_head, head.regression_head):
        part.conv = _tower(width, convolutions)
    return RetinaNet(
        no_backbone(width),
        classes,
        anchor_generator=anchors,
        head=head,
        score_thresh=SCORE_THRESHOLD,
        detections_per_img=DETECTIONS_PER_IMAGE,
    )


def _tower(width: int, convolutions: int) -> nn.Sequential:
    """As many of RetinaNet's convolutions as wanted, where torchvision's head always has four, drawn as it draws
    them.
    """
    from torchvision.ops.misc import Conv2dNormActivation

    tower = nn.Sequential(*(Conv2dNormActivation(width, width, norm_layer=None) for _ in range(convolutions)))
    for layer in tower.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, std=0.01)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
    return tower


def _fcos(strides: Sequence[int], width: int, convolutions: int, classes: int) -> Any:
    """One location for each number of a map, as large as its stride."""
    from torchvision.models.detection.anchor_utils import AnchorGenerator
    from torchvision.models.detection.fcos import FCOS, FCOSHead

    return FCOS(
        no_backbone(width),
        classes,
        anchor_generator=AnchorGenerator(tuple((stride,) for stride in strides), ((1.0,),) * len(strides)),
        head=FCOSHead(width, 1, classes, convolutions),
        score_thresh=SCORE_THRESHOLD,
        detections_per_img=DETECTIONS_PER_IMAGE,
    )


def no_backbone(width: int) -> nn.Module:
    """Return a module that torchvision's constructors ask for the width, and nobody runs."""
    backbone = nn.Identity()
    backbone.out_channels = width  # type: ignore[assignment]
    return backbone
