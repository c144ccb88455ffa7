"""Tells what data are, looking at a folder or file as a whole before anything is read."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from skipwise.data.boxes import open as boxes_open
from skipwise.data.class_folders import listed
from skipwise.data.formats import COMPRESSED, format_of, told, told_of_file, told_of_lines
from skipwise.data.glimpse import Glimpse, Reading, look_at
from skipwise.data.images import open as images_open
from skipwise.data.options import Options
from skipwise.data.tables import TABLE_SUFFIXES, open_table
from skipwise.data.text import open as text_open
from skipwise.errors import UserError, short
from skipwise.names import shown

ROOMS: dict[str, Callable[[Glimpse], list[Reading]]] = {
    "boxes": boxes_open.readings,
    "text": text_open.readings,
    "images": images_open.readings,
}
"""For each task the function that gives every way in which a path can be read for it."""
WHY_NONE: dict[str, Callable[[Glimpse], str]] = {
    "boxes": boxes_open.why_none,
    "text": text_open.why_none,
    "images": images_open.why_none,
}
"""For each task the function that says why there is none."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
PACKED = (".gz", ".bz2", ".xz")
"""Of which one holds a single file, unless it is a .tar."""
LONGEST_CLASS = 255
"""Characters of a class's name, as of a folder's."""
OUTNUMBERED = 10
"""Times as many examples: the fewer ones are something beside the data, as pictures among mails."""


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """The layout of data: the reading that is taken, and others that were possible."""

    reading: Reading
    others: tuple[Reading, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Say what the data are, and as what else they could be read."""
        others = [other for other in self.others if other.explicit or other.seen]
        also = [f"could also be read as {other.words}" + _by(other) for other in others if other.refused is None]
        left = [f"not read: {other.words}" for other in others if other.refused is not None and other.task == "boxes"]
        return (self.reading.words, *also, *left)


def recognise(
    data: str, *, task: str | None = None, text_column: str | None = None, label_column: str | None = None
) -> Recognised:
    """Tell what lies at a path; with `task` only as this task reads it.

    A file that says what is what (annotations, a table) comes before names of folders. Raises UserError where there is
    nothing that can be read, where annotations are not understood, and where two readings would train different
    things.
    """
    path = path_of_data(data)
    glimpse = look_at(path, text_column=text_column, label_column=label_column)
    found = [reading for name, room in ROOMS.items() if task in (None, name) for reading in room(glimpse)]
    for explicit in (True, False):
        some = [reading for reading in found if reading.explicit is explicit]
        readable = sorted((reading for reading in some if reading.refused is None), key=lambda reading: -reading.seen)
        if len(readable) > 1 and readable[0].seen <= OUTNUMBERED * readable[1].seen:
            raise UserError(_several(data, readable))
        if readable:
            _check_label_column(data, readable[0], label_column)
            return Recognised(reading=readable[0], others=tuple(other for other in found if other is not readable[0]))
        if some:
            raise UserError(str(some[0].refused))
    if task is not None:
        raise UserError(WHY_NONE[task](glimpse))
    if glimpse.is_file and path.suffix.lower() in TABLE_SUFFIXES:
        open_table(path)  # which says why it cannot be read, if so
    raise UserError(_nothing(data, path, glimpse))


def open_as(task: str, data: str, options: Options) -> tuple[Any, tuple[str, ...]]:
    """Read what lies at a path for a task; give its source, and the lines that say what it is. Raises UserError."""
    found = recognise(data, task=task, text_column=options.text_column, label_column=options.label_column)
    source = found.reading.read()
    _check_names(data, source.classes)
    return source, found.lines


def _check_names(data: str, classes: Sequence[str]) -> None:
    """Raises UserError for a class whose name is a text: a column or a line was taken for it that is none."""
    longest = max(classes, key=len, default="")
    if len(longest) > LONGEST_CLASS:
        raise UserError(
            f"{data}: the class {short(longest)!r} has a name of {len(longest):,} characters, and {LONGEST_CLASS} are the "
            "most: give it a short one, or name another column with --label-column."
        )


def is_name(data: str, names: Container[str]) -> bool:
    """Return whether data are meant by a known name: a file, or a folder that holds anything, wins over it."""
    path = Path(data)
    return data in names and not path.is_file() and not (path.is_dir() and any(path.iterdir()))


def path_of_data(data: str) -> Path:
    """Return data as a path. Raises UserError where it cannot be one or there is nothing."""
    if not data:
        raise UserError("The data have an empty name: give a folder, a file, or a name as digits.")
    try:
        path = Path(data).expanduser()
        there = path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(
            f"{data[:60]} cannot be a path ({str(error)[:60]}): give a folder, a file, or a name as digits."
        ) from error
    if not there:
        raise UserError(f"{data} does not exist: give a folder, a file, or a name as `skipwise list data` has them.")
    if not (path.is_dir() or path.is_file()):
        raise UserError(f"{data} is no regular file and no folder: give one of these.")
    return path


def layout_lines(found: Recognised) -> str:
    """Return the lines that a console says of it."""
    return "\n".join(f"{label:<12}{shown(line)}" for label, line in zip_longest(["Layout"], found.lines, fillvalue=""))


def _by(reading: Reading) -> str:
    return f" ({reading.ask})" if reading.ask else ""


def _several(data: str, readings: Sequence[Reading]) -> str:
    ways = "; or ".join(f"{reading.words}{_by(reading)}" for reading in readings)
    return f"{data} can be read in ways that train different things: {ways}. Say which, as it stands in brackets."


def _check_label_column(data: str, reading: Reading, column: str | None) -> None:
    """Raises UserError where a column was named and what is read has none."""
    if column is not None and not reading.has_columns:
        raise UserError(
            f"--label-column {column} names the column of a table, and {data} is no table ({reading.words}): leave it out."
        )


def _first_files(glimpse: Glimpse) -> list[Path]:
    return [glimpse.path / file for file, _ in zip(glimpse.all_files(), range(5), strict=False)]


def _nothing(data: str, path: Path, glimpse: Glimpse) -> str:
    """Say what lies there where no reading is possible."""
    if glimpse.is_file:
        if path.suffix.lower() in ARCHIVES and (format_of(path) or COMPRESSED) == COMPRESSED:
            one = path.suffix.lower() in PACKED and not path.stem.lower().endswith(".tar")
            kind, inside = ("packed", "file") if one else ("an archive", "folder")
            return f"{data} is {kind}: unpack it, and give the {inside}."
        if sentence := told_of_file(path):
            return sentence
        return (
            f"{data} is a file in which nothing to learn from is found: give a folder of images or texts by class, a table with columns "
            "path and label, or text and label, an .npz, or annotations as COCO's .json."
        )
    if sentence := told(glimpse) or next(filter(None, map(told_of_lines, _first_files(glimpse))), None):
        return sentence
    tables = [name for name in glimpse.files.get("", ()) if Path(name).suffix.lower() in TABLE_SUFFIXES - {".txt"}]
    if len(tables) > 1:
        return (
            f"{shown(data)} holds several tables ({listed(tables)}), whose names are no parts of a split: give one of them, as "
            f"{shown(str(path / tables[0]))}, or join them in one with a column label."
        )
    suffixes: dict[str, int] = {}
    for file in glimpse.all_files():
        suffixes[file.suffix.lower()] = suffixes.get(file.suffix.lower(), 0) + 1
    commonest = sorted(suffixes, key=lambda suffix: -suffixes[suffix])[:3]
    holds = ", ".join(f"{suffixes[suffix]} {suffix or 'without a suffix'}" for suffix in commonest)
    found = f"nothing that can be learned from (files: {holds})" if holds else "no files"
    return (
        f"{shown(data)} holds {found}: give images or texts in a folder for each "
        "class, a table of them, or annotated images."
    )
