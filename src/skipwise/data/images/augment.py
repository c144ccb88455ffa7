"""Augmentation of a whole batch at once: padded crop, flip, cutout.

What is drawn for an image is a function of (seed, epoch, its index in the training set), so that every contender
of one seed sees the same pixels, however the batches are cut and wherever training resumes.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Int, UInt8
from torch import Tensor

from skipwise import keyed_rng

Images = UInt8[Tensor, "batch height width channels"]


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """How training images are varied.

    `crop`: pixels of black padding on each side, of which a window of the old size is cut; `flip`: mirror half of
    the images left to right; `cutout`: side in pixels of a square painted in the mean colour (DeVries and Taylor
    2017), 0 for none.
    """

    crop: int = 0
    flip: bool = False
    cutout: int = 0


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Random draws for each image: the crop's corner, whether to mirror, the centre of the hole (in pixels)."""

    top: Int[np.ndarray, "images"]
    left: Int[np.ndarray, "images"]
    mirror: Bool[np.ndarray, "images"]
    hole_y: Int[np.ndarray, "images"]
    hole_x: Int[np.ndarray, "images"]

    def of(self, chosen: Int[np.ndarray, "batch"]) -> "Draws":
        return Draws(
            top=self.top[chosen],
            left=self.left[chosen],
            mirror=self.mirror[chosen],
            hole_y=self.hole_y[chosen],
            hole_x=self.hole_x[chosen],
        )


def draw(augmentation: Augmentation, *, count: int, height: int, width: int, seed: int, epoch: int) -> Draws:
    """The draws of one epoch for `count` images of height x width pixels."""

    def whole_numbers(below: int, purpose: str) -> Int[np.ndarray, "images"]:
        return (keyed_rng.uniform(count, seed, purpose, epoch) * below).astype(np.int64)

    window_places = 2 * augmentation.crop + 1
    return Draws(
        top=whole_numbers(window_places, "top"),
        left=whole_numbers(window_places, "left"),
        mirror=whole_numbers(2, "mirror").astype(bool) & augmentation.flip,
        hole_y=whole_numbers(height, "hole y"),
        hole_x=whole_numbers(width, "hole x"),
    )


def augment(images: Images, augmentation: Augmentation, drawn: Draws, fill: UInt8[Tensor, "channels"]) -> Images:
    """The images as this epoch shows them; `fill` is the colour of a cutout."""
    batch, height, width, _ = images.shape
    device = images.device
    if augmentation.crop or augmentation.flip:
        pad = augmentation.crop
        padded = F.pad(images, (0, 0, pad, pad, pad, pad))
        across = torch.arange(width, device=device).expand(batch, width)
        mirror = torch.from_numpy(drawn.mirror).to(device)[:, None]
        columns = torch.where(mirror, across.flip(1), across) + torch.from_numpy(drawn.left).to(device)[:, None]
        rows = torch.arange(height, device=device) + torch.from_numpy(drawn.top).to(device)[:, None]
        of_image = torch.arange(batch, device=device)[:, None, None]
        images = padded[of_image, rows[:, :, None], columns[:, None, :]]
    if augmentation.cutout:
        rows_hit = _hit(height, drawn.hole_y, augmentation.cutout).to(device)
        columns_hit = _hit(width, drawn.hole_x, augmentation.cutout).to(device)
        hole = (rows_hit[:, :, None] & columns_hit[:, None, :])[..., None]
        images = torch.where(hole, fill, images)
    return images


def _hit(length: int, centre: Int[np.ndarray, "batch"], side: int) -> Bool[Tensor, "batch length"]:
    """Which of `length` pixels the hole covers; it may reach over the edge, as in the paper."""
    distance = np.arange(length) - (centre[:, None] - side // 2)
    return torch.from_numpy((distance >= 0) & (distance < side))
