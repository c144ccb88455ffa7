"""Parquet files as tables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from skipwise.data.tables.table import HEAD_ROWS, Line, Table
from skipwise.errors import UserError, reason_of
from skipwise.extras import load_optional
from skipwise.names import cut
from skipwise.regular_files import open_regular


def read_parquet(path: Path, *, head_only: bool) -> Table:
    """Read a .parquet. Raises OSError, and UserError where it is broken or the library is missing."""
    arrow = load_optional("pyarrow", str(path), "save it as .csv")
    parquet = load_optional("pyarrow.parquet", str(path), "save it as .csv")
    open_regular(path).close()

    try:
        with parquet.ParquetFile(path) as file:
            columns = tuple(file.schema_arrow.names)
            classes = _class_names(file.schema_arrow.metadata)
            twice = len(set(columns)) < len(columns)
    except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read as .parquet ({reason_of(error)}): write it again.") from error
    if twice:
        raise UserError(
            f"{path} has two columns of one name (it has {', '.join(cut(column, 40) for column in columns[:12])}): keep one."
        )

    def lines(wanted: Sequence[int], most: int | None = None) -> Iterator[Line]:
        names = [columns[column] for column in wanted]
        try:
            with parquet.ParquetFile(path) as file:
                number = 0
                for batch in file.iter_batches(batch_size=HEAD_ROWS, columns=names):
                    values = [_values(batch.column(name), classes.get(name)) for name in names]
                    for cells in zip(*values, strict=True):
                        number += 1
                        yield Line(number, cells)
                    if most is not None and number >= most:
                        return
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} cannot be read as .parquet ({reason_of(error)}): write it again.") from error

    return Table(
        path=path,
        columns=columns,
        rows=lambda wanted: lines(wanted, HEAD_ROWS if head_only else None),
        head=list(lines(range(len(columns)), HEAD_ROWS)),
        words="parquet",
        place="row",
    )


def _class_names(metadata: Mapping[bytes, bytes] | None) -> dict[str, list[str]]:
    """Return the names of numbered classes by column, which the Hugging Face library leaves in a file."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return {name: feature["names"] for name, feature in features.items() if "names" in feature}
    except (KeyError, TypeError, ValueError, RecursionError):
        return {}


def _values(column: Any, names: Sequence[str] | None) -> list[Any]:
    found: list[Any] = column.to_pylist()
    if names is None:
        return found
    return [names[cell] if isinstance(cell, int) and 0 <= cell < len(names) else None for cell in found]
