"""Tables of new examples: one a row, as files in a column or as the texts themselves; other columns are ignored."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skipwise.errors import UserError

TABLES = {".csv": ",;\t", ".tsv": "\t"}
"""Suffixes of tables, and what may stand between their cells."""
FILE = ("path", "file", "filename", "file_name", "filepath", "image", "image_path")
TEXT = ("text", "review", "sentence", "content", "comment", "message")
"""Columns that hold a file each, or a text each; the first that is there counts."""
MOST_LISTED = 12
"""Columns that an error lists."""


@dataclass(frozen=True, kw_only=True)
class ListedExample:
    """One row: its place in words, and the file that it names or the text that it holds."""

    name: str
    file: Path | None = None
    text: str | None = None


def listed(table: Path, *, texts: bool) -> list[ListedExample]:
    """Return the examples of a table; files are beside it. Raises UserError for one without such a column, or rows."""
    rows = _rows(table)
    columns = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    wanted = (*TEXT, *FILE) if texts else FILE
    column = next((name for name in wanted if name in columns), None)
    if column is None:
        there = ", ".join(columns[:MOST_LISTED]) or "none"
        names = "text or path" if texts else "path or file"
        raise UserError(f"{table} has no column {names} (it has {there}): name the one with the examples so.")
    place, is_text = columns.index(column), column in TEXT
    found = [
        _listed(table, number, cells[place] if place < len(cells) else "", is_text=is_text)
        for number, cells in rows[1:]
        if any(cells)
    ]
    if not found:
        raise UserError(f"{table} has no rows below its header: write one example a row.")
    return found


def _listed(table: Path, line: int, cell: str, *, is_text: bool) -> ListedExample:
    name = f"{table.name}, line {line}"
    if is_text:
        return ListedExample(name=name, text=cell)
    if not cell.strip() or "\0" in cell or len(cell) > 4096:
        raise UserError(f"{table}, line {line} names no file: write one in each row, or remove the row.")
    return ListedExample(name=name, file=table.parent / cell.strip())


def _rows(table: Path) -> list[tuple[int, Sequence[str]]]:
    """Return the cells of each row, with the line on which it begins."""
    try:
        text = table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{table} is not UTF-8 (byte {error.start + 1}): save it as UTF-8.") from error
    header = text.partition("\n")[0]
    delimiter = max(TABLES[table.suffix.lower()], key=header.count)
    before = csv.field_size_limit(2**31 - 1)
    reader, begins = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UserError(
            f"{table}, line {begins} cannot be read ({error}): a quote in a text is written twice."
        ) from error
    finally:
        csv.field_size_limit(before)
    return rows
