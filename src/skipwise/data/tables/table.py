"""A table as every format of it is read: columns with names, and rows that know where they begin."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

HEAD_BYTES = 256 * 1024
"""The beginning of a file, from which its format is told."""
HEAD_ROWS = 1_000
"""Rows of the beginning that tell what columns hold."""
LONGEST_CELL = 10_000_000
"""Characters: a cell with more is a quote that never closes, or no text that a network reads."""
MOST_LISTED = 12
"""Columns that an error lists."""


class Line(NamedTuple):
    """A row: the number of the line where it begins, as an editor shows it (of parquet, of the row), and its cells."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table. `columns` are its names, or "column 1" and so on where it has no header.

    `rows` yields the cells of some columns, row by row, None where a row has none; it raises UserError naming the line
    that cannot be read. `head`: rows of the beginning, with all cells.
    `delimiter`: between the cells, "" where cells are no text. `words`: what it is, as "JSON lines". `encoding`: its
    codec. `notes`: what was found that one might not expect; `form_note`: the same of the delimiter.
    `place`: the word for what rows are counted in.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Callable[[Sequence[int]], Iterator[Line]]
    head: Sequence[Line]
    words: str
    has_header: bool = True
    delimiter: str = ""
    encoding: str = "utf_8"
    notes: tuple[str, ...] = ()
    form_note: str = ""
    place: str = "line"

    def where(self, line: Line) -> str:
        """Return a row's place for an error."""
        return f"{self.path}, {self.place} {line.number}"

    def name(self, line: Line) -> str:
        """Return what a row is called."""
        return f"{self.path.name}, {self.place} {line.number}"

    def cells(self, column: int) -> list[Any]:
        """Return the cells of a column in the beginning."""
        return [line.cells[column] for line in self.head if column < len(line.cells)]

    @property
    def listed(self) -> str:
        """The columns, as an error lists them."""
        return listed(self.columns)


def listed(columns: Sequence[str]) -> str:
    """Return names in a row, at most MOST_LISTED of them."""
    more = f" and {len(columns) - MOST_LISTED} more" if len(columns) > MOST_LISTED else ""
    return (", ".join(columns[:MOST_LISTED]) or "none") + more


def picked(lines: Iterable[Line], wanted: Sequence[int]) -> Iterator[Line]:
    """Yield rows with the cells of these columns alone, None where a row is too short."""
    for number, cells in lines:
        width = len(cells)
        yield Line(number, [cells[column] if column < width else None for column in wanted])
