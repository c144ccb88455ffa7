"""Targets and detections, the values that all detectors share, and full precision for boxes."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

Target = dict[str, Tensor]
"""The objects of one image, perhaps none.

"boxes" (objects, 4) in fp32: left, top, right, bottom in pixels, wider and higher than 0; "labels" (objects,) in int64,
from 0.
"""

Detection = dict[str, Tensor]
"""The objects found in one image, best first: "boxes" and "labels" as a target has them, and "scores" from 0 to 1."""

SCORE_THRESHOLD = 0.05
"""Detections below this score are not told, as in torchvision's RetinaNet and Faster R-CNN."""

DETECTIONS_PER_IMAGE = 100
"""As COCO's evaluation counts them."""


def full_precision(device: torch.device) -> torch.autocast:
    """Turn autocast off where boxes are computed: bf16 knows no pixel beyond 256 for certain."""
    return torch.autocast(device.type, enabled=False)


def image_list(images: Float[Tensor, "batch channels height width"]) -> Any:
    """Images of one size as torchvision's detectors want them."""
    from torchvision.models.detection.image_list import ImageList

    height, width = images.shape[-2:]
    return ImageList(images, [(height, width)] * len(images))
