"""A .csv, .tsv, .jsonl or .parquet with columns text, label and perhaps split and group."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from skipwise.data.text.cells import check_columns, row_of
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError
from skipwise.extras import load_optional

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How a file in that encoding begins."""


def read_text_table(path: Path) -> TextSource:
    """The texts of one file. Raises UserError naming the row that cannot be."""
    return source_of_rows(path.stem, table_rows(path))


def table_rows(path: Path, part: str = "") -> list[Row]:
    """Every row of a file; `part` is that of the whole file, if it has one."""
    try:
        rows = list(TABLE_READERS[path.suffix.lower()](path, part))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if not rows:
        raise UserError(f"{path} has no rows: it must hold one text a row, with columns text and label.")
    return rows


def decoded(content: bytes, where: str) -> str:
    """UTF-8 with or without a mark of it. Raises UserError that names the line which is something else."""
    if content.startswith(UTF_16):
        raise UserError(f"{where} is UTF-16: save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(
            f"{where}, line {line} is not UTF-8 (byte 0x{content[error.start]:02x}): save the file as UTF-8."
        ) from error


def _separated(path: Path, part: str, delimiter: str) -> Iterator[Row]:
    """Rows of a .csv or .tsv. A line that is quoted wrongly would swallow those below it, so it is refused."""
    text = decoded(path.read_bytes(), str(path))
    before = csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        check_columns(columns, str(path))
        begins = reader.line_num + 1
        for number, cells in enumerate(reader, start=1):
            where = f"{path}, line {begins} (row {number})"
            if len(cells) > len(columns):
                raise UserError(
                    f"{where} has {len(cells)} cells, the header {len(columns)}: put double quotes around texts that "
                    f"hold a {'comma' if delimiter == ',' else 'tab'}."
                )
            if cells:
                yield row_of(dict(zip(columns, cells, strict=False)), f"{path.name}, row {number}", where, part)
            begins = reader.line_num + 1
    except csv.Error as error:
        what = str(error)
        if "unexpected end" in what:
            what = "the quote that opens there is never closed"
        raise UserError(
            f"{path}, line {begins} cannot be read ({what}): a quote in a text is written twice."
        ) from error
    finally:
        csv.field_size_limit(before)


def _json_lines(path: Path, part: str) -> Iterator[Row]:
    for number, line in enumerate(decoded(path.read_bytes(), str(path)).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = getattr(error, "msg", str(error))
            raise UserError(f"{where} is no JSON ({what}): write one object a line.") from error
        if not isinstance(content, dict):
            raise UserError(
                f"{where} is {line.strip()[:40]!r}, no object: write one as "
                '{"text": "what was written", "label": "its class"} a line.'
            )
        check_columns(content, where)
        yield row_of(content, f"{path.name}, line {number}", where, part)


def _parquet(path: Path, part: str) -> Iterator[Row]:
    arrow = load_optional("pyarrow", str(path), "save it as .csv")
    parquet = load_optional("pyarrow.parquet", str(path), "save it as .csv")
    try:
        with parquet.ParquetFile(path) as file:
            check_columns(file.schema_arrow.names, str(path))
            used = [name for name in ("text", "label", "split", "group") if name in file.schema_arrow.names]
            number = 0
            for batch in file.iter_batches(columns=used):
                for cells in batch.to_pylist():
                    number += 1
                    yield row_of(cells, f"{path.name}, row {number}", f"{path}, row {number}", part)
    except (arrow.ArrowException, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as .parquet ({str(error)[:80]}): write it again.") from error


TABLE_READERS: dict[str, Callable[[Path, str], Iterator[Row]]] = {
    ".csv": lambda path, part: _separated(path, part, ","),
    ".tsv": lambda path, part: _separated(path, part, "\t"),
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
"""The format of each suffix."""


def columns_of(path: Path) -> list[Any]:
    """The columns that the first line of a .csv names, from its first bytes alone; nothing where there are none."""
    with path.open("rb") as file:
        content = file.read(4096)
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"  # which is refused later, by its name
    first = content.decode(encoding, errors="replace").partition("\n")[0]
    return [column.strip().strip('"').lower() for column in first.split(",")]
