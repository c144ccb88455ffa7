"""A table of texts: which of its columns are meant, and its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from skipwise.data.encodings import notes_on_encodings
from skipwise.data.tables import Columns, Table, choose_columns, open_table
from skipwise.data.text.cells import Labels, group_of, part_in, text_of
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError


@dataclass(frozen=True, kw_only=True)
class PartTable:
    """A table, its columns, and the part that all of it is for, "" where that is not said."""

    table: Table
    columns: Columns
    part: str = ""


class Swallowed:
    """Quoted cells that go on over line ends and hold what looks like rows of their own."""

    def __init__(self) -> None:
        self._suspects: list[tuple[str, set[str]]] = []

    def look(self, cell: str, part: PartTable, where: str) -> None:
        """Keep what stands where a label would stand, if lines of a cell were rows."""
        text, label, delimiter = part.columns.text, part.columns.label or 0, part.table.delimiter
        lines = cell.splitlines()
        found = set()
        for number, line in enumerate(lines):
            pieces = line.split(delimiter)
            missing = text if number == 0 else 0  # the cells before the text, which stand before the quote
            width = text + 1 if number == len(lines) - 1 else len(part.table.columns)
            if len(pieces) == width - missing and 0 <= label - missing < len(pieces):
                found.add(pieces[label - missing].strip())
        if found:
            self._suspects.append((where, found))

    def check(self, labels: Iterable[str]) -> None:
        """Raises UserError naming a cell that holds the label of a row."""
        known = {label for label in labels if not label.isdecimal()}
        for where, found in self._suspects:
            if held := found & known:
                raise UserError(
                    f"{where}: the quote that opens there closes lines below, and what stands between looks like rows of "
                    f"their own (with the label {min(held)!r}): write a quote that is part of a text twice, or remove it."
                )


def read_text_table(path: Path, *, text_column: str | None = None, label_column: str | None = None) -> TextSource:
    """The texts of one file. Raises UserError naming the line that cannot be read."""
    table = open_table(path)
    return source_of_tables(path.stem, [part_table(table, text_column=text_column, label_column=label_column)])


def part_table(
    table: Table, part: str = "", *, text_column: str | None = None, label_column: str | None = None
) -> PartTable:
    """Choose the columns of a table; that of a test or validation part may lack labels."""
    needs_label = part in ("", "train")
    columns = choose_columns(table, text=text_column, label=label_column, needs_label=needs_label)
    return PartTable(table=table, columns=columns, part=part)


def source_of_tables(
    name: str, tables: Sequence[PartTable], *, other_files: int = 0, hidden_files: int = 0, notes: Sequence[str] = ()
) -> TextSource:
    """The texts of one table, or of one for each part."""
    labels, swallowed = Labels(), Swallowed()
    used = [one for one in tables if one.columns.label is not None]
    told = [*notes]
    told += [f"{one.table.path.name} has no column of labels and is left out" for one in tables if one not in used]
    told += [one.table.form_note for one in used if one.table.form_note and one.table.words != tables[0].table.words]
    told += [note for one in used for note in (*one.table.notes, *one.columns.notes)]
    told += notes_on_encodings((one.table.path.name, one.table.encoding) for one in used)
    rows = (row for one in used for row in _rows(one, labels, swallowed))
    source = source_of_rows(
        name, rows, other_files=other_files, hidden_files=hidden_files, notes=[*dict.fromkeys(told)]
    )
    swallowed.check(source.classes)
    return replace(source, notes=(*source.notes, *labels.notes()))


def _rows(one: PartTable, labels: Labels, swallowed: Swallowed) -> Iterator[Row]:
    table, columns = one.table, one.columns
    assert columns.label is not None
    wanted = [columns.text, columns.label, *(column for column in (columns.split, columns.group) if column is not None)]
    has_split, has_group = columns.split is not None, columns.group is not None
    line = None
    for number, line in enumerate(table.rows(wanted), start=1):
        where = table.where(line)
        text, reason = text_of(line.cells[0], where)
        if table.delimiter and text and "\n" in text:
            swallowed.look(text, one, where)
        yield Row(
            table.name(line),
            text,
            labels.name(line.cells[1], where),
            one.part or (part_in(line.cells[2], where) if has_split else ""),
            group_of(line.cells[-1], where) if has_group else "",
            reason,
            f"{table.path.name}, row {number}" if table.delimiter else "",
        )
    if line is None:
        raise UserError(f"{table.path} has no rows: it must hold one text a row, with its label.")
