"""Images that EXIF turns: whether their annotation is of the image as it is seen, or as it is stored."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from PIL import Image

from skipwise.data.boxes.annotated import Annotated, Annotation
from skipwise.data.tally import Tally

ORIENTATION = 0x0112
EXCHANGED = range(5, 9)
"""Orientations whose upright image has the stored one's width as its height."""
OF_STORED = "images are turned by EXIF, and their boxes with them, since they are annotated as stored"
OF_UPRIGHT = "images are turned by EXIF, and annotated as turned"
UNSAID = "images are turned by EXIF, and no size says if their annotation is: it is taken to be of the upright image"

Boxes = Float[np.ndarray, "objects 4"]


def turned_upright(source: Annotated, sizes: Int[np.ndarray, "images 2"]) -> Annotated:
    """Return the source with every annotation of the upright image; the tally hears of each that EXIF turns.

    `sizes` are (height, width) as seen upright. An annotation that claims the stored size has its boxes turned.
    """
    if source.files is None:
        return source
    annotations = [
        _upright(annotation, file, name, (int(height), int(width)), source.tally)
        for annotation, file, name, (height, width) in zip(
            source.annotations, source.files, source.names, sizes.tolist(), strict=True
        )
    ]
    return replace(source, annotations=annotations)


def _upright(annotation: Annotation, file: Path, name: str, size: tuple[int, int], tally: Tally) -> Annotation:
    """The annotation of one image, whose height and width are `size` as it is seen."""
    if not any(size):
        return annotation
    orientation = orientation_of(file)
    if orientation == 1:
        return annotation
    stored = size[::-1] if orientation in EXCHANGED else size
    if annotation.size is None or stored == size:
        tally.add(UNSAID, name)
        return annotation
    if annotation.size == size:
        tally.add(OF_UPRIGHT, name)
        return annotation
    if annotation.size != stored:
        return annotation
    tally.add(OF_STORED, name)
    height, width = (1, 1) if annotation.relative else stored
    return replace(annotation, boxes=turned(annotation.boxes, orientation, height, width), size=size)


def orientation_of(file: Path) -> int:
    """The EXIF orientation of an image file, 1 where there is none or it cannot be read."""
    try:
        with Image.open(file) as image:
            found = Image.Image.getexif(image).get(ORIENTATION, 1)  # PNG's own getexif would read the pixels
    except Exception:
        return 1
    return found if found in range(1, 9) else 1


def turned(boxes: Boxes, orientation: int, height: float, width: float) -> Boxes:
    """Boxes of an image as stored, of this height and width, as they lie on the image turned as EXIF says."""
    exchanged, from_right, from_below = _TURNS[orientation]
    points = boxes.reshape(-1, 2, 2)
    edge = np.array([width, height], np.float64)
    if exchanged:
        points, edge = points[..., ::-1], edge[::-1]
    points = np.where([from_right, from_below], edge - points, points)
    return np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)


_TURNS = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
"""By EXIF's orientation: whether x and y are exchanged, and then counted from the right and from below."""
