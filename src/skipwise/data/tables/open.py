"""Opening a table, whatever its format."""

from pathlib import Path

from skipwise.data.tables.json_rows import read_json
from skipwise.data.tables.parquet import read_parquet
from skipwise.data.tables.separated import read_separated
from skipwise.data.tables.table import Table
from skipwise.errors import UserError, reason_of

JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}
SEPARATED_SUFFIXES = {".csv", ".tsv", ".tab", ".psv", ".txt"}
TABLE_SUFFIXES = JSON_SUFFIXES | SEPARATED_SUFFIXES | {".parquet"}


def open_table(path: Path) -> Table:
    """Open a table to read all of it. Raises UserError that names the line where it is none."""
    return _opened(path, head_only=False)


def glance_at_table(path: Path) -> Table | None:
    """Return a table as its beginning shows it, whose rows are those of the beginning; None where it is none."""
    if path.suffix.lower() not in TABLE_SUFFIXES:
        return None
    try:
        return _opened(path, head_only=True)
    except UserError:
        return None


def _opened(path: Path, *, head_only: bool) -> Table:
    suffix = path.suffix.lower()
    read = read_parquet if suffix == ".parquet" else read_json if suffix in JSON_SUFFIXES else read_separated
    try:
        return read(path, head_only=head_only)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}).") from error
