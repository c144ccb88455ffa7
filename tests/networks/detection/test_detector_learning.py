"""Each detector finds the boxes that it was shown."""

from dataclasses import replace

import pytest
import torch
from torchvision.ops import box_iou

from skipwise.networks import PRESETS, key_masks
from skipwise.networks.architecture import Pyramid
from skipwise.networks.detection.detector import build_detector

SIDE = 64
TARGETS = [
    {"boxes": torch.tensor([[4.0, 4, 28, 28], [34, 30, 60, 50]]), "labels": torch.tensor([0, 1])},
    {"boxes": torch.tensor([[30.0, 8, 54, 34], [6, 36, 30, 60]]), "labels": torch.tensor([1, 2])},
]


def shown():
    """Noise, with each object as a bright square whose colour is its class."""
    x = 0.1 * torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    for image, target in zip(x, TARGETS, strict=True):
        for (left, top, right, bottom), label in zip(target["boxes"].int().tolist(), target["labels"], strict=True):
            image[label, top:bottom, left:right] += 1.5
    return x


@pytest.mark.parametrize("detector", ["fcos", "retinanet", "faster-rcnn"])
def test_the_loss_falls_and_the_boxes_are_found(detector):
    pyramid = Pyramid(detector=detector, width=32 if detector == "faster-rcnn" else 64, convolutions=1)
    network = build_detector(replace(PRESETS["resnet-slim10"], pyramid=pyramid), (3, SIDE, SIDE), 3, seed=0)
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    x = shown()
    losses = []
    for step in range(120):
        key_masks(network, 0, step)
        optimizer.zero_grad()
        loss = network.losses(x, TARGETS)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[5] < losses[0]
    assert losses[-1] < 0.3 * losses[0]

    found, judged = network.eval_step(x, TARGETS)
    assert judged < 0.6 * losses[0]
    for of_image, target in zip(found, TARGETS, strict=True):
        assert (of_image["scores"] > 0.5).sum() == 2
        overlaps = box_iou(target["boxes"], of_image["boxes"][:2])
        assert overlaps.max(1).values.min() > 0.6
        assert torch.equal(of_image["labels"][overlaps.argmax(1)], target["labels"])
