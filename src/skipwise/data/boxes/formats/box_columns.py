"""Columns of a table of boxes: which of them holds the image, the corners and the class."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from skipwise.data.boxes.formats.files import beginning
from skipwise.data.boxes.formats.written import number

IMAGE = (
    "filename",
    "image",
    "image_path",
    "imagepath",
    "path",
    "file",
    "file_name",
    "img",
    "image_name",
    "imageid",
    "image_id",
    "img_path",
)
CLASS = (
    "class",
    "label",
    "class_name",
    "classname",
    "category",
    "label_name",
    "labelname",
    "name",
    "tag",
    "category_name",
)
CORNERS = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
    ("bbox_xmin", "bbox_ymin", "bbox_xmax", "bbox_ymax"),
)
FROM_SIZE = (
    ("x", "y", "w", "h"),
    ("x", "y", "width", "height"),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
    ("bbox_left", "bbox_top", "bbox_width", "bbox_height"),
)
IN_ONE = ("bbox", "bbox_xywh", "bbox_xyxy", "bounding_box", "boundingbox")
"""Columns that hold all four numbers of a box."""
SPLIT = ("split", "set", "subset", "part", "group")
HEADLESS = 6
"""Columns of a table without header: image, four corners, class, as RetinaNet's have them."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where a table holds what: positions of columns, of which `box` is one or four. `label` is None for one class.

    `from_size`: width and height stand for the far corner; None where the rows must tell. `size`: of width and height
    of the image, where it has both. `group`: whether the box is round many. `unused`: names of columns
    that mean nothing here.
    """

    delimiter: str
    image: int
    label: int | None
    box: tuple[int, ...]
    from_size: bool | None = False
    size: tuple[int, int] | None = None
    split: int | None = None
    group: int | None = None
    header: bool = True
    unused: tuple[str, ...] = ()


def columns_of(file: Path, label_column: str | None = None) -> Columns | None:
    """The columns of a table of boxes, a user having named that of the classes or not; None where it is none."""
    try:
        lines = beginning(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        lines = beginning(file)[: error.start].decode("utf-8-sig", "ignore").splitlines()
    first = next((line for line in lines if line.strip()), "")
    for delimiter in (",", ";", "\t"):
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        if found := _named(cells, delimiter, label_column) or _headless(cells, delimiter):
            return found
    return None


def _named(cells: Sequence[str], delimiter: str, label_column: str | None) -> Columns | None:
    names = list(map(_plain, cells))

    def place(*known: str) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    image, label = place(*IMAGE), place(*CLASS) if label_column is None else place(_plain(label_column))
    box = next((some for some in (*CORNERS, *FROM_SIZE) if set(some) <= set(names)), None)
    in_one = next((name for name in IN_ONE if name in names), None)
    if image is None or (box is None and in_one is None) or image == label:
        return None
    places = tuple(names.index(name) for name in box or (in_one or "",))
    width, height = place("width", "image_width", "img_width"), place("height", "image_height", "img_height")
    return Columns(
        delimiter=delimiter,
        image=image,
        label=label,
        box=places,
        from_size=box in FROM_SIZE if box else {"bbox_xywh": True, "bbox_xyxy": False}.get(in_one or ""),
        size=None if width is None or height is None or {width, height} & {*places} else (width, height),
        split=place(*SPLIT),
        group=place("isgroupof", "iscrowd"),
        unused=tuple(
            name
            for position, name in enumerate(names)
            if name and position not in (image, *places, width, height) and name not in SPLIT
        ),
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _headless(cells: Sequence[str], delimiter: str) -> Columns | None:
    """Columns by position, where the first row is one of image, corners and class."""
    if len(cells) != HEADLESS or not PurePosixPath(cells[0].replace("\\", "/")).suffix or number(cells[5]) is not None:
        return None
    empty = not any(cell.strip() for cell in cells[1:])
    if not empty and any(number(cell) is None for cell in cells[1:5]):
        return None
    return Columns(delimiter=delimiter, image=0, label=5, box=(1, 2, 3, 4), header=False)
