"""Images as a table or a list names them, each with its label and part, and the source they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skipwise.data.images.source import FilesBelow, Source
from skipwise.data.tally import Tally
from skipwise.errors import UserError


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An image as a row lists it."""

    file: str
    label: str
    part: str
    group: str
    where: str


class Listing:
    """The images of some rows, each once."""

    def __init__(self) -> None:
        self.rows: dict[str, Listed] = {}
        self.tally = Tally()

    def put(self, row: Listed) -> None:
        """Keep an image that is not listed yet. Raises UserError where it is, as another class or for another part."""
        before = self.rows.setdefault(row.file, row)
        if before is row:
            return
        if before.label != row.label:
            raise UserError(
                f"{row.where}: {row.file} is of the class {row.label!r}, and of {before.label!r} in {before.where}: an image "
                "has one class here, so keep one row."
            )
        if before.part != row.part:
            raise UserError(f"{row.where}: {row.file} is in two parts of the split (see {before.where}): keep one row.")
        self.tally.add("images are listed twice, and are taken once", row.where)

    def classes(self, table: Path) -> list[str]:
        """Return the labels in order. Raises UserError where there are fewer than two."""
        return classes_of(list(self.rows.values()), table, self.tally)


def classes_of(rows: Sequence[Listed], table: Path, tally: Tally) -> list[str]:
    """Return the labels of a table's rows in order. Raises UserError where there are fewer than two."""
    found = sorted({row.label for row in rows})
    if len(found) < 2:
        raise UserError(
            tally.with_notes(f"{table} has one label, {found[0]!r}: a comparison needs at least two classes.")
        )
    return found


def source_of_listed(name: str, root: Path, rows: Sequence[Listed], names: list[str], notes: Sequence[str]) -> Source:
    """The source of these images, whose files lie at `names` below a folder."""
    classes = sorted({row.label for row in rows})
    number = {label: index for index, label in enumerate(classes)}
    return Source(
        name=name,
        labels=np.array([number[row.label] for row in rows], np.int64),
        classes=tuple(classes),
        parts=[row.part for row in rows],
        names=names,
        files=FilesBelow(root, names),
        groups=[row.group for row in rows] if any(row.group for row in rows) else None,
        notes=tuple(notes),
    )
