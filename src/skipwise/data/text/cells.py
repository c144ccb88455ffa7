"""One row of a table of texts, whatever the table's format: its cells checked, with the row's place in every error."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from skipwise.data.images.source import PART_NAMES
from skipwise.data.text.source import Row, checked
from skipwise.errors import UserError

MOST_LISTED = 12
"""Columns that an error lists."""


def check_columns(columns: Iterable[Any], where: str) -> None:
    """Raises UserError where a column is missing, and lists those that there are."""
    columns = [str(column) for column in columns]
    for column in ("text", "label"):
        if column not in columns:
            more = f" and {len(columns) - MOST_LISTED} more" if len(columns) > MOST_LISTED else ""
            listed = ", ".join(columns[:MOST_LISTED]) + more
            raise UserError(f"{where} has no column {column!r} (it has {listed or 'none'}): name one so.")
        if columns.count(column) > 1:
            raise UserError(f"{where} has {columns.count(column)} columns called {column!r}: keep one.")


def row_of(cells: Mapping[str, Any], name: str, where: str, part: str = "") -> Row:
    """A row with columns text, label and perhaps split and group; `part` is that of its file, if that has one."""
    text, label = cells.get("text"), _word(cells.get("label"), f"{where}: label")
    if text is not None and not isinstance(text, str):
        raise UserError(f"{where}: text is {_shown(text)}, which is no text: write it as a string.")
    if not label:
        raise UserError(f"{where}: label is empty: write the text's class there, or remove the row.")
    split = _word(cells.get("split"), f"{where}: split").lower()
    if split and split not in PART_NAMES:
        raise UserError(f"{where}: split is {_shown(cells['split'])}: write train, val or test, or nothing.")
    readable, reason = checked(text or "")
    group = _word(cells.get("group"), f"{where}: group")
    return Row(name, readable, label, part or PART_NAMES.get(split, ""), group, reason)


def _word(cell: Any, where: str) -> str:
    """A cell as a word: numbers as they are written, missing ones as nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if not isinstance(cell, str | int | float):
        raise UserError(f"{where} is {_shown(cell)}: it must be one word or number.")
    word = str(cell).strip()
    if checked(word)[0] is None:
        raise UserError(f"{where} is {_shown(cell)}: half of a surrogate pair is no character.")
    return word


def _shown(cell: Any) -> str:
    shown = ascii(cell) if isinstance(cell, str) and checked(cell)[0] is None else repr(cell)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
