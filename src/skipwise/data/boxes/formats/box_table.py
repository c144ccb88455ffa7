"""Tables of boxes: a row for each, with the image, the corners and the class."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path, PurePosixPath

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import beginning, read_lines
from skipwise.data.boxes.formats.written import ONE_CLASS, four, number, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.images.header import read_header
from skipwise.data.images.regular_file import Unreadable
from skipwise.data.tally import Tally
from skipwise.errors import UserError, clause
from skipwise.regular_files import open_regular

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
WHOLE = ("bbox", "box", "bounding_box", "boundingbox")
"""Names of one column that holds all four numbers."""
SPLIT = ("split", "set", "subset", "part", "group")
MEASURED = 200
"""Images whose size is looked up to tell corners from sizes."""
NOTICED = 1.0
"""Pixels by which a box may be beyond its image by rounding."""
HEADLESS = 6
"""Columns of a table without header: image, four corners, class, as RetinaNet's have them."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where a table holds what: positions of columns. `label` is None where all boxes are of one class.

    `box`: of the four numbers, or of the one column that holds them all. `from_size`: width and height stand for the
    far corner. `size`: of width and height of the image, where it has both.
    """

    delimiter: str
    image: int
    label: int | None
    box: tuple[int, ...]
    from_size: bool = False
    size: tuple[int, int] | None = None
    split: int | None = None
    header: bool = True

    @property
    def last(self) -> int:
        """The last of the columns that every row needs."""
        return max(self.image, self.label or 0, *self.box)


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
    whole = [(name,) for name in WHOLE]
    box = next((some for some in (*CORNERS, *FROM_SIZE, *whole) if set(some) <= set(names)), None)
    if image is None or box is None or image == label:
        return None
    width, height = place("width", "image_width", "img_width"), place("height", "image_height", "img_height")
    return Columns(
        delimiter=delimiter,
        image=image,
        label=label,
        box=tuple(names.index(name) for name in box),
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
    tables = {name: _columns(tree.root / name, notes) for name in names}
    found = {name: _images(finder, name, columns, tally) for name, columns in tables.items()}
    undecided = [name for name, columns in tables.items() if len(columns.box) == 1]
    if undecided:
        have_sizes, words = _have_sizes(tree.root, [image for name in undecided for image in found[name]])
        notes.append(f"boxes in one column are read as {words}")
        found |= {name: [_cornered(image) for image in found[name]] for name in undecided if have_sizes}
    images = [image for name in names for image in as_meant(found[name], name, tally)]
    return assembled(tree.root, images, tally, notes=tuple(notes))


def _columns(file: Path, notes: list[str]) -> Columns:
    """The columns of a table, with notes on what was guessed. Raises UserError where it is none of boxes."""
    columns = columns_of(file)
    if columns is None:
        raise UserError(f"{file} has no columns of an image and of xmin, ymin, xmax, ymax: name them so.")
    if not columns.header:
        notes.append(f"{file.name} has no header: its columns are read as image, xmin, ymin, xmax, ymax, class")
    if columns.label is None:
        notes.append(
            f"{file.name} has no column of classes, as class or label: all boxes are of one class, {ONE_CLASS}"
        )
    return columns


def _images(finder: ImageFinder, name: str, columns: Columns, tally: Tally) -> list[Described]:
    tree = finder.tree
    folder = name.rpartition("/")[0]
    whole = part_in_name(PurePosixPath(name).stem) or part_in(folder)
    found: dict[str, Described] = {}
    objects: dict[str, list[tuple[list[float], str, str]]] = {}
    for line, cells in _rows(tree.root / name, columns):
        where = f"{name}, line {line}"
        if len(cells) <= columns.last:
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


def _have_sizes(root: Path, images: Sequence[Described]) -> tuple[bool, str]:
    """Whether boxes in one column end with width and height, not with the far corner; and the words that say why.

    As COCO writes them they do, unless a box would then lie beyond its image and no box speaks for it.
    """
    order = "left, top, width, height"
    for image in images:
        for (left, top, third, last), _, where in image.objects:
            if third < left or last < top:
                return True, f"{order}, since {where} can be nothing else"
    for image in images[:MEASURED]:
        height, width = image.size or _size_on_disk(root / image.file)
        for (left, top, third, last), _, where in image.objects:
            if left + third > width + NOTICED or top + last > height + NOTICED:
                return False, f"left, top, right, bottom, since {where} would else lie beyond its image"
    return True, f"{order}, as COCO has them"


def _size_on_disk(file: Path) -> tuple[float, float]:
    """Height and width of an image, without bound where it cannot be read, which is said when it is decoded."""
    try:
        with open_regular(file) as opened:
            return read_header(opened).size
    except (OSError, Unreadable):
        return inf, inf


def _cornered(image: Described) -> Described:
    """The image with corners for left, top, width and height."""
    objects = [([left, top, left + width, top + height], label, where)
               for (left, top, width, height), label, where in image.objects]  # fmt: skip
    return replace(image, objects=objects)


def _numbers(cells: Sequence[str], columns: Columns, where: str) -> list[float] | None:
    """The four numbers of a row's box; None where there is none."""
    values = [cells[place].strip() for place in columns.box]
    if not any(value.strip("[]() ") for value in values):
        return None
    return four(
        values if len(values) > 1 else values[0], where, "its box", "left, top, then right, bottom or width, height"
    )


def _box(cells: Sequence[str], columns: Columns, where: str) -> list[float] | None:
    """The corners in a row; None where all four are empty."""
    found = _numbers(cells, columns, where)
    if found is None:
        return None
    left, top, right, bottom = found
    return [left, top, left + right, top + bottom] if columns.from_size else [left, top, right, bottom]


def _label(cells: Sequence[str], columns: Columns, where: str) -> str:
    label = ONE_CLASS if columns.label is None else cells[columns.label].strip()
    if not label:
        raise UserError(f"{where} has a box without a class: write it.")
    return label
