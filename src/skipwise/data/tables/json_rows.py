"""JSON as a table: an object a line, an array of objects, or an object of columns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skipwise.data.encodings import decode, encoding_of_file
from skipwise.data.tables.table import HEAD_BYTES, HEAD_ROWS, Line, Table
from skipwise.errors import UserError
from skipwise.regular_files import open_regular

LARGEST = 512 * 1024 * 1024
"""Bytes of a file that is no lines: it has to be held as a whole."""
SPACE = " \t\r\n"


def read_json(path: Path, *, head_only: bool) -> Table:
    """Read rows of JSON. Raises OSError, and UserError naming the line that cannot be read."""
    with open_regular(path) as file:
        content = file.read(HEAD_BYTES)
        whole = not file.read(1)
    if head_only:
        encoding = decode(content if whole else content[: content.rfind(b"\n") + 1 or None]).encoding
    else:
        encoding = encoding_of_file(path)
    head = content.decode(encoding, "ignore")
    if _is_lines(head, path.suffix.lower()):
        return _lines_table(path, encoding, head, whole=whole, head_only=head_only)
    if not head_only and path.stat().st_size > LARGEST:
        raise UserError(f"{path} is one JSON text of more than {LARGEST >> 20} MiB: write an object a line (.jsonl).")
    if head_only:
        text, part = head, not whole
    else:
        with open_regular(path) as file:
            text, part = file.read().decode(encoding), False
    if text.lstrip(SPACE).startswith("{"):
        return _object_table(path, encoding, text, part=part)
    return _array_table(path, encoding, text, part=part)


def _is_lines(head: str, suffix: str) -> bool:
    """Return whether JSON stands in lines: its first line is whole, and is no array of rows."""
    if suffix != ".json":
        return True
    first, _, rest = head.lstrip().partition("\n")
    try:
        content = json.loads(first)
    except (ValueError, RecursionError):
        return False
    plain = isinstance(content, dict) and not any(isinstance(value, list | dict) for value in content.values())
    return isinstance(content, dict) and (bool(rest.strip()) or plain)


def _lines_table(path: Path, encoding: str, head: str, *, whole: bool, head_only: bool) -> Table:
    some = head.split("\n")
    begin = list(_objects(path, some if whole else some[:-1], most=HEAD_ROWS))
    columns = _keys(content for _, content in begin)

    def rows(wanted: Sequence[int]) -> Iterator[Line]:
        names = [columns[column] for column in wanted]
        if head_only:
            yield from _cells(begin, names)
            return
        with open_regular(path) as file:
            yield from _cells(_objects(path, _decoded(file, encoding)), names)

    return Table(
        path=path,
        columns=columns,
        rows=rows,
        head=list(_cells(begin, columns)),
        words="JSON lines",
        encoding=encoding,
    )


def _decoded(file: Any, encoding: str) -> Iterator[str]:
    """Yield lines, which only a line feed ends: others may stand within JSON's strings."""
    if encoding.startswith(("utf_16", "utf_32")):
        yield from file.read().decode(encoding).split("\n")
        return
    first = True
    for line in file:
        yield line.decode(encoding if first or encoding != "utf_8_sig" else "utf_8")
        first = False


def _objects(path: Path, lines: Sequence[str] | Iterator[str], most: int | None = None) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if most is not None and number > most:
            return
        if not line.strip():
            continue
        content = _loaded(line, f"{path}, line {number}", "write one object a line")
        if not isinstance(content, dict):
            raise UserError(
                f"{path}, line {number} is {line.strip()[:40]!r}, no object: write one as "
                '{"text": "what was written", "label": "its class"} a line.'
            )
        yield number, content


def _array_table(path: Path, encoding: str, text: str, *, part: bool) -> Table:
    begin = []
    for found in _elements(path, text, 0, part=part):
        begin.append(found)
        if len(begin) == HEAD_ROWS:
            break
    columns = _keys(content for _, content in begin)
    return Table(
        path=path,
        columns=columns,
        rows=lambda wanted: _cells(_elements(path, text, 0, part=part), [columns[column] for column in wanted]),
        head=list(_cells(begin, columns)),
        words="a JSON array of objects",
        encoding=encoding,
    )


def _elements(path: Path, text: str, start: int, *, part: bool) -> Iterator[tuple[int, Any]]:
    """Yield the objects of an array one by one, each with the line where it begins; of a `part` the whole ones."""
    decoder = json.JSONDecoder()
    place = _after(text, start, "[")
    line, counted = 1, 0
    while place < len(text) and text[place] != "]":
        line, counted = line + text.count("\n", counted, place), place
        try:
            content, place = decoder.raw_decode(text, place)
        except RecursionError as error:
            raise UserError(
                f"{path}, line {line} is nested too deeply: write one object of plain values a row."
            ) from error
        except ValueError as error:
            if part:
                return
            broken = getattr(error, "lineno", line)
            raise UserError(
                f"{path}, line {broken} is no JSON ({getattr(error, 'msg', error)}): write it again."
            ) from error
        if not isinstance(content, dict):
            raise UserError(f"{path}, line {line} is {str(content)[:40]!r}, no object: write an array of objects.")
        yield line, content
        place = _after(text, place, ",")
    if place >= len(text) and not part:
        raise UserError(f"{path}, line {1 + text.count(chr(10))} is no JSON (the array never ends): write it again.")


def _after(text: str, place: int, sign: str) -> int:
    """Return the place behind white space, this sign if it is there, and white space again."""
    for _ in range(2):
        while place < len(text) and text[place] in SPACE:
            place += 1
        if place < len(text) and text[place] == sign:
            place, sign = place + 1, ""
    return place


def _object_table(path: Path, encoding: str, text: str, *, part: bool) -> Table:
    """Read an object of columns, as pandas writes it, or one that holds an array of objects."""
    if part:
        raise UserError(f"{path} is one large JSON object, of which the beginning tells nothing.")
    content = _loaded(text, str(path), "write an array of objects, or an object a line")
    rows = _holds_rows(content)
    if rows is None:
        keys = ", ".join(map(str, content))[:60]
        raise UserError(f"{path} is a JSON object without rows (its keys: {keys}): write an array of objects.")
    columns = _keys(row for _, row in rows)
    return Table(
        path=path,
        columns=columns,
        rows=lambda wanted: _cells(rows, [columns[column] for column in wanted]),
        head=list(_cells(rows[:HEAD_ROWS], columns)),
        words="a JSON object",
        encoding=encoding,
        place="row",
    )


def _holds_rows(content: Mapping[str, Any]) -> list[tuple[int, Any]] | None:
    """Return the rows of an object: those of its only array of objects, or of its columns of one length."""
    arrays = [value for value in content.values() if isinstance(value, list) and value]
    of_objects = [value for value in arrays if all(isinstance(one, dict) for one in value)]
    if len(of_objects) == 1:
        return list(enumerate(of_objects[0], start=1))
    columns = {name: _column(value) for name, value in content.items()}
    lengths = {None if column is None else len(column) for column in columns.values()}
    if len(columns) < 2 or len(lengths) != 1 or lengths <= {None, 0}:
        return None
    named = {name: column for name, column in columns.items() if column is not None}
    return list(enumerate((dict(zip(named, row, strict=True)) for row in zip(*named.values(), strict=True)), start=1))


def _column(value: Any) -> list[Any] | None:
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        return [*value.values()]
    return value if isinstance(value, list) and not any(isinstance(one, dict) for one in value) else None


def _loaded(text: str, where: str, mend: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UserError(f"{where} is nested too deeply: {mend}, of plain values.") from error
    except ValueError as error:
        raise UserError(f"{where} is no JSON ({getattr(error, 'msg', str(error))}): {mend}.") from error


def _keys(objects: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(key) for content in objects for key in content))


def _cells(found: Any, columns: Sequence[str]) -> Iterator[Line]:
    for number, content in found:
        yield Line(number, [content.get(column) for column in columns])
