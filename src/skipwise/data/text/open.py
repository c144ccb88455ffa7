"""Opening data of texts, and telling in which ways what lies there can be read as texts."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from skipwise.data.class_folders import class_folders
from skipwise.data.glimpse import Glimpse, Reading
from skipwise.data.tables import TABLE_SUFFIXES, Table, choose_columns, glance_at_table, is_known, names_path
from skipwise.data.text.class_files import class_files, class_files_words, read_class_files
from skipwise.data.text.fasttext import PREFIX, is_fasttext
from skipwise.data.text.folder import read_text_folder, text_files
from skipwise.data.text.hub import is_saved, read_saved
from skipwise.data.text.part_files import PartFiles, part_files, read_fasttext, read_part_files
from skipwise.data.text.source import TextSource
from skipwise.data.text.table import read_text_table
from skipwise.errors import UserError

ASK = "--task text"
EXPECTED = "a table with a column of texts and one of labels, a folder of texts by class, or hf:NAME"
CLAIMED = TABLE_SUFFIXES - {".csv", ".txt", ".json"}
"""Suffixes of files that are read as tables of texts, for the error that this gives, even where they are broken."""
ALONE = TABLE_SUFFIXES - {".txt", ".json"}
"""Suffixes by which the only table of a folder is known."""


def readings(glimpse: Glimpse) -> list[Reading]:
    """Return every way to read a path as texts."""
    path = glimpse.path
    if glimpse.is_file:
        return _readings_of_file(path, glimpse)
    if is_saved(path):
        read = partial(read_saved, path, text_column=glimpse.text_column, label_column=glimpse.label_column)
        return [
            Reading(
                task="text", words="texts that the Hugging Face library saved", read=read, ask=ASK, has_columns=True
            )
        ]
    found: list[Reading] = []
    files = part_files(glimpse)
    if files is not None:
        found += _readings_of_parts(files, glimpse)
    elif alone := _only_table(glimpse):
        found += _readings_of_file(alone, glimpse)
    if not found and (lines := class_files(glimpse)):
        others = sum(1 for _ in glimpse.all_files()) - len(lines)
        return [
            Reading(
                task="text",
                words=class_files_words(lines),
                read=partial(read_class_files, path, lines, others),
                ask=ASK,
            )
        ]
    if not found and (seen := text_files(glimpse)):
        found += _of_folders(path, seen)
    return found


def _of_folders(path: Path, seen: Mapping[str, int]) -> list[Reading]:
    """Return the reading of text files by folder, where two folders of classes or more hold such files."""
    try:
        found = class_folders(path)
        if len(found.labels_above(seen)) < 2:
            return []
        words, refused = f"text files in a folder for each class: {found.words}", None
    except UserError as error:
        words, refused = "text files in folders", str(error)
    return [
        Reading(
            task="text", words=words, read=partial(read_text_folder, path), explicit=False, ask=ASK, refused=refused,
            seen=sum(seen.values()),
        )
    ]  # fmt: skip


def why_none(glimpse: Glimpse) -> str:
    """Say why no texts can be read where they are asked for."""
    path = glimpse.path
    try:
        if not glimpse.is_file:
            read_text_folder(path)
        elif path.suffix.lower() in TABLE_SUFFIXES:
            read_text_table(path, text_column=glimpse.text_column, label_column=glimpse.label_column)
    except UserError as error:
        return str(error)
    return f"{path} is a file in which no texts are found: give {EXPECTED}."


def _readings_of_file(path: Path, glimpse: Glimpse) -> list[Reading]:
    """Return the reading of a table or of fastText's lines. Raises OSError."""
    if not path.is_file() or path.suffix.lower() not in {*TABLE_SUFFIXES, ""}:
        return []
    if is_fasttext(path):
        words = f"texts as fastText writes them: {path.name}, lines that begin with {PREFIX}"
        return [Reading(task="text", words=words, read=partial(read_fasttext, path.stem, [("", path)]), ask=ASK)]
    read = partial(read_text_table, path, text_column=glimpse.text_column, label_column=glimpse.label_column)
    return _readings_of_table(path, glimpse, read, path.name)


def _readings_of_parts(files: PartFiles, glimpse: Glimpse) -> list[Reading]:
    """Return the reading of a file for each part, as the first of them shows what they hold."""
    first, read = files.files[0], partial(read_part_files, files, glimpse)
    if is_fasttext(first):
        words = f"texts as fastText writes them: {files.words}, lines that begin with {PREFIX}"
        return [Reading(task="text", words=words, read=read, ask=ASK)]
    return _readings_of_table(first, glimpse, read, files.words)


def _readings_of_table(path: Path, glimpse: Glimpse, read: Callable[[], TextSource], names: str) -> list[Reading]:
    """Return the reading of a table, with the reason where its columns cannot be taken for texts and labels.

    A table of files is one of texts only where it has a column that is called as texts are, or that a user named.
    """
    table = glance_at_table(path)
    suffix = path.suffix.lower()
    if table is None or not table.head or len(table.columns) < 2:
        claimed = suffix in CLAIMED and (table is None or len(table.columns) != 1)
        return (
            [Reading(task="text", words=f"texts in a table: {names}", read=read, ask=ASK, has_columns=True)]
            if claimed
            else []
        )
    if _is_label_studio(table):
        refused = f"{path} is Label Studio's JSON, in which texts and choices are nested: export the project as CSV or JSON-MIN."
        return [Reading(task="text", words=f"texts of Label Studio: {names}", read=read, ask=ASK, refused=refused)]
    try:
        columns = choose_columns(table, text=glimpse.text_column, label=glimpse.label_column)
    except UserError as error:
        if names_path(table) or suffix in (".json", ".txt"):
            return []
        return [Reading(task="text", words=f"a table: {names}, {table.words}", read=read, ask=ASK, refused=str(error))]
    text, label = (table.columns[column] for column in (columns.text, columns.label or 0))
    if names_path(table) and glimpse.text_column is None and not is_known(text):
        return []
    words = f"texts in a table: {names}, {table.words}, texts in {text!r}, labels in {label!r}"
    return [Reading(task="text", words=words, read=read, ask=ASK, has_columns=True)]


def _is_label_studio(table: Table) -> bool:
    """Return whether rows are tasks of Label Studio about texts."""
    tasks = [dict(zip(table.columns, line.cells, strict=False)) for line in table.head[:1]]
    return any(
        isinstance(task.get("data"), dict) and "text" in task["data"] and "annotations" in task for task in tasks
    )


def _only_table(glimpse: Glimpse) -> Path | None:
    """Return the table that lies in a folder without any other table or folder of files."""
    if any(names for folder, names in glimpse.files.items() if folder):
        return None
    tables = [name for name in glimpse.files.get("", ()) if PurePosixPath(name).suffix.lower() in ALONE]
    return glimpse.path / tables[0] if len(tables) == 1 else None
