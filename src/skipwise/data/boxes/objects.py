"""The objects of an image: boxes as they were written, checked and mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from jaxtyping import Float, Int

from skipwise.data.boxes.annotated import Annotation
from skipwise.data.tally import Tally

NOTICED = 1.0
"""Pixels from which on a cut at a box is told: less comes of rounding."""
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


@dataclass(frozen=True, kw_only=True)
class SceneObjects(Sequence[Objects]):
    """The objects of many images, one after the other; those of image i end at `ends[i]`."""

    boxes: Float[np.ndarray, "objects 4"]
    labels: Int[np.ndarray, "objects"]
    ends: Int[np.ndarray, "images"]

    @classmethod
    def of(cls, images: Sequence[Objects]) -> "SceneObjects":
        """Return the objects of these images."""
        return cls(
            boxes=np.concatenate([some.boxes for some in images]),
            labels=np.concatenate([some.labels for some in images]),
            ends=np.cumsum([len(some.labels) for some in images], dtype=np.int64),
        )

    @property
    def counts(self) -> Int[np.ndarray, "images"]:
        """How many objects each image shows."""
        return np.diff(self.ends, prepend=0)

    @property
    def most(self) -> int:
        """The largest number of objects in an image."""
        return int(self.counts.max())

    @property
    def image(self) -> Int[np.ndarray, "objects"]:
        """The index of each object's image."""
        return np.repeat(np.arange(len(self.ends)), self.counts)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> Objects: ...
    @overload
    def __getitem__(self, index: slice) -> list[Objects]: ...
    def __getitem__(self, index: int | slice) -> Objects | list[Objects]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        i = range(len(self))[index]
        own = slice(int(self.ends[i - 1]) if i else 0, int(self.ends[i]))
        return Objects(boxes=np.array(self.boxes[own]), labels=np.array(self.labels[own]))


def mended(annotation: Annotation, image: str, size: tuple[int, int], tally: Tally) -> Objects:
    """Return the boxes within the image of `size` (height, width); `tally` hears of what is left out or mended."""
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
