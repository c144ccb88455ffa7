"""The source that every kind of annotated images is turned into: images that are not decoded yet, with the boxes as
they were written.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8

from skipwise.data.images.source import Source
from skipwise.data.manifest import MendedBoxes
from skipwise.errors import UserError

LARGEST = 1e7
"""No image has a side of so many pixels. What is not a number is not below it either."""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """The objects of one image: corners x, y, x, y and the class of each, and where each is written.

    In pixels of the image, or `relative` to its width and height. `size` is the height and width that the annotation
    claims, where it does.
    """

    boxes: Float[np.ndarray, "objects 4"]
    labels: Int[np.ndarray, "objects"]
    places: Sequence[str]
    relative: bool = False
    size: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """Images as files, or as arrays of one size, each with its annotation. Other fields are as a Source has them.

    `tally` says what was left out or mended while reading.
    """

    name: str
    classes: tuple[str, ...]
    annotations: Sequence[Annotation]
    parts: Sequence[str]
    names: Sequence[str]
    files: Sequence[Path] | None = None
    arrays: UInt8[np.ndarray, "images height width channels"] | None = None
    groups: Sequence[str] | None = None
    notes: tuple[str, ...] = ()
    tally: "Tally" = field(default_factory=lambda: Tally())

    @property
    def images(self) -> Source:
        """The images alone, all of one class."""
        return Source(
            name=self.name,
            labels=np.zeros(len(self.names), np.int64),
            classes=("",),
            parts=self.parts,
            names=self.names,
            files=self.files,
            arrays=self.arrays,
            groups=self.groups,
            notes=self.notes,
        )

    def in_order(self) -> "Annotated":
        """The same in the order of the images' names, so that nothing depends on a listing."""
        assert self.files is not None
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        return replace(
            self,
            annotations=[self.annotations[i] for i in order],
            parts=[self.parts[i] for i in order],
            names=[self.names[i] for i in order],
            files=[self.files[i] for i in order],
        )


class Tally:
    """How often something was left out or mended, and where first."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.firsts: dict[str, str] = {}

    def add(self, what: str, where: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        self.firsts.setdefault(what, where)

    @property
    def mended(self) -> tuple[MendedBoxes, ...]:
        """An entry for each, as a manifest keeps it."""
        return tuple(
            MendedBoxes(what=what, count=count, first=self.firsts[what]) for what, count in self.counts.items()
        )

    def notes(self) -> list[str]:
        """A line for each."""
        return [
            f"{what}: {count} ({'' if count == 1 else 'the first: '}{self.firsts[what]})"
            for what, count in self.counts.items()
        ]


def below(folder: Path, written: Path) -> Path | None:
    """The place in a folder that a path in its annotations means; None where it leads out of the folder.

    Links are followed, `..` is not followed through them.
    """
    root = folder.resolve()
    place = Path(os.path.normpath(root / written))
    return folder / place.relative_to(root) if place.is_relative_to(root) else None


def read_content(file: Path) -> bytes:
    """A file's bytes. Raises UserError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror or error}.") from error


def read_lines(file: Path) -> list[str]:
    """A text file's lines. Raises UserError where it is no text."""
    try:
        return read_content(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{file} cannot be read as text in UTF-8 ({error}): save it as such.") from error


def corners(values: Any, where: str, name: str, expected: str) -> list[float]:
    """Four numbers that a box is written with. Raises UserError where they are something else."""
    try:
        numbers = [float(value) for value in values if isinstance(values, list) and not isinstance(value, bool)]
    except (TypeError, ValueError, OverflowError):
        numbers = []
    if len(numbers) != 4 or len(values) != 4 or not all(abs(number) < LARGEST for number in numbers):
        raise UserError(f"{where}: {name} is {str(values)[:60]}, and must be four numbers: {expected}.")
    return numbers
