"""Finds the images that a table lists: where it says, else by their names anywhere beside the table."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from skipwise.data.clutter import is_clutter
from skipwise.data.images.folder import is_image
from skipwise.data.links import is_there
from skipwise.errors import UserError
from skipwise.names import shown

TRIED = 200
"""Files of a table, at even steps, that tell whether they lie where it says."""
MOST_DROPPED = 6
"""Folders of another place that paths may begin with, as /kaggle/input/photos/train/1.jpg."""


def located(root: Path, written: Sequence[str], table: str) -> tuple[list[str], list[str]]:
    """Return the place of each image, relative to a folder where it lies there, and notes on where they were found.

    One that is found nowhere keeps the place that is written. Raises UserError where none is found, or where a name
    stands for several files.
    """
    some = written[:: -(-len(written) // TRIED)]
    there = [is_there(root / file) for file in some]
    if all(there) or (any(there) and not any("\\" in file for file in some)):
        return list(written), []
    slashed = [PureWindowsPath(file).as_posix() for file in written]
    if any(is_there(root / file) for file in slashed[:: -(-len(written) // TRIED)]):
        return slashed, [f"paths in {Path(table).name} are written with \\, as Windows does, and read with /"]
    for dropped in range(1, MOST_DROPPED + 1):
        shorter = ["/".join(PurePosixPath(file).parts[dropped:]) for file in slashed]
        if all(shorter) and all(is_there(root / file) for file in shorter[:: -(-len(written) // TRIED)]):
            before = slashed[0][: -len(shorter[0])]
            return shorter, [f"paths in {Path(table).name} begin with {shown(before)}, which is passed over"]
    found = _Index(root, table)
    places = [found.place(file) for file in slashed]
    if all(place is None for place in places):
        raise UserError(
            f"None of the {len(written)} images that {table} lists is there (the first: {shown(written[0])}): paths begin at the "
            "folder of the table; put the table beside its images."
        )
    first = next(i for i, place in enumerate(places) if place is not None)
    note = f"files are found by their names: {shown(written[first])} is {shown(str(places[first]))}"
    return [place if place is not None else file for place, file in zip(places, slashed, strict=True)], [note]


class _Index:
    """All images below a folder, by their names with and without the suffix, and in any case."""

    def __init__(self, root: Path, table: str) -> None:
        self.table = table
        self.by_name: dict[str, list[str]] = {}
        self.by_folded_name: dict[str, list[str]] = {}
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if not is_clutter(name))
            for name in sorted(files):
                if is_image(PurePosixPath(name)):
                    place = (Path(folder) / name).relative_to(root).as_posix()
                    for key in {name, PurePosixPath(name).stem}:
                        self.by_name.setdefault(key, []).append(place)
                    self.by_folded_name.setdefault(name.casefold(), []).append(place)

    def place(self, file: str) -> str | None:
        """Return where an image lies: the one whose path ends as it is written, else the only one of its name."""
        name = PurePosixPath(file).name
        several = self.by_name.get(name) or self.by_folded_name.get(name.casefold(), [])
        ending = [place for place in several if f"/{place}".endswith(f"/{file.lstrip('./')}")]
        chosen = ending if len(ending) == 1 else several
        if len(chosen) > 1:
            raise UserError(
                f"{self.table} lists {shown(file)}, and there are {shown(chosen[0])} and {shown(chosen[1])}: write the paths in "
                "the table from its own folder."
            )
        return chosen[0] if chosen else None
