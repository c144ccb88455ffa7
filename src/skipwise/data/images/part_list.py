"""Lists of classes that lie in the folder of a part whose images are in no folders of classes."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from skipwise.data.images.list_lines import first_lines_of, lines_of
from skipwise.data.links import is_there
from skipwise.data.parts import part_of
from skipwise.names import shown

SUFFIXES = (".txt", ".csv", ".tsv")
CELLS = re.compile(r"[\t,; ]+")
BEGINNING = 2**16
"""Bytes that tell whether a file may be a list."""


@dataclass(frozen=True, kw_only=True)
class PartList:
    """The class of each image of a part by its name. `numbered`: whether the list has the number of the class.

    `file` is relative to the folder of the part where it lies there, `path` to the data.
    """

    file: str
    path: str
    classes: Mapping[str, str]
    numbered: bool = False

    def note(self, images: int, place: str, classes: Sequence[str]) -> str:
        """Say where the classes of a part's images are from."""
        said = f"the classes of {images} images in {shown(place)} are those that {shown(self.file)} says"
        order = f", whose numbers count the classes in the order of their names (0 is {shown(classes[0])})"
        return said + (order if self.numbered else "")


def list_of_part(root: Path, place: str, part: str, classes: Sequence[str]) -> PartList | None:
    """Return the list of the images in a part's folder, as Tiny ImageNet's `val_annotations.txt`.

    A list begins each line with an image's name and one of the classes to train on, or the number of one; it lies in
    the folder of the part, or beside it or in `meta` under the part's name. None where no file does.
    """
    named = [file for folder in (root, root / "meta") for file in _lists(folder) if part_of(file.stem) == part]
    known = set(classes)
    for file in (*_lists(root / place), *named):
        own, _ = _cells(first_lines_of(file, BEGINNING))
        if not any(label in known or label.isdecimal() for label in own.values()):
            continue  # a text of another kind, however large
        own, lines = _cells(lines_of(file))
        found = {name: label for name, label in own.items() if label in known}
        path = file.relative_to(root).as_posix()
        name = file.name if file.parent == root / place else path
        if found and len(found) > lines / 2:
            return PartList(file=name, path=path, classes=found)
        if is_there(root / place / next(iter(own), "")) and _are_numbers(own.values(), len(classes)):
            numbered = {name: classes[int(label)] for name, label in own.items()}
            return PartList(file=name, path=path, classes=numbered, numbered=True)
    return None


def _cells(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """Return the second cell of each line by the file's name in its first, and how many lines are not empty."""
    cells = [CELLS.split(line.strip())[:2] for line in lines if line.strip()]
    return {PurePosixPath(some[0]).name: some[1] for some in cells if len(some) == 2}, len(cells)


def _lists(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES and file.is_file()]


def _are_numbers(labels: Collection[str], classes: int) -> bool:
    """Return whether labels count so many classes from 0."""
    return "0" in labels and all(label.isdecimal() and len(label) < 10 and int(label) < classes for label in labels)
