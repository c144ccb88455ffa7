"""Augmentation of images with boxes: what moves the pixels moves the boxes."""

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

LEAST_LEFT = 1 / 3
"""A box of whose area less than this is left in the image is dropped: what it shows can hardly be told."""


def augment_scene(
    image: UInt8[Tensor, "channels height width"],
    boxes: Float[Tensor, "objects 4"],
    *,
    crop: int,
    top: int,
    left: int,
    mirror: bool,
    fill: list[float],
) -> tuple[UInt8[Tensor, "channels height width"], Float[Tensor, "left 4"], Int[Tensor, "left"]]:
    """An image padded by `crop` pixels of the colour `fill`, cut at `top` and `left` to its old size, and mirrored or
    not.

    Returns the boxes that are left in it, cut at the edges, and which of the old ones they are.
    """
    from torchvision import tv_tensors
    from torchvision.transforms.v2 import functional

    _, height, width = image.shape
    kept = torch.arange(len(boxes))
    if crop:
        area = _area(boxes)
        framed = tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=(height, width))
        image = functional.pad(image, [crop] * 4, fill=fill)
        image = functional.crop(image, top, left, height, width)
        moved = functional.crop(functional.pad(framed, [crop] * 4), top, left, height, width)
        boxes = functional.clamp_bounding_boxes(moved).as_subclass(Tensor)
        kept = torch.nonzero(_area(boxes) >= LEAST_LEFT * area)[:, 0]
        boxes = boxes[kept]
    if mirror:
        framed = tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=(height, width))
        image = functional.horizontal_flip(image)
        boxes = functional.horizontal_flip(framed).as_subclass(Tensor)
    return image, boxes, kept


def _area(boxes: Float[Tensor, "objects 4"]) -> Float[Tensor, "objects"]:
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)
