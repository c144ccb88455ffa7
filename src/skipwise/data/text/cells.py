"""Cells of a table of texts, whatever the table's format, checked with their place in every error."""

import math
import re
from collections.abc import Hashable, Iterator
from typing import Any

from skipwise.data.parts import part_of
from skipwise.data.tables import is_list
from skipwise.data.text.source import checked
from skipwise.errors import UserError
from skipwise.names import tidy

WHOLE = re.compile(r"[+-]?\d+\.0*")
"""A whole number as a program writes it that knows numbers with a point alone."""


class Labels:
    """The name of the class that each cell means; a cell is looked at once."""

    def __init__(self) -> None:
        self._names: dict[Hashable, str] = {}
        self._spelled: dict[str, str] = {}
        self.twice: dict[str, str] = {}

    def name(self, cell: Any, where: str) -> str:
        """Return the name of a class, "" for none. Raises UserError for a list of them, and for what is no word."""
        known = self._names.get(cell) if isinstance(cell, str) else None
        if known is not None:
            return known
        if isinstance(cell, list | tuple | set) or (isinstance(cell, str) and is_list(cell)):
            raise UserError(
                f"{where}: label is {_shown(cell)}, a list of labels: skipwise gives each text one class; keep one "
                "label a text, or join the lists to classes of their own."
            )
        written = _word(cell, f"{where}: label")
        name = tidy(written)
        if WHOLE.fullmatch(name):
            name = str(int(float(name)))
        other = self._spelled.setdefault(name, written)
        if other != written:
            self.twice.setdefault(name, f"the labels {other!r} and {written!r} are one class, {name!r}")
        if isinstance(cell, str):
            self._names[cell] = name
        return name

    def notes(self) -> Iterator[str]:
        """Yield a note on each class that is written in two ways."""
        yield from self.twice.values()


def text_of(cell: Any, where: str) -> tuple[str | None, str]:
    """Return a text, or None and why it is none. Raises UserError for what is no text."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "", "it is empty"
    if not isinstance(cell, str):
        raise UserError(f"{where}: text is {_shown(cell)}, which is no text: write it as a string.")
    return (cell, "it is empty") if cell.isascii() else checked(cell)


def part_in(cell: Any, where: str) -> str:
    """Return the part that a cell means, "" for none. Raises UserError for another word."""
    word = _word(cell, f"{where}: split")
    part = part_of(word) if word else ""
    if part is None:
        raise UserError(f"{where}: split is {_shown(cell)}: write train, val or test, or nothing.")
    return part


def group_of(cell: Any, where: str) -> str:
    """Return the name of a group, "" for none."""
    return _word(cell, f"{where}: group")


def _word(cell: Any, where: str) -> str:
    """A cell as a word: numbers as they are written, missing ones as nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if not isinstance(cell, str | int | float):
        raise UserError(f"{where} is {_shown(cell)}: it must be one word or number.")
    word = str(cell).strip()
    if checked(word)[0] is None:
        raise UserError(f"{where} is {_shown(cell)}: half of a surrogate pair is no character.")
    return word


def _shown(cell: Any) -> str:
    shown = ascii(cell) if isinstance(cell, str) and checked(cell)[0] is None else repr(cell)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
