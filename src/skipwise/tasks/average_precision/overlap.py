"""How far two boxes cover each other."""

import numpy as np
from jaxtyping import Float


def intersection_over_union(
    boxes: Float[np.ndarray, "boxes 4"], others: Float[np.ndarray, "boxes others 4"]
) -> Float[np.ndarray, "boxes others"]:
    """Of each box with its own others (left, top, right, bottom); 0 where nothing is shared, as with an empty box."""
    one, other = boxes[:, None].astype(np.float64), others.astype(np.float64)
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = sides.clip(min=0).prod(-1)
    union = _area(one) + _area(other) - shared
    return np.asarray(np.where(shared > 0, shared / np.where(shared > 0, union, 1), 0))


def _area(boxes: Float[np.ndarray, "*any 4"]) -> Float[np.ndarray, "*any"]:
    return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))
