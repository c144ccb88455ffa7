"""Separated values: the delimiter, what quotes mean, and whether there is a header are found from the rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skipwise.data.encodings import decode, encoding_of_file
from skipwise.data.tables.columns import are_few, is_header, is_known
from skipwise.data.tables.table import HEAD_BYTES, HEAD_ROWS, LONGEST_CELL, Line, Table, picked
from skipwise.errors import UserError
from skipwise.regular_files import open_regular

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe"}
OF_SUFFIX = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
"""The delimiter that a suffix stands for; others stand for a comma."""
FREE_QUOTES = "\t|"
"""Delimiters between which people write quotes as they stand in a text."""
EXCEL = ["sep=", ""]
"""The first line of a table in which Excel is told the delimiter, when it is read with that delimiter."""
EVEN = 0.9
"""The fraction of rows with as many cells as the first, from which a delimiter is one."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """The delimiter of a table, and whether quotes stand around cells."""

    delimiter: str
    quoted: bool

    def reader(self, lines: Iterable[str]) -> Any:
        """Return a reader of cells; a quote that does not close is an error."""
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, strict=True, quoting=csv.QUOTE_NONE)


def read_separated(path: Path, *, head_only: bool) -> Table:
    """Read separated values. Raises OSError, and UserError naming the line that cannot be read."""
    hint = OF_SUFFIX.get(path.suffix.lower(), ",")
    head, encoding = _head(path, head_only=head_only)
    form = _format(head, hint)
    loose = form.delimiter in FREE_QUOTES and '"' in head
    if form.delimiter in FREE_QUOTES and not head_only:
        with _lines(path, encoding) as lines:
            quoted, loose = _quotes(lines, form.delimiter)
        form = Format(delimiter=form.delimiter, quoted=quoted)
    first = _records(head, form)
    if not first:
        return Table(path=path, columns=(), rows=lambda _: iter(()), head=(), words="empty", encoding=encoding)
    header = is_header(first[0].cells, [line.cells for line in first[1:]])
    columns = [*first[0].cells] if header else [f"column {number + 1}" for number in range(_width(first))]
    body = first[1:] if header else first

    def rows(wanted: Sequence[int]) -> Iterator[Line]:
        if head_only:
            yield from picked(body, wanted)
            return
        with _lines(path, encoding) as lines:
            yield from picked(_body(path, lines, form, columns, header=header), wanted)

    return Table(
        path=path,
        columns=tuple(name.strip() or f"column {number}" for number, name in enumerate(columns, start=1)),
        rows=rows,
        head=body[:HEAD_ROWS],
        words=f"{DELIMITERS[form.delimiter]}-separated",
        has_header=header,
        delimiter=form.delimiter,
        encoding=encoding,
        notes=tuple(_notes(path.name, loose=loose and not form.quoted)),
        form_note=_form_note(path.name, hint, form),
    )


def _form_note(name: str, hint: str, form: Format) -> str:
    if form.delimiter == hint or name.lower().endswith(".txt"):
        return ""
    return f"{name}: cells are parted by a {DELIMITERS[form.delimiter]}, not by a {DELIMITERS[hint]}"


def _notes(name: str, *, loose: bool) -> Iterator[str]:
    if loose:
        yield f"{name}: quotes are read as part of the text, as they do not stand around whole cells throughout"


def _head(path: Path, *, head_only: bool) -> tuple[str, str]:
    """Return the beginning of a file, whole lines where it goes on, and the encoding of the file."""
    with open_regular(path) as file:
        content = file.read(HEAD_BYTES)
        more = bool(file.read(1))
    if head_only:
        cut = (
            content[: content.rfind(b"\n") + 1 or None]
            if more and not content.startswith((b"\xff", b"\xfe"))
            else content
        )
        found = decode(cut)
        if found.text is None:
            raise UserError(f"{path} cannot be read as a table: {found.reason}.")
        encoding, text = found.encoding, found.text
    else:
        encoding = encoding_of_file(path)
        text = content.decode(encoding, "ignore")
    return text[: text.rfind("\n") + 1 or None] if more else text, encoding


def _lines(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(open_regular(path), encoding=encoding, newline="")


def _format(head: str, hint: str) -> Format:
    """Return the delimiter by which rows have equally many cells; of several the one with the shortest labels."""
    found: list[tuple[tuple[bool, bool, float, bool, float], Format]] = []
    for delimiter in DELIMITERS:
        quoted = delimiter not in FREE_QUOTES or _quotes(io.StringIO(head, newline=""), delimiter)[0]
        form = Format(delimiter=delimiter, quoted=quoted)
        records = _records(head, form)
        width = len(records[0].cells) if records else 0
        if width < 2:
            continue
        even = sum(len(line.cells) == width for line in records) / len(records)
        named = sum(is_known(cell) for cell in records[0].cells) >= 2
        found.append(((named, even >= EVEN, -_label_length(records[1:], width), delimiter == hint, even), form))
    if not found:
        return Format(delimiter=hint, quoted=hint not in FREE_QUOTES)
    return max(found, key=lambda one: one[0])[1]


def _records(head: str, form: Format) -> list[Line]:
    """Return the rows of the beginning, up to one that cannot be read; blank lines are no rows."""
    before = csv.field_size_limit(LONGEST_CELL)
    reader = form.reader(io.StringIO(head, newline=""))
    found: list[Line] = []
    try:
        begins = 1
        for cells in reader:
            if cells and not (begins == 1 and cells == EXCEL):
                found.append(Line(begins, cells))
            begins = reader.line_num + 1
            if len(found) > HEAD_ROWS:
                break
    except csv.Error:
        pass  # the beginning is cut in the middle of a row; an error of the file is raised when all of it is read
    finally:
        csv.field_size_limit(before)
    return found


def _label_length(records: Sequence[Line], width: int) -> float:
    """Return the mean length of the cells of a column that may hold labels, of several the shortest."""
    columns = [[line.cells[column].strip() for line in records if column < len(line.cells)] for column in range(width)]
    lengths = [sum(map(len, cells)) / len(cells) for cells in columns if len(set(cells)) > 1 and are_few(cells)]
    return min(lengths, default=float(LONGEST_CELL))


def _width(records: Sequence[Line]) -> int:
    """Return how many cells most rows have."""
    return Counter(len(line.cells) for line in records).most_common(1)[0][0]


def _quotes(lines: Iterable[str], delimiter: str) -> tuple[bool, bool]:
    """Return whether quotes stand around cells, as a program writes them, and whether there are any.

    Such a program doubles quotes within a cell, and puts quotes around all cells of a column or around those alone
    that hold a quote, a delimiter or a line end.
    """
    kept: list[str] = []
    widths = Counter[int]()
    whole, doubled, loose = Counter[int](), 0, 0
    for line in lines:
        widths[line.count(delimiter)] += bool(line.strip())
        if '"' not in line:
            continue
        kept.append(line) if len(kept) < HEAD_ROWS else None
        for column, cell in enumerate(line.rstrip("\r\n").split(delimiter)):
            if '"' in cell:
                inner = cell[1:-1]
                if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inner.replace('""', ""):
                    whole[column] += 1
                    doubled += '""' in inner
                else:
                    loose += 1
    rows = sum(widths.values())
    if not kept:
        return False, False
    if len(+widths) == 1:
        everywhere = all(count >= rows - 1 for count in whole.values())
        return not loose and (everywhere or doubled == sum(whole.values())), True
    return (bool(whole) or loose > 0) and _closes(kept, delimiter), True


def _closes(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether quotes open and close around cells in these lines, which hold at least one quote each."""
    opens = sum(cell.startswith('"') for line in lines for cell in line.rstrip("\r\n").split(delimiter))
    closes = sum(cell.endswith('"') for line in lines for cell in line.rstrip("\r\n").split(delimiter))
    inner = sum(
        '"' in cell.strip('"').replace('""', "") for line in lines for cell in line.rstrip("\r\n").split(delimiter)
    )
    return opens == closes and not inner


def _body(path: Path, lines: io.TextIOWrapper, form: Format, columns: Sequence[str], *, header: bool) -> Iterator[Line]:
    """Yield the rows below the header."""
    before = csv.field_size_limit(LONGEST_CELL)
    reader = form.reader(lines)
    begins, passed = 1, not header
    try:
        for cells in reader:
            if begins == 1 and cells == EXCEL:
                cells = []
            if cells and passed:
                if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                    raise UserError(_too_long(f"{path}, line {begins}", len(cells), len(columns), form, header=header))
                yield Line(begins, cells)
            passed |= bool(cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"{path}, line {begins} cannot be read: {_what(str(error))}.") from error
    finally:
        csv.field_size_limit(before)


def _what(error: str) -> str:
    if "unexpected end" in error:
        return "the quote that opens there is never closed; a quote in a text is written twice"
    if "field limit" in error:
        return f"it has a cell of more than {LONGEST_CELL:,} characters, mostly a quote that is never closed"
    return f"{error}; a quote in a text is written twice"


def _too_long(where: str, cells: int, columns: int, form: Format, *, header: bool) -> str:
    others = f"the header {columns}" if header else f"most rows {columns}"
    name = DELIMITERS[form.delimiter]
    mend = (
        f"put double quotes around texts that hold a {name}"
        if form.quoted
        else f"take the {name}s out of the texts, or put double quotes around all of them"
    )
    return f"{where} has {cells} cells, {others}: {mend}."
