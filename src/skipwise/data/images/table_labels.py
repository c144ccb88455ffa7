"""Labels in a table of images that are several for each image, and columns that may be the one of classes."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from skipwise.data.class_folders import joined_label
from skipwise.data.images.listed import Listed
from skipwise.data.tables import Table
from skipwise.errors import UserError
from skipwise.names import shown

FLAG = re.compile(r"[+-]?[01](\.0+)?|")
"""A label that an image has, has not, or may have, and the empty cell of one that nobody looked for."""
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.0*)?")
"""A whole number, with a point or without."""
MOST_CLASSES, LONGEST = 200, 60


def columns_of_flags(table: Table, file: int) -> list[str]:
    """Return the columns beside the files' that hold 0 or 1 alone, where there are several, the evenest first."""
    found = Counter[str]()
    for number, name in enumerate(table.columns):
        cells = [_text(cell) for cell in table.cells(number)]
        if number != file and any(cells) and all(FLAG.fullmatch(cell) for cell in cells):
            ones = sum(cell.startswith(("1", "+1")) for cell in cells)
            found[name] = min(ones, sum(map(bool, cells)) - ones)
    return [name for name, _ in found.most_common()] if len(found) > 1 else []


def likely_labels(table: Table, file: int) -> list[str]:
    """Return the columns whose cells are words, and the same few again and again; if there are none, numbers."""
    words, numbers = list[str](), list[str]()
    for number, name in enumerate(table.columns):
        cells = [cell for cell in map(_text, table.cells(number)) if cell]
        different = set(cells)
        short = max(map(len, different), default=0) <= LONGEST
        if number != file and 1 < len(different) <= min(MOST_CLASSES, len(cells) / 2) and short:
            (numbers if all(cell.replace(".", "").isdecimal() for cell in different) else words).append(name)
    return words or numbers


def check_single(classes: Sequence[str], rows: Sequence[Listed]) -> None:
    """Raises UserError where labels are several in one cell, as A|B beside A and B are."""
    several = joined_label(classes)
    row = next((row for row in rows if row.label == several), None)
    if row is not None:
        raise UserError(
            f"{row.where}: {row.label!r} is several labels, and skipwise compares networks on one class an image: keep one "
            "label a row, or make a column for one of them that holds 0 or 1, and name it with --label-column."
        )


def one_spelling(rows: Iterable[Listed]) -> tuple[list[Listed], list[str]]:
    """Return rows in which a number that is written in two ways, as 1 and 1.0, is one class; and notes on it.

    Where all rows have 1.0 it stays so: this is the name of the class in studies that were made of the table.
    """
    rows = list(rows)
    forms: dict[int, list[str]] = {}
    for label in dict.fromkeys(row.label for row in rows):
        if NUMBER.fullmatch(label):
            forms.setdefault(int(float(label)), []).append(label)
    several = {number: found for number, found in forms.items() if len(found) > 1}
    name_of = {label: str(number) for number, found in several.items() for label in found}
    notes = [
        f"the labels {' and '.join(map(repr, found))} are one class, '{number}'" for number, found in several.items()
    ]
    return [replace(row, label=name_of.get(row.label, row.label)) for row in rows], notes


def quoted(name: str) -> str:
    """Return a column's name as a shell takes it."""
    return name if re.fullmatch(r"[\w.-]+", name) else f"'{shown(name)}'"


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()
