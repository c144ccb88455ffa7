"""Images that differ from the others in brightness, contrast, size or shape."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

FENCE = 3.0
"""Quartile ranges beyond a quartile where a value counts as far out (Tukey 1977, "Exploratory Data Analysis")."""
BLANK = 1.0
"""Grey levels of 255 that an image of one colour varies by at most."""


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Mean and standard deviation of the grey levels of each image, from 0 to 255."""

    brightness: Float[np.ndarray, "images"]
    contrast: Float[np.ndarray, "images"]

    @property
    def blank(self) -> Bool[np.ndarray, "images"]:
        """Images of one colour."""
        return self.contrast <= BLANK


def levels(
    small: Float[np.ndarray, "images rows columns"], covered: Float[np.ndarray, "images 2"] | None = None
) -> Levels:
    """Of small grey images: noise of single pixels is no contrast.

    `covered` are the shares of rows and columns that each image covers, from the top left; padding is not looked at.
    """
    if covered is None:
        return Levels(brightness=small.mean((1, 2)), contrast=small.std((1, 2)))
    whole = np.maximum(1, np.floor(covered * small.shape[1:] + 1e-9))
    rows, columns = (np.arange(length) < whole[:, axis, None] for axis, length in enumerate(small.shape[1:]))
    inside = rows[:, :, None] & columns[:, None, :]
    return Levels(brightness=small.mean((1, 2), where=inside), contrast=small.std((1, 2), where=inside))


def far_out(values: Float[np.ndarray, "images"]) -> Bool[np.ndarray, "images"]:
    """Values more than three quartile ranges beyond a quartile; none where half of all are equal."""
    low, high = np.quantile(values, [0.25, 0.75])
    reach = FENCE * (high - low)
    if reach == 0:
        return np.zeros(len(values), bool)
    found: Bool[np.ndarray, images] = (values < low - reach) | (values > high + reach)
    return found
