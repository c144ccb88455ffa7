"""One image file, whatever its format, as pixels of one size."""

import io
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageOps

from skipwise.errors import UserError

RESIZE_RULE = (
    "turned upright by EXIF, the shorter side resized (bicubic, antialiased) and the centre cut; transparent parts on "
    "white, 16 bits scaled to 8, the first frame of an animation"
)
RULE_VERSION = 2

Framing = Literal["cut", "pad"]
"""The rule for an image of another shape: cut what is too much, or fill what is missing with grey."""
PAD_RULE = (
    "turned upright by EXIF, resized to fit (bicubic, antialiased) and filled with grey on the right or below; transparent "
    "parts on white, 16 bits scaled to 8, the first frame of an animation"
)
PAD_LEVEL = 128

Pixels = UInt8[np.ndarray, "height width 3"]


warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # refused here, by name, instead


RUN_BY_OTHERS = {"EPS"}
"""Formats that Pillow hands to another program: never opened, whatever a file is called."""

TURNED = range(5, 9)
"""EXIF orientations that exchange height and width."""


class Unreadable(Exception):  # noqa: N818
    """Why an image cannot be read."""


def open_image(content: bytes) -> Image.Image:
    """The image in a file's bytes, its header read and its pixels not yet. Raises Unreadable.

    Images of more pixels than Pillow holds safe are refused, since a small file may claim to fill the memory.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=_formats())
    except Image.DecompressionBombError as error:
        raise Unreadable(_too_large(None)) from error
    except Exception as error:
        raise Unreadable("empty file" if not content else "no image that Pillow knows") from error
    if Image.MAX_IMAGE_PIXELS and image.width * image.height > Image.MAX_IMAGE_PIXELS:
        raise Unreadable(_too_large(image))
    return image


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Height and width as EXIF says the image is to be seen, from its header alone."""
    try:
        orientation = Image.Image.getexif(image).get(0x0112, 1)  # PNG's own getexif would read the pixels
    except Exception:
        orientation = 1
    return (image.width, image.height) if orientation in TURNED else (image.height, image.width)


def decode(content: bytes, height: int, width: int, framing: Framing = "cut") -> Pixels:
    """The pixels of an image file's bytes as RGB of this size, by RESIZE_RULE or PAD_RULE. Raises Unreadable."""
    image = open_image(content)
    try:
        if image.format == "JPEG":
            image.draft(None, (2 * max(height, width),) * 2)
        upright = ImageOps.exif_transpose(image)
        return np.asarray(fit(to_rgb(upright), height, width, framing))
    except Exception as error:
        raise Unreadable(f"damaged: {error}" if str(error) else f"damaged: {type(error).__name__}") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode of Pillow as 8-bit RGB; what is transparent shows white."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        sixteen_bits = image.mode.startswith("I;16")
        return Image.fromarray(_eight_bits(np.asarray(image), sixteen_bits)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def fit(image: Image.Image, height: int, width: int, framing: Framing = "cut") -> Image.Image:
    """Resize so that the image just covers height x width and cut the centre, or so that it fits and pad."""
    if image.size == (width, height):
        return image
    if framing == "pad":
        inner_height, inner_width = fitted((image.height, image.width), (height, width))
        padded = Image.new(image.mode, (width, height), (PAD_LEVEL,) * 3)
        padded.paste(image.resize((inner_width, inner_height), Image.Resampling.BICUBIC))
        return padded
    return ImageOps.fit(image, (width, height), Image.Resampling.BICUBIC)


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the largest image of this shape that a frame holds, each at least 1 pixel."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def covered(sizes: Sequence[tuple[int, int]], frame: tuple[int, int]) -> Float[np.ndarray, "images 2"]:
    """The shares of a frame's rows and columns that fitted images of these heights and widths cover."""
    return np.array([fitted(size, frame) for size in sizes], np.float64).reshape(-1, 2) / frame


def unfitted(
    values: Float[np.ndarray, "rows columns"], size: tuple[int, int], framing: Framing = "cut"
) -> Float[np.ndarray, "height width"]:
    """Values at the pixels of a fitted image as they lie on the image itself, of this height and width; 0 where it was
    cut.
    """
    frame, (height, width) = values.shape, size
    if framing == "pad":
        inner_height, inner_width = fitted(size, (frame[0], frame[1]))
        return resized(values[:inner_height, :inner_width], size)
    scale = min(height / frame[0], width / frame[1])
    seen = max(1, round(frame[0] * scale)), max(1, round(frame[1] * scale))
    top, left = (height - seen[0]) // 2, (width - seen[1]) // 2
    whole = np.zeros(size, np.float32)
    whole[top : top + seen[0], left : left + seen[1]] = resized(values, seen)
    return whole


def resized(values: Float[np.ndarray, "rows columns"], size: tuple[int, int]) -> Float[np.ndarray, "height width"]:
    """Values spread evenly over this height and width, in between the mean of their neighbours."""
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR))


def image_for_prediction(path: Path) -> Pixels:
    """A new image of its own size as it is to be seen. Raises UserError naming the file."""
    height, width = size_for_prediction(path)
    return decode_for_prediction(path, height=height, width=width, channels=3)


def decode_for_prediction(
    path: Path, *, height: int, width: int, channels: int, framing: Framing = "cut"
) -> np.ndarray:
    """A new image as the study's own were: uint8 (height, width, channels). Raises UserError naming the file."""
    try:
        pixels = decode(path.read_bytes(), height, width, framing)
    except (OSError, ValueError, Unreadable) as error:
        raise _no_image(path, error) from error
    return to_channels(pixels, channels)


def size_for_prediction(path: Path) -> tuple[int, int]:
    """Height and width of a new image as it is to be seen. Raises UserError naming the file."""
    try:
        return upright_size(open_image(path.read_bytes()))
    except (OSError, ValueError, Unreadable) as error:
        raise _no_image(path, error) from error


def _no_image(path: Path, error: Exception) -> UserError:
    reason = str(getattr(error, "strerror", None) or error)
    return UserError(f"{path} cannot be read as an image ({reason[:1].lower()}{reason[1:]}): name an image file.")


def to_channels(pixels: Pixels, channels: int) -> np.ndarray:
    """RGB as it is, or one grey channel (for grey pixels the same number)."""
    if channels == 3:
        return pixels
    return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]


@cache
def _formats() -> list[str]:
    Image.init()
    return [name for name in Image.OPEN if name not in RUN_BY_OTHERS]


def _eight_bits(values: np.ndarray, sixteen_bits: bool) -> UInt8[np.ndarray, "height width"]:
    """Where the mode does not tell, numbers above 255 are taken for 16 bits, fractions up to 1 for shares of white."""
    values = np.nan_to_num(values.astype(np.float64))
    highest = values.max(initial=0.0)
    if sixteen_bits:
        scale = 1 / 257
    else:
        scale = 255.0 if 0 < highest <= 1 and (values % 1).any() else 1.0 if highest <= 255 else 1 / 257
    return np.clip(np.round(values * scale), 0, 255).astype(np.uint8)


def _too_large(image: Image.Image | None) -> str:
    size = f"{image.width}x{image.height} px, " if image else ""
    return f"{size}more than {Image.MAX_IMAGE_PIXELS} pixels: refused as a decompression bomb"


def looks_like_image(head: bytes) -> bool:
    """Return whether a file that begins with these bytes is an image that Pillow knows."""
    if len(head) < 16:
        return False
    accepting = (Image.OPEN[name][1] for name in _formats())
    return any(accept is not None and accept(head) is True for accept in accepting)
