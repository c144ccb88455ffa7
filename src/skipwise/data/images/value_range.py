"""Images of more than 8 bits: one range of values for a whole set, which becomes black to white."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from skipwise.data.images.memory import tiles

WIDE_MODES = ("I", "F")
BITS = (8, 10, 12, 14, 16)
"""Of cameras and scanners that write whole numbers from 0."""
USED = 1 / 8
"""The share of a usual range that values reach at least, if they are taken to be of it."""
TAIL = 0.001
"""The share of an image's pixels at either end that does not decide where black and white are."""
SAMPLED = 1_000_000
"""Pixels of one image, evenly spaced, of which these shares are taken."""


ValueRange = tuple[float, float]
"""The values that become black and white."""


@dataclass(frozen=True, kw_only=True)
class Values:
    """The values of an image of more than 8 bits. `low`, `high` leave out the extremes, `least`, `most` do not.

    `guess` is the range that this image alone would have, as every image had it before sets had one.
    """

    least: float
    most: float
    low: float
    high: float
    whole: bool
    guess: ValueRange


def is_wide(mode: str) -> bool:
    """Return whether a mode of Pillow's has more than 8 bits."""
    return mode in WIDE_MODES or mode.startswith("I;16")


def is_cut(image: Image.Image) -> bool:
    """Return whether a colour image has 16 bits a colour in its file, of which Pillow keeps the upper 8."""
    if is_wide(image.mode):
        return False
    forms = [
        part for tile in getattr(image, "tile", ()) for part in (tile[3] if isinstance(tile[3], tuple) else (tile[3],))
    ]
    return any(isinstance(form, str) and ";16" in form for form in forms)


def told_of_cut(images: int) -> str:
    """Say that bits of colours are not read."""
    have = "1 colour image has" if images == 1 else f"{images:,} colour images have"
    return f"{have} 16 bits a colour, of which the upper 8 are read"


def values_of(image: Image.Image) -> Values | None:
    """Look at the finite values of an image, part by part; None where there are none."""
    parts = (np.asarray(image.crop(box)) for box in tiles(*image.size))
    return values_of_array(parts, image.width * image.height, image.mode)


def values_of_array(parts: Iterable[np.ndarray], size: int, mode: str = "") -> Values | None:
    """Look at the finite values in arrays of together so many numbers; None where there are none."""
    least, most, whole = np.inf, -np.inf, True
    step = max(1, size // SAMPLED)
    kept = []
    for part in parts:
        finite = part[np.isfinite(part)]
        if finite.size:
            least, most = min(least, float(finite.min())), max(most, float(finite.max()))
            whole &= part.dtype.kind in "biu" or bool((finite % 1 == 0).all())
        kept.append(finite[::step])
    if not np.isfinite(least):
        return None
    low, high = np.quantile(np.concatenate(kept).astype(np.float64), (TAIL, 1 - TAIL))
    guess = _guess(mode, most, whole)
    return Values(least=least, most=most, low=float(low), high=float(high), whole=whole, guess=guess)


def value_range(found: Sequence[Values]) -> ValueRange:
    """Return the range that the values of all images are scaled from.

    Whole numbers from 0 to 65,535 have the fewest of 8, 10, 12, 14 or 16 bits that hold the largest; fractions up to 1
    are shares of white, and up to 255 levels. Anything else goes from the lowest value to the highest, without the
    outermost 0.1 % of each image.
    """
    least, most = min(one.least for one in found), max(one.most for one in found)
    if all(one.whole for one in found) and least >= 0:
        fewest = next((bits for bits in BITS if most < 2**bits), None)
        if fewest is not None and not (most <= 1):
            return 0.0, 2.0**fewest - 1
    for top in (1.0, 255.0):
        if least >= 0 and USED * top < most <= top:
            return 0.0, top
    low, high = min(one.low for one in found), max(one.high for one in found)
    if low == high:
        low, high = least, most
    return (low, high) if low < high else (low, low + 1)


def told(scaled: ValueRange, images: int) -> str:
    """Say how images of more than 8 bits are scaled."""
    have = "1 image has" if images == 1 else f"{images:,} images have"
    return f"{have} more than 8 bits: values from {said_range(scaled)} are scaled to 0 to 255"


def said_range(scaled: ValueRange) -> str:
    """Say from which value to which: "0 to 4,095"."""
    low, high = (f"{value:,.0f}" if value % 1 == 0 and abs(value) < 1e9 else f"{value:,.4g}" for value in scaled)
    return f"{low} to {high}"


def eight_bits(image: Image.Image, scaled: ValueRange) -> Image.Image:
    """Return a grey image of 8 bits, values below and above the range being black and white."""
    low, high = scaled
    values = np.nan_to_num(np.asarray(image).astype(np.float64), nan=low, posinf=high, neginf=low)
    levels = np.clip(np.round((values - low) * (255 / (high - low))), 0, 255)
    return Image.fromarray(levels.astype(np.uint8))


def own_range(image: Image.Image) -> ValueRange:
    """Return the range of an image of whose set nothing is known."""
    found = values_of(image)
    return _guess(image.mode, 0.0, True) if found is None else found.guess


def _guess(mode: str, most: float, whole: bool) -> ValueRange:
    """Of 16 bits all are taken. Otherwise fractions up to 1 are shares of white, and numbers above 255 of 16 bits."""
    if mode.startswith("I;16"):
        return 0.0, 65535.0
    if 0 < most <= 1 and not whole:
        return 0.0, 1.0
    return (0.0, 255.0) if most <= 255 else (0.0, 65535.0)
