"""How sure a detector is of boxes that it has found, as a function of the image."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

SAME = 0.5
"""Intersection over union from which on a box is taken for the same one."""


class BoxScores(nn.Module):
    """For each of these boxes, the best score among boxes of its class that lie where it does; 0 where there is none.

    `boxes` are in pixels of the input. Gradients run through the scores, not through where boxes lie.
    """

    def __init__(self, detector: nn.Module, boxes: Float[Tensor, "boxes 4"], labels: Tensor) -> None:
        super().__init__()
        self.detector = detector
        self.boxes = boxes
        self.labels = labels

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch boxes"]:
        found = self.detector.find(images).detections()  # type: ignore[operator]
        best = torch.stack([self._best(**of_image) for of_image in found])
        return best + 0 * images.sum((1, 2, 3))[:, None]  # where nothing is found, the gradient is zero and not missing

    def _best(self, boxes: Tensor, scores: Tensor, labels: Tensor) -> Float[Tensor, "boxes"]:
        from torchvision.ops import box_iou

        same = (box_iou(self.boxes, boxes.detach()) >= SAME) & (self.labels[:, None] == labels)
        nothing = scores.new_zeros(len(self.boxes), 1)
        candidates = torch.where(same, scores, nothing) if len(scores) else nothing
        return torch.cat([candidates, nothing], 1).amax(1)
