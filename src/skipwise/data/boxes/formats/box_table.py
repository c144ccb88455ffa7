"""Tables of boxes: a row for each, with the image, the corners and the class."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from PIL import Image

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.box_columns import Columns, columns_of
from skipwise.data.boxes.formats.files import read_lines
from skipwise.data.boxes.formats.written import ONE_CLASS, flag, four, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError, clause

LOOKED_AT = 500
"""Images that are opened for their size, where a table has no columns of it."""
EMPTY = ("[]", "()", "nan", "none", "null")
"""A box in one column where there is none."""


def read_box_table(tree: Tree, names: Sequence[str], label_column: str | None = None) -> Annotated:
    """The images and boxes of tables; a row without corners is an image that shows no object.

    `label_column`: that of the classes, where a user named it. Raises UserError naming a file and the line that an
    editor shows.
    """
    tally, finder = Tally(), ImageFinder(tree)
    notes: list[str] = []
    images = [
        image for name in names for image in as_meant(_images(finder, name, label_column, tally, notes), name, tally)
    ]
    return assembled(tree.root, images, tally, notes=tuple(notes))


def _columns(file: Path, label_column: str | None, notes: list[str]) -> Columns:
    """The columns of a table, with notes on what was guessed. Raises UserError where it is none of boxes."""
    columns = columns_of(file, label_column)
    if columns is None:
        raise UserError(f"{file} has no columns of an image, a class, and xmin, ymin, xmax, ymax: name them so.")
    if label_column is not None and (columns.label is None or not columns.header):
        listed = ", ".join(columns.unused) if columns.header else "no header"
        raise UserError(
            f"{file} has no column {label_column!r} for --label-column (it has {listed}): name one of them."
        )
    if not columns.header:
        notes.append(f"{file.name} has no header: its columns are read as image, xmin, ymin, xmax, ymax, class")
    if columns.label is None:
        beside = f" (--label-column names another: {', '.join(columns.unused[:6])})" if columns.unused else ""
        notes.append(f"{file.name} has no column class or label: all boxes are of one class, {ONE_CLASS}{beside}")
    return columns


def _images(
    finder: ImageFinder, name: str, label_column: str | None, tally: Tally, notes: list[str]
) -> list[Described]:
    tree = finder.tree
    columns = _columns(tree.root / name, label_column, notes)
    folder = name.rpartition("/")[0]
    whole = part_in_name(PurePosixPath(name).stem) or part_in(folder)
    found: dict[str, Described] = {}
    objects: dict[str, list[tuple[list[float], str, str]]] = {}
    rows = _rows(tree.root / name, columns)
    if columns.from_size is None:
        columns, why = _told_by_rows(rows, columns, finder, name)
        notes.append(why)
    for line, cells in rows:
        where = f"{name}, line {line}"
        if len(cells) <= max(columns.image, columns.label or 0, *columns.box):
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
        if columns.group is not None and columns.group < len(cells) and flag(cells[columns.group]):
            tally.add("boxes round groups (IsGroupOf, iscrowd) are left out", where)
            continue
        if (box := _box(cells, columns, f"{tree.root / name}, line {line}")) is not None:
            objects[image].append((box, _label(cells, columns, f"{tree.root / name}, line {line}"), where))
    return list(found.values())


def _told_by_rows(
    rows: Sequence[tuple[int, list[str]]], columns: Columns, finder: ImageFinder, name: str
) -> tuple[Columns, str]:
    """The columns with what the last two numbers of a box mean, as the rows tell, and a note on it.

    Raises UserError where rows tell different things.
    """
    file, folder = finder.tree.root / name, name.rpartition("/")[0]
    sizes: dict[str, tuple[int, int] | None] = {}
    backward = beyond = 0
    for line, cells in rows:
        if len(cells) <= max((*columns.box, columns.image)):
            continue  # which is said where the row is read
        box = _box(cells, replace(columns, from_size=False), f"{file}, line {line}")
        if box is None:
            continue
        left, top, third, fourth = box
        backward = backward or (line if third < left or fourth < top else 0)
        written = cells[columns.image].strip()
        if columns.size and max(columns.size) < len(cells):
            size = size_of(*(cells[place] for place in columns.size))
        else:
            if written not in sizes and len(sizes) < LOOKED_AT:
                image = finder.find(written, f"{name}, line {line}", near=folder) if written else None
                sizes[written] = _size_of_image(finder.tree.root / image) if image else None
            size = sizes.get(written)
        if size and (left + third > size[1] + 1 or top + fourth > size[0] + 1):
            beyond = beyond or line
    if backward and beyond:
        raise UserError(
            f"{file} has boxes that are no left, top, right, bottom (line {backward}) and boxes that are no left, top, "
            f"width, height (line {beyond}): call the column bbox_xyxy or bbox_xywh and mend these."
        )
    column = f"{name}: boxes in one column are read as"
    if beyond:
        why = f"{column} left, top, right, bottom: as width and height they would leave the image (line {beyond})"
    elif backward:
        why = (
            f"{column} left, top, width, height: as right and bottom they would end before they begin (line {backward})"
        )
    else:
        why = f"{column} left, top, width, height, as COCO has them: no row tells (call it bbox_xyxy for right, bottom)"
    return replace(columns, from_size=not beyond), why


def _size_of_image(file: Path) -> tuple[int, int] | None:
    """Height and width of an image, None where it cannot be opened."""
    try:
        with Image.open(file) as image:
            return image.height, image.width
    except Exception:
        return None


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
    if not any(values) or (len(values) == 1 and values[0].lower() in EMPTY):
        return None
    expected = "left, top, then right, bottom or width, height"
    left, top, right, bottom = four(values[0] if len(values) == 1 else values, where, "its box", expected)
    return [left, top, left + right, top + bottom] if columns.from_size else [left, top, right, bottom]


def _label(cells: Sequence[str], columns: Columns, where: str) -> str:
    if columns.label is None:
        return ONE_CLASS
    label = cells[columns.label].strip()
    if not label:
        raise UserError(f"{where} has a box without a class: write it.")
    return label
