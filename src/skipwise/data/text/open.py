"""Opening data of texts, and telling whether data are texts."""

from pathlib import Path

from skipwise.data.glimpse import Glimpse, Reading
from skipwise.data.text.folder import holds_texts, read_text_folder
from skipwise.data.text.hub import HUB, is_saved, read_hub, read_saved
from skipwise.data.text.source import TextSource
from skipwise.data.text.table import TABLE_READERS, columns_of, read_text_table
from skipwise.errors import UserError

EXPECTED = "a .csv, .tsv, .jsonl or .parquet with columns text and label, a folder of texts by class, or hf:NAME"


def open_texts(data: str) -> TextSource:
    """The texts that `data` names. Raises UserError where there is no such thing."""
    if data.startswith(HUB):
        return read_hub(data)
    if not data:
        raise UserError(f"The data have an empty name: give {EXPECTED}.")
    try:
        path = Path(data).expanduser()
        if path.is_dir():
            return read_saved(path) if is_saved(path) else read_text_folder(path)
        there = path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{data[:60]} cannot be read ({str(error)[:80]}): give {EXPECTED}.") from error
    if not there:
        raise UserError(f"{data} does not exist: give {EXPECTED}.")
    if path.suffix.lower() not in TABLE_READERS:
        raise UserError(f"{data} is a file in which no texts are found: give {EXPECTED}.")
    return read_text_table(path)


def are_texts(data: str) -> bool:
    """Whether `data` look like texts, from names and a first line alone."""
    if data.startswith(HUB):
        return True
    try:
        path = Path(data).expanduser()
        if path.is_dir():
            return is_saved(path) or holds_texts(path)
        suffix = path.suffix.lower()
        if suffix == ".csv":
            return path.is_file() and "text" in columns_of(path)
        return suffix in TABLE_READERS
    except (OSError, RuntimeError, ValueError):
        return False


def readings(glimpse: Glimpse) -> list[Reading]:
    path = glimpse.path
    return (
        [Reading(task="text", words="texts", explicit=path.is_file(), read=lambda: open_texts(str(path)))]
        if are_texts(str(path))
        else []
    )
