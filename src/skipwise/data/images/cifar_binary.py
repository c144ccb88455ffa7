"""The binary version of CIFAR-10 and CIFAR-100: records of labels and of 3x32x32 pixels."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from skipwise.data.glimpse import Glimpse
from skipwise.data.images.arrays import ArrayPart, source_of_arrays
from skipwise.data.images.list_lines import lines_of
from skipwise.data.images.source import Source
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_regular

PIXELS, SHAPE = 3072, (3, 32, 32)
BATCH = re.compile(r"data_batch_\d+\.bin")
LARGEST = 2**30
NAMES = {1: "batches.meta.txt", 2: "fine_label_names.txt"}
"""By how many labels stand in a record, of which the last is the class, the file of the classes' names."""


@dataclass(frozen=True, kw_only=True)
class CifarFiles:
    """The files of each part, relative to the data. `labels`: how many stand in a record.

    `others`: the files of other data sets there.
    """

    folder: str
    of_part: Mapping[str, tuple[str, ...]]
    labels: int
    others: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Name the files."""
        names = [name for files in self.of_part.values() for name in files]
        return f"images in the binary version of CIFAR-{10 if self.labels == 1 else 100}: {', '.join(names)}"


def cifar_files(glimpse: Glimpse) -> CifarFiles | None:
    """Return the files of CIFAR's binary version in a folder, None where there are none."""
    sets = list(_sets(glimpse))
    others = tuple(one.words.rpartition(": ")[2] for one in sets[1:])
    return replace(sets[0], others=others) if sets else None


def _sets(glimpse: Glimpse) -> Iterator[CifarFiles]:
    """Yield the files of each data set."""
    for folder, names in glimpse.files.items():
        batches = tuple(str(PurePosixPath(folder, name)) for name in names if BATCH.fullmatch(name))
        if batches:
            test = ("test_batch.bin",) if "test_batch.bin" in names else ()
            yield _files(folder, batches, tuple(str(PurePosixPath(folder, name)) for name in test), 1)
        if {"train.bin", "test.bin", NAMES[2]} <= set(names):
            both = (str(PurePosixPath(folder, name)) for name in ("train.bin", "test.bin"))
            yield _files(folder, (next(both),), (next(both),), 2)


def read_cifar(root: Path, files: CifarFiles) -> Source:
    """The images of all parts. Raises UserError for a file that holds no whole records, and for several data sets."""
    if files.others:
        several = "; ".join([files.words.rpartition(": ")[2], *files.others])
        raise UserError(f"{root} holds several data sets ({several}): give a folder of one.")
    parts = [
        ArrayPart(part=part, images=np.concatenate(pixels), labels=np.concatenate(labels))
        for part, some in files.of_part.items()
        for pixels, labels in [zip(*(_records(root / name, files.labels) for name in some), strict=True)]
    ]
    file = root / files.folder / NAMES[files.labels]
    names, last = _names(file), max(int(part.labels.max()) for part in parts)
    if names is not None and last >= len(names):
        raise UserError(
            f"{file} has {len(names)} names of classes, and labels go from 0 to {last}: write a name a line for each, or take "
            "the file away."
        )
    return source_of_arrays(root.resolve().name, parts, names)


def _files(folder: str, train: tuple[str, ...], test: tuple[str, ...], labels: int) -> CifarFiles:
    of_part = {"train": train, "test": test} if test else {"": train}
    return CifarFiles(folder=folder, of_part=of_part, labels=labels)


def _records(path: Path, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels and classes in a file."""
    try:
        content = read_regular(path, LARGEST)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}).") from error
    if not content or len(content) % (PIXELS + labels):
        raise UserError(f"{path} has {len(content):,} bytes, which are no records of {PIXELS + labels}: get it anew.")
    records = np.frombuffer(content, np.uint8).reshape(-1, PIXELS + labels)
    pixels = records[:, labels:].reshape(-1, *SHAPE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pixels), records[:, labels - 1].astype(np.int64)


def _names(path: Path) -> list[str] | None:
    if not path.is_file():
        return None
    return [line.strip() for line in lines_of(path) if line.strip()] or None
