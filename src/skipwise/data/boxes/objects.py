"""The objects of an image: boxes as they were written, checked and mended."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from skipwise.data.boxes.annotated import Annotation, Tally

NOTICED = 1.0
"""What is cut off a box is told from so many pixels on: less comes of rounding."""
LEAST_SIDE = 0.01
"""Boxes narrower than this share of a pixel have no area."""


@dataclass(frozen=True, kw_only=True)
class Objects:
    """Corners x, y, x, y in pixels, within the image and with an area, and the class of each."""

    boxes: Float[np.ndarray, "objects 4"]
    labels: Int[np.ndarray, "objects"]

    def scaled(self, scale: Float[np.ndarray, "2"]) -> "Objects":
        """The same where a pixel across and one down become so many."""
        return Objects(boxes=self.boxes * np.tile(scale, 2), labels=self.labels)


def mended(annotation: Annotation, image: str, size: tuple[int, int], tally: Tally) -> Objects:
    """What is within the image of `size` (height, width); `tally` hears of what is left out or mended."""
    height, width = size
    edge = np.array([width, height, width, height], np.float64)
    kept: dict[tuple[float, ...], None] = {}
    for written, label, place in zip(annotation.boxes, annotation.labels.tolist(), annotation.places, strict=True):
        where = f"{image}, {place}"
        box = written * edge if annotation.relative else written
        if (box[2:] < box[:2]).any():
            tally.add("boxes have their corners swapped, and are taken the right way round", where)
            box = np.concatenate([np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])])
        within = box.clip(0, edge)
        if (box[2:] - box[:2] < LEAST_SIDE).any():
            tally.add("boxes without an area are left out", where)
        elif (within[2:] - within[:2] < LEAST_SIDE).any():
            tally.add("boxes outside their image are left out", where)
        elif (entry := (*within.tolist(), label)) in kept:
            tally.add("boxes stand there twice, and are taken once", where)
        else:
            if np.abs(within - box).max() > NOTICED:
                tally.add("boxes reach beyond their image, and are cut at its edge", where)
            kept[entry] = None
    rows = np.array(list(kept), np.float64).reshape(-1, 5)
    return Objects(boxes=rows[:, :4], labels=rows[:, 4].astype(np.int64))
