"""How an image of another shape comes to a size: cropped, padded or stretched, and what a crop would lose."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from PIL import Image, ImageOps

from skipwise.data.options import Fit

PAD_LEVEL = 128
MUCH = 0.25
"""The share of an image's area that a crop may lose: photos of 4:3 lose as much."""
MANY = 0.2
"""The share of images that may lose more: beyond it all are padded, unless a user says how they come to their size."""
WORST = 8
"""Images that are shown with what a crop would lose of them."""


@dataclass(frozen=True, kw_only=True)
class CropLoss:
    """The loss by centre crops: how many images would lose over a quarter of the area, and which ones most.

    `worst` are indices among all images, most lost first, with the share of each.
    """

    losing: int
    images: int
    worst: tuple[tuple[int, float], ...]

    @property
    def share(self) -> float:
        """The share of images that lose much."""
        return self.losing / self.images if self.images else 0.0

    @property
    def fit(self) -> Fit:
        """The rule that these shapes suggest."""
        return "pad" if self.share > MANY else "crop"

    def notes(self, fit: Fit, asked: Fit | None) -> list[str]:
        """Tell the rule that was chosen, where something is lost and nobody asked for another one."""
        over = f"over a quarter of the area of {_percent(self.losing, self.images)} of the images"
        if fit == "crop" and self.losing:
            return [f"a centre crop loses {over} (--fit pad keeps them whole)"]
        if fit == "pad" and asked is None:
            return [f"a centre crop would lose {over}: padded (--fit crop|pad|stretch)"]
        return []


@dataclass(frozen=True, kw_only=True)
class CroppedImage:
    """An image file of which a centre crop would lose this share of the area."""

    name: str
    file: Path
    lost: float


def crop_loss(sizes: Int[np.ndarray, "images 2"], frame: tuple[int, int]) -> CropLoss:
    """Return what centre crops to the shape of a frame lose of images of these heights and widths, 0 where unknown."""
    known = np.flatnonzero(sizes.all(1))
    lost = lost_by_crop(sizes[known], frame)
    order = np.argsort(-lost, kind="stable")[:WORST]
    worst = tuple((int(known[i]), float(lost[i])) for i in order if lost[i] > MUCH)
    return CropLoss(losing=int((lost > MUCH).sum()), images=len(known), worst=worst)


def lost_by_crop(sizes: Int[np.ndarray, "images 2"], frame: tuple[int, int]) -> Float[np.ndarray, "images"]:
    """Return the share of each image's area that lies outside of the largest centre crop of the frame's shape."""
    longer = sizes[:, 0] * float(frame[1]) / (sizes[:, 1] * float(frame[0]))
    kept: Float[np.ndarray, images] = np.minimum(longer, 1 / longer)
    return 1 - kept


def fit(image: Image.Image, height: int, width: int, how: Fit = "crop") -> Image.Image:
    """Resize so that the image covers height x width and cut the centre, so that it fits and pad, or exactly."""
    if image.size == (width, height):
        return image
    if how == "pad":
        inner_height, inner_width = fitted((image.height, image.width), (height, width))
        padded = Image.new(image.mode, (width, height), (PAD_LEVEL,) * 3)
        padded.paste(image.resize((inner_width, inner_height), Image.Resampling.BICUBIC))
        return padded
    if how == "stretch":
        return image.resize((width, height), Image.Resampling.BICUBIC)
    return ImageOps.fit(image, (width, height), Image.Resampling.BICUBIC)


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the largest image of this shape that a frame holds, each at least 1 pixel."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def covered(sizes: Int[np.ndarray, "images 2"], frame: tuple[int, int]) -> Float[np.ndarray, "images 2"]:
    """The shares of a frame's rows and columns that padded images of these heights and widths cover."""
    return (
        np.array([fitted((height, width), frame) for height, width in sizes.tolist()], np.float64).reshape(-1, 2)
        / frame
    )


def unfitted(
    values: Float[np.ndarray, "rows columns"], size: tuple[int, int], how: Fit = "crop"
) -> Float[np.ndarray, "height width"]:
    """Values at the pixels of a fitted image as they lie on the image itself, of this height and width; 0 where it was
    cropped.
    """
    frame = values.shape
    if how == "pad":
        inner_height, inner_width = fitted(size, (frame[0], frame[1]))
        return resized(values[:inner_height, :inner_width], size)
    if how == "stretch":
        return resized(values, size)
    top, left, bottom, right = cropped_to(size, (frame[0], frame[1]))
    whole = np.zeros(size, np.float32)
    whole[top:bottom, left:right] = resized(values, (bottom - top, right - left))
    return whole


def cropped_to(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return top, left, bottom and right of the centre crop of an image of this height and width to a frame's shape."""
    height, width = size
    scale = min(height / frame[0], width / frame[1])
    rows, columns = max(1, round(frame[0] * scale)), max(1, round(frame[1] * scale))
    top, left = (height - rows) // 2, (width - columns) // 2
    return top, left, top + rows, left + columns


def resized(values: Float[np.ndarray, "rows columns"], size: tuple[int, int]) -> Float[np.ndarray, "height width"]:
    """Values spread evenly over this height and width, in between the mean of their neighbours."""
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR))


def _percent(some: int, whole: int) -> str:
    share = 100 * some / whole if whole else 0.0
    return f"{share:.0f} %" if share >= 1 or not some else "less than 1 %"
