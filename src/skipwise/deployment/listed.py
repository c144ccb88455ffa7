"""Tables of new examples: one a row, as files in a column or as the texts themselves; other columns are ignored."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skipwise.data.encodings import notes_on_encodings
from skipwise.data.images.find_files import located
from skipwise.data.images.table import FILE
from skipwise.data.tables import TABLE_SUFFIXES, Table, open_table
from skipwise.data.tables.columns import TEXT
from skipwise.errors import UserError

TABLES = TABLE_SUFFIXES - {".txt"}
"""Suffixes of tables of examples; a .txt is an example itself."""


@dataclass(frozen=True, kw_only=True)
class ListedExample:
    """One row: its place in words, and the file that it names or the text that it holds."""

    name: str
    file: Path | None = None
    text: str | None = None


def listed(path: Path, *, texts: bool) -> tuple[list[ListedExample], list[str]]:
    """Return the examples of a table, whose files are found beside it, and notes on how it was read.

    Raises UserError for one without such a column, or without rows.
    """
    table = open_table(path)
    names = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in table.columns]
    wanted = (*TEXT, *FILE) if texts else FILE
    column = next((name for name in wanted if name in names), None)
    if column is None or not table.has_header:
        kinds = "text or path" if texts else "path or file"
        raise UserError(f"{path} has no column {kinds} (it has {table.listed}): name the one with the examples so.")
    told = [*filter(None, [table.form_note]), *table.notes, *notes_on_encodings([(path.name, table.encoding)])]
    cells = list(_cells(table, names.index(column)))
    if not cells:
        raise UserError(f"{path} has no rows below its header: write one example a row.")
    if column in TEXT:
        return [ListedExample(name=name, text=cell) for name, cell in cells], told
    for name, cell in cells:
        if not cell or "\0" in cell or len(cell) > 4096:
            raise UserError(f"{path.parent / name} names no file: write one in each row, or remove the row.")
    places, located_so = located(path.parent, [cell for _, cell in cells], str(path))
    found = [ListedExample(name=name, file=path.parent / place) for (name, _), place in zip(cells, places, strict=True)]
    return found, [*told, *located_so]


def _cells(table: Table, column: int) -> Iterator[tuple[str, str]]:
    """Yield the place of each row in words, and its cell."""
    for line in table.rows([column]):
        cell: Any = line.cells[0]
        yield table.name(line), "" if cell is None else str(cell).strip()
