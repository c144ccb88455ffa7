"""Maps of attribution laid over their images."""

import math

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw

RAMP = np.array([(0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164)], np.float32)
"""From little to much: dark to light, so that it is read without colours too."""
STRONGEST = 0.85
"""How much of the picture is colour where a map is at its highest; the rest is the image in grey."""
LEAST_SIDE = 256
"""Smaller images are shown enlarged by a whole number, in px."""
BOX_COLOUR = "#56b4e9"

Pixels = UInt8[np.ndarray, "height width 3"]


def overlay(
    pixels: Pixels,
    values: Float[np.ndarray, "height width"],
    box: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    """The image in grey, and in colour what is above zero in the map, in shares of its highest value; perhaps with a
    box.
    """
    highest = max(float(values.max()), np.finfo(np.float32).tiny)
    share = np.clip(values / highest, 0, 1).astype(np.float32)
    grey = np.asarray(Image.fromarray(pixels).convert("L"), np.float32)[..., None]
    weight = STRONGEST * (share**0.75)[..., None]
    mixed = (1 - weight) * grey + weight * _coloured(share)
    drawn = enlarged(np.nan_to_num(mixed).round().astype(np.uint8))
    if box is not None:
        factor = drawn.width / pixels.shape[1]
        ImageDraw.Draw(drawn).rectangle(
            tuple(edge * factor for edge in box), outline=BOX_COLOUR, width=max(2, drawn.width // 200)
        )
    return drawn


def enlarged(pixels: Pixels) -> Image.Image:
    """The image, enlarged without smoothing where it is small."""
    height, width = pixels.shape[:2]
    factor = max(1, math.ceil(LEAST_SIDE / max(height, width)))
    return Image.fromarray(pixels).resize((factor * width, factor * height), Image.Resampling.NEAREST)


def _coloured(share: Float[np.ndarray, "height width"]) -> Float[np.ndarray, "height width 3"]:
    places = np.linspace(0, 1, len(RAMP))
    return np.stack([np.interp(share, places, RAMP[:, channel]) for channel in range(3)], axis=-1)
