"""A folder with a file of texts for each part, as train.csv and dev.csv: tables, or fastText's files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from skipwise.data.encodings import notes_on_encodings
from skipwise.data.glimpse import Glimpse
from skipwise.data.parts import PARTS, part_of
from skipwise.data.tables import TABLE_SUFFIXES, Columns, open_table
from skipwise.data.text.fasttext import fasttext_rows, is_fasttext
from skipwise.data.text.source import TextSource, source_of_rows
from skipwise.data.text.table import PartTable, part_table, source_of_tables
from skipwise.errors import UserError

SHARD = re.compile(r"-\d{5}-of-\d{5}(-[0-9a-f]+)?$")
"""The end of a part's name where its table is in several files."""


@dataclass(frozen=True, kw_only=True)
class PartFiles:
    """The files of each part, in the order of the parts, relative to a folder."""

    folder: Path
    of_part: Mapping[str, Sequence[PurePosixPath]]

    @property
    def files(self) -> list[Path]:
        """All of them."""
        return [self.folder / file for files in self.of_part.values() for file in files]

    @property
    def words(self) -> str:
        """Their names in a row."""
        names = [str(file) for files in self.of_part.values() for file in files]
        return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def part_files(glimpse: Glimpse) -> PartFiles | None:
    """Return the tables of a folder that are named as parts are, or that lie alone in folders which are."""
    for files in (_by_name(glimpse, ""), _by_name(glimpse, "data"), _by_folder(glimpse)):
        if files:
            ordered = {part: files[part] for part in PARTS if part in files}
            return PartFiles(folder=glimpse.path, of_part=ordered)
    return None


def _by_name(glimpse: Glimpse, folder: str) -> dict[str, list[PurePosixPath]]:
    found: dict[str, list[PurePosixPath]] = {}
    for name in glimpse.files.get(folder, ()):
        file = PurePosixPath(folder, name)
        part = _part(file) if file.suffix.lower() in TABLE_SUFFIXES else None
        if part is not None:
            found.setdefault(part, []).append(file)
    return found


def _by_folder(glimpse: Glimpse) -> dict[str, list[PurePosixPath]]:
    """Return the tables of part folders that hold a single file each."""
    found: dict[str, list[PurePosixPath]] = {}
    for folder in glimpse.folders():
        part, names = part_of(folder), glimpse.files[folder]
        if part is not None and len(names) == 1 and PurePosixPath(names[0]).suffix.lower() in TABLE_SUFFIXES:
            found.setdefault(part, []).append(PurePosixPath(folder, names[0]))
    return found if len(found) > 1 else {}


def _part(file: PurePosixPath) -> str | None:
    """Return the part that a file's name means, as train, train.ft, imdb_train or train-00000-of-00002."""
    stem = SHARD.sub("", file.stem).removesuffix(".ft")
    return part_of(stem) or part_of(re.split(r"[_.\- ]", stem)[-1])


def read_part_files(files: PartFiles, glimpse: Glimpse) -> TextSource:
    """The texts of all parts. Raises UserError where there is no train file, or a part has two that are no pieces."""
    folder = files.folder
    for part, some in files.of_part.items():
        if len(some) > 1 and not all(SHARD.search(file.stem) for file in some):
            raise UserError(f"{folder} holds both {some[0]} and {some[1]}: keep one {part} file.")
    if "train" not in files.of_part:
        raise UserError(
            f"{folder} holds {files.words} but no train file: add the texts to train on as {folder}/train.csv."
        )
    used = {file for some in files.of_part.values() for file in some}
    loose = [name for name in glimpse.files.get("", ()) if PurePosixPath(name) not in used]
    hidden = sum(file.name.startswith(".") for file in folder.iterdir() if file.is_file())
    alone = len(files.of_part) == 1
    parted = [("" if alone else part, folder / file) for part, some in files.of_part.items() for file in some]
    name = folder.resolve().name
    if is_fasttext(parted[0][1]):
        return read_fasttext(name, parted, other_files=len(loose), hidden_files=hidden)
    return source_of_tables(name, list(_tables(parted, glimpse)), other_files=len(loose), hidden_files=hidden)


def read_fasttext(
    name: str, parted: Sequence[tuple[str, Path]], *, other_files: int = 0, hidden_files: int = 0
) -> TextSource:
    """The texts of fastText's files, each for a part."""
    encodings: list[tuple[str, str]] = []
    rows = (row for part, file in parted for row in fasttext_rows(file, part, encodings))
    source = source_of_rows(name, rows, other_files=other_files, hidden_files=hidden_files)
    return replace(source, notes=(*source.notes, *notes_on_encodings(encodings)))


def _tables(parted: Sequence[tuple[str, Path]], glimpse: Glimpse) -> Iterator[PartTable]:
    """Yield each part's table; others than the first are read by its columns, where they have them."""
    text, label = glimpse.text_column, glimpse.label_column
    for number, (part, file) in enumerate(parted):
        table = open_table(file)
        if not number:
            first = part_table(table, part, text_column=text, label_column=label)
            if first.columns.label is not None:
                text, label = table.columns[first.columns.text], table.columns[first.columns.label]
            yield first
        elif text in table.columns and label not in table.columns:
            yield PartTable(table=table, columns=Columns(text=table.columns.index(text), label=None), part=part)
        elif text in table.columns:
            yield part_table(table, part, text_column=text, label_column=label)
        else:
            yield part_table(table, part, text_column=glimpse.text_column, label_column=glimpse.label_column)
