"""Tables of boxes: a row for each, with the image, the corners and the class."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import beginning, read_lines
from skipwise.data.boxes.formats.written import four, number, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError, clause

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
FROM_SIZE = (("bbox_x", "bbox_y", "bbox_width", "bbox_height"), ("bbox_left", "bbox_top", "bbox_width", "bbox_height"))
SPLIT = ("split", "set", "subset", "part", "group")
HEADLESS = 6
"""Columns of a table without header: image, four corners, class, as RetinaNet's have them."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where a table holds what: positions of columns. `from_size`: width and height stand for the far corner.

    `size`: of width and height of the image, where it has both.
    """

    delimiter: str
    image: int
    label: int
    box: tuple[int, int, int, int]
    from_size: bool = False
    size: tuple[int, int] | None = None
    split: int | None = None
    header: bool = True


def columns_of(file: Path) -> Columns | None:
    """The columns of a table of boxes; None where it is none."""
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
        if found := _named(cells, delimiter) or _headless(cells, delimiter):
            return found
    return None


def _named(cells: Sequence[str], delimiter: str) -> Columns | None:
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]

    def place(*known: str) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    image, label = place(*IMAGE), place(*CLASS)
    box = next((some for some in (*CORNERS, *FROM_SIZE) if set(some) <= set(names)), None)
    if image is None or label is None or box is None or image == label:
        return None
    left, top, right, bottom = (names.index(name) for name in box)
    width, height = place("width", "image_width", "img_width"), place("height", "image_height", "img_height")
    return Columns(
        delimiter=delimiter,
        image=image,
        label=label,
        box=(left, top, right, bottom),
        from_size=box in FROM_SIZE,
        size=None if width is None or height is None else (width, height),
        split=place(*SPLIT),
    )


def _headless(cells: Sequence[str], delimiter: str) -> Columns | None:
    """Columns by position, where the first row is one of image, corners and class."""
    if len(cells) != HEADLESS or not PurePosixPath(cells[0].replace("\\", "/")).suffix or number(cells[5]) is not None:
        return None
    empty = not any(cell.strip() for cell in cells[1:])
    if not empty and any(number(cell) is None for cell in cells[1:5]):
        return None
    return Columns(delimiter=delimiter, image=0, label=5, box=(1, 2, 3, 4), header=False)


def read_box_table(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of tables; a row without corners is an image that shows no object.

    Raises UserError naming a file and the line that an editor shows.
    """
    tally, finder = Tally(), ImageFinder(tree)
    notes: list[str] = []
    images = [image for name in names for image in as_meant(_images(finder, name, tally, notes), name, tally)]
    return assembled(tree.root, images, tally, notes=tuple(notes))


def _images(finder: ImageFinder, name: str, tally: Tally, notes: list[str]) -> list[Described]:
    tree = finder.tree
    columns = columns_of(tree.root / name)
    if columns is None:
        raise UserError(
            f"{tree.root / name} has no columns of an image, a class, and xmin, ymin, xmax, ymax: name them so."
        )
    if not columns.header:
        notes.append(f"{name} has no header: its columns are read as image, xmin, ymin, xmax, ymax, class")
    folder = name.rpartition("/")[0]
    whole = part_in_name(PurePosixPath(name).stem) or part_in(folder)
    found: dict[str, Described] = {}
    objects: dict[str, list[tuple[list[float], str, str]]] = {}
    for line, cells in _rows(tree.root / name, columns):
        where = f"{name}, line {line}"
        if len(cells) <= max(columns.image, columns.label, *columns.box):
            raise UserError(
                f"{tree.root / name}, line {line} has {len(cells)} cells: fill those of image, box and class."
            )
        written = cells[columns.image].strip()
        part = whole or (
            part_in_name(cells[columns.split]) if columns.split is not None and columns.split < len(cells) else ""
        )
        image = finder.find(written, where, near=folder, part=part) if written else None
        if image is None:
            tally.add("rows whose image is not there are left out", f"{where}, {written or 'empty'}")
            continue
        own = part or part_in(image.rpartition("/")[0])
        size = (
            size_of(*(cells[place] for place in columns.size))
            if columns.size and max(columns.size) < len(cells)
            else None
        )
        found.setdefault(image, Described(file=image, part=own, objects=objects.setdefault(image, []), size=size))
        if (box := _box(cells, columns, f"{tree.root / name}, line {line}")) is not None:
            objects[image].append((box, _label(cells, columns, f"{tree.root / name}, line {line}"), where))
    return list(found.values())


def _rows(file: Path, columns: Columns) -> list[tuple[int, list[str]]]:
    """The rows that hold something, each with the line on which it ends."""
    reader = csv.reader((f"{line}\n" for line in read_lines(file)), delimiter=columns.delimiter)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise UserError(
            f"{file}, line {reader.line_num} is no row of a table ({clause(error)}): save it as a .csv."
        ) from error
    return rows[1:] if columns.header else rows


def _box(cells: Sequence[str], columns: Columns, where: str) -> list[float] | None:
    """The corners in a row; None where all four are empty."""
    values = [cells[place].strip() for place in columns.box]
    if not any(values):
        return None
    left, top, right, bottom = four(values, where, "its box", "left, top, then right, bottom or width, height")
    return [left, top, left + right, top + bottom] if columns.from_size else [left, top, right, bottom]


def _label(cells: Sequence[str], columns: Columns, where: str) -> str:
    label = cells[columns.label].strip()
    if not label:
        raise UserError(f"{where} has a box without a class: write it.")
    return label
