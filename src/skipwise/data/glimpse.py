"""A first look at a folder or file as a whole: which files of which names there are, before anything is read."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from skipwise.data.clutter import is_clutter
from skipwise.data.links import is_file, is_folder

MOST_FOLDERS, MOST_FILES, MOST_SUFFIXES = 2_000, 400, 50
"""Folders that are looked into, and names of files of one suffix kept of each: enough to tell, few enough to be
at once, and the one table or description among many images is always among them."""


@dataclass(frozen=True, kw_only=True)
class Glimpse:
    """Names below a path. `files` maps each folder, "" being the path itself, to the names of its files in order.

    Folders are relative to the path, with slashes. Hidden files and folders, and folders that programs leave behind,
    are left out, links to folders are followed once, and only regular files count. `whole` says whether all was seen.
    Of a file `files` is empty.
    `text_column`, `label_column`: columns that a user named.
    """

    path: Path
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)
    whole: bool = True
    text_column: str | None = None
    label_column: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether the path is a file."""
        return not self.files

    def folders(self, below: str = "") -> list[str]:
        """Return the names of the folders directly in a folder."""
        prefix = f"{below}/" if below else ""
        return [
            name
            for folder in self.files
            if folder.startswith(prefix) and (name := folder[len(prefix) :]) and "/" not in name
        ]

    def inside(self, folder: str) -> "Glimpse":
        """Return what was seen in one of the folders."""
        own = {place: names for place, names in self.files.items() if f"{place}/".startswith(f"{folder}/")}
        files = {place[len(folder) + 1 :]: names for place, names in own.items()}
        return replace(self, path=self.path / folder, files=files)

    def all_files(self) -> Iterator[PurePosixPath]:
        """Yield the path of every file that was seen, relative to the root."""
        for folder, names in self.files.items():
            for name in names:
                yield PurePosixPath(folder, name)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One way to read what lies there.

    `task`: which task it is for. `words`: what it is and why, in a line ("COCO boxes: annotations/x.json with 120
    images"). `read` gives the source and raises UserError. `explicit`: a file says what is what, as annotations or a
    table do; otherwise names of folders are taken for classes. `ask`: how a user asks for this reading where there are
    others ("--task boxes", or a path). `refused`: the sentence that says why it cannot be read, where that is known.
    `seen`: how many examples were seen, where names of folders are taken for classes. `has_columns`: whether a user may
    name the column of the labels.
    """

    task: str
    words: str
    read: Callable[[], Any]
    explicit: bool = True
    ask: str = ""
    refused: str | None = None
    seen: int = 0
    has_columns: bool = False


def look_at(path: Path, *, text_column: str | None = None, label_column: str | None = None) -> Glimpse:
    """Look at a path, passing over folders that cannot be opened."""
    if not path.is_dir():
        return Glimpse(path=path, text_column=text_column, label_column=label_column)
    files: dict[str, Sequence[str]] = {}
    whole = True
    waiting, visited = [""], set[tuple[int, int]]()
    while waiting:
        folder = waiting.pop(0)
        try:
            own = (path / folder).stat()
        except OSError:  # gone since, as folders of processes go
            whole = False
            continue
        if (own.st_dev, own.st_ino) in visited:
            continue
        visited.add((own.st_dev, own.st_ino))
        if len(files) >= MOST_FOLDERS:
            whole = False
            break
        names, below, complete = _names(path / folder)
        whole &= complete
        files[folder] = sorted(names)
        waiting += sorted(f"{folder}/{name}" if folder else name for name in below)
    return Glimpse(path=path, files=files, whole=whole, text_column=text_column, label_column=label_column)


def _names(folder: Path) -> tuple[list[str], list[str], bool]:
    """Return the names of files and folders in a folder, and whether these are all."""
    names: list[str] = []
    below: list[str] = []
    counts = Counter[str]()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if is_folder(entry):
                    below += [] if is_clutter(entry.name) else [entry.name]
                elif is_file(entry):
                    suffix = PurePosixPath(entry.name).suffix.lower()
                    counts[suffix if suffix in counts or len(counts) < MOST_SUFFIXES else ""] += 1
                    if counts[suffix] and counts[suffix] <= MOST_FILES:
                        names.append(entry.name)
    except OSError:
        return names, below, False
    return names, below, len(names) == counts.total()
