"""Lists of classes that lie in the folder of a part whose images are in no folders of classes."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from skipwise.data.links import is_there
from skipwise.data.parts import part_of
from skipwise.names import shown
from skipwise.regular_files import open_regular

SUFFIXES = (".txt", ".csv", ".tsv")
CELLS = re.compile(r"[\t,; ]+")
LARGEST_LIST = 1 << 27
"""Bytes that are read of a list."""


@dataclass(frozen=True, kw_only=True)
class PartList:
    """The class of each image of a part by its name. `numbered`: whether the list has the number of the class."""

    file: str
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
    for file in (*_lists(root / place), *named):
        with open_regular(file) as opened:
            lines = opened.read(LARGEST_LIST).decode("utf-8", "replace").splitlines()
        cells = [CELLS.split(line.strip())[:2] for line in lines if line.strip()]
        own = {PurePosixPath(some[0]).name: some[1] for some in cells if len(some) == 2}
        found = {name: label for name, label in own.items() if label in classes}
        name = file.name if file.parent == root / place else file.relative_to(root).as_posix()
        if found and len(found) > len(cells) / 2:
            return PartList(file=name, classes=found)
        if is_there(root / place / next(iter(own), "")) and _are_numbers(own.values(), len(classes)):
            numbered = {name: classes[int(label)] for name, label in own.items()}
            return PartList(file=name, classes=numbered, numbered=True)
    return None


def _lists(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in sorted(folder.iterdir()) if file.suffix.lower() in SUFFIXES and file.is_file()]


def _are_numbers(labels: Collection[str], classes: int) -> bool:
    """Return whether labels count so many classes from 0."""
    return "0" in labels and all(label.isdecimal() and len(label) < 10 and int(label) < classes for label in labels)
