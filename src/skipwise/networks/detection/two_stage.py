"""Faster R-CNN: torchvision's proposals, pooled regions and losses on maps of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

from skipwise.networks.detection.one_stage import no_backbone
from skipwise.networks.detection.pyramid import Maps
from skipwise.networks.detection.targets import (
    DETECTIONS_PER_IMAGE,
    SCORE_THRESHOLD,
    Detection,
    Target,
    full_precision,
    image_list,
)

REGION = 7
"""The side of a pooled region, in numbers."""

FULL_WIDTH = 256
"""The channels of torchvision's pyramid; narrower ones are for small images, and get fewer regions too."""


class TwoStage(nn.Module):
    """Faster R-CNN (Ren et al. 2015, arXiv 1506.01497) above a pyramid (Lin et al. 2017, arXiv 1612.03144).

    Three anchors a location, of eight times the stride. Regions are pooled from the first `pooled` levels. A pyramid of
    256 channels makes torchvision's own network; a narrower one has dense layers, proposals (1000 an image, twice as
    many in training) and regions to learn from (512 an image) in proportion, since small images have few objects.
    """

    def __init__(self, *, strides: Sequence[int], pooled: int, width: int, classes: int) -> None:
        from torchvision.models.detection import faster_rcnn
        from torchvision.models.detection.anchor_utils import AnchorGenerator
        from torchvision.ops import MultiScaleRoIAlign

        super().__init__()
        share = min(1.0, width / FULL_WIDTH)
        tested, trained, learnt_from = round(1000 * share), round(2000 * share), round(512 * share)
        model = faster_rcnn.FasterRCNN(
            no_backbone(width),
            rpn_anchor_generator=AnchorGenerator(
                tuple((8 * stride,) for stride in strides), ((0.5, 1.0, 2.0),) * len(strides)
            ),
            box_roi_pool=MultiScaleRoIAlign([str(level) for level in range(pooled)], REGION, sampling_ratio=2),
            box_head=faster_rcnn.TwoMLPHead(width * REGION**2, 4 * width),
            box_predictor=faster_rcnn.FastRCNNPredictor(4 * width, 1 + classes),
            rpn_pre_nms_top_n_test=tested,
            rpn_post_nms_top_n_test=tested,
            rpn_pre_nms_top_n_train=trained,
            rpn_post_nms_top_n_train=trained,
            box_batch_size_per_image=learnt_from,
            box_score_thresh=SCORE_THRESHOLD,
            box_detections_per_img=DETECTIONS_PER_IMAGE,
        )
        self.rpn, self.roi_heads = model.rpn, model.roi_heads

    def forward(self, maps: Maps) -> list[Tensor]:
        """The maps, and for every level whether there is an object and where: what comes before the regions."""
        objectness, corrections = self.rpn.head(list(maps.values()))
        return [*maps.values(), *objectness, *corrections]

    def find(self, images: Float[Tensor, "batch channels height width"], maps: Maps) -> "TwoStageFindings":
        from torchvision.models.detection.rpn import concat_box_prediction_layers

        answers = self.rpn.head(list(maps.values()))
        with full_precision(images.device):
            maps = {name: level.float() for name, level in maps.items()}
            per_level = [level[0].numel() for level in answers[0]]
            objectness, corrections = concat_box_prediction_layers(
                *([level.float() for level in part] for part in answers)
            )
            shapes = image_list(images)
            anchors = self.rpn.anchor_generator(shapes, list(maps.values()))
            boxes = self.rpn.box_coder.decode(corrections.detach(), anchors).view(len(images), -1, 4)
            proposals, _ = self.rpn.filter_proposals(boxes, objectness, shapes.image_sizes, per_level)
        return TwoStageFindings(
            head=self,
            maps=maps,
            objectness=objectness,
            corrections=corrections,
            anchors=anchors,
            proposals=proposals,
            sizes=shapes.image_sizes,
        )

    def regions(
        self, maps: Maps, boxes: list[Tensor], sizes: list[tuple[int, int]]
    ) -> tuple[Float[Tensor, "regions scores"], Float[Tensor, "regions numbers"]]:
        """The class scores, background first, and the box regressions of regions of the maps."""
        with full_precision(boxes[0].device):
            pooled = self.roi_heads.box_roi_pool(maps, boxes, sizes)
        scores, regressions = self.roi_heads.box_predictor(self.roi_heads.box_head(pooled))
        return scores.float(), regressions.float()


@dataclass(frozen=True, kw_only=True)
class TwoStageFindings:
    """Answers for every anchor, and the proposals that they make.

    The loss draws anchors and proposals to learn from, out of torch's generator. Classes inside count from 1,
    background being 0.
    """

    head: TwoStage
    maps: Maps
    objectness: Tensor
    corrections: Tensor
    anchors: list[Tensor]
    proposals: list[Tensor]
    sizes: list[tuple[int, int]]

    def loss(self, targets: Sequence[Target]) -> Float[Tensor, ""]:
        """The sum of the detector's losses."""
        from torchvision.models.detection.roi_heads import fastrcnn_loss

        rpn, roi_heads = self.head.rpn, self.head.roi_heads
        inside = [{"boxes": target["boxes"], "labels": target["labels"] + 1} for target in targets]
        with full_precision(self.objectness.device):
            foreground, matched = rpn.assign_targets_to_anchors(self.anchors, inside)
            wanted = rpn.box_coder.encode(matched, self.anchors)
            first = rpn.compute_loss(self.objectness, self.corrections, foreground, wanted)
            sampled, _, labels, wanted = roi_heads.select_training_samples(list(self.proposals), inside)
        scores, regressions = self.head.regions(self.maps, sampled, self.sizes)
        with full_precision(self.objectness.device):
            total: Tensor = sum((*first, *fastrcnn_loss(scores, regressions, labels, wanted)))
        return total

    def detections(self) -> list[Detection]:
        """Return the objects of each image after non-maximum suppression."""
        scores, regressions = self.head.regions(self.maps, self.proposals, self.sizes)
        with full_precision(self.objectness.device):
            found = self.head.roi_heads.postprocess_detections(scores, regressions, self.proposals, self.sizes)
        return [
            {"boxes": boxes, "scores": sure, "labels": labels - 1} for boxes, sure, labels in zip(*found, strict=True)
        ]
