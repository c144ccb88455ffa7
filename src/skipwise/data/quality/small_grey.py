"""Images as small grey ones: what is compared and measured where details do not matter."""

import numpy as np
from jaxtyping import Float, UInt8

SIDE = 16
"""Of a small image in px, or the shorter side of the images where that is less."""
LUMA = (0.299, 0.587, 0.114)
"""Of red, green and blue in grey, ITU-R BT.601."""
AT_ONCE = 500


def small_grey(
    images: UInt8[np.ndarray, "images height width channels"], side: int = SIDE
) -> Float[np.ndarray, "images rows columns"]:
    """Grey levels from 0 to 255, each the mean of the area that it stands for."""
    _, height, width, _ = images.shape
    rows, columns = _areas(height, min(side, height)), _areas(width, min(side, width))
    parts = [
        rows @ grey(images[start : start + AT_ONCE]) @ columns.T for start in range(0, len(images), AT_ONCE)
    ]  # a few at a time: the images may lie on disk
    return np.concatenate(parts)


def grey(images: UInt8[np.ndarray, "some height width channels"]) -> Float[np.ndarray, "some height width"]:
    """Grey levels from 0 to 255."""
    if images.shape[-1] == 1:
        return images[..., 0].astype(np.float32)
    levels = np.zeros(images.shape[:3], np.float32)
    for channel, share in enumerate(LUMA):
        levels += np.float32(share) * images[..., channel]
    return levels


def _areas(length: int, parts: int) -> Float[np.ndarray, "parts length"]:
    """The share of each pixel in each of equally long parts of a line."""
    edges = np.linspace(0, length, parts + 1)
    begins, ends = edges[:-1, None], edges[1:, None]
    pixels = np.arange(length)
    shares = np.clip(np.minimum(ends, pixels + 1) - np.maximum(begins, pixels), 0, None)
    means: np.ndarray = (shares / shares.sum(1, keepdims=True)).astype(np.float32)
    return means
