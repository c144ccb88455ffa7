"""MNIST's IDX files: a file of images and one of labels for each part, packed with gzip or not."""

import gzip
import math
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from skipwise.data.glimpse import Glimpse
from skipwise.data.images.arrays import ArrayPart, source_of_arrays
from skipwise.data.images.npz import BOMB, LARGEST, PACKED
from skipwise.data.images.source import Source
from skipwise.data.parts import PARTS, part_of
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import open_regular

NAME = re.compile(r"(.*?)[-_. ]?(images|labels)[-.]idx[13][-.]ubyte(\.gz)?", re.IGNORECASE)
TEST = "t10k"
"""The word of MNIST's for its test part."""
BYTES = 8
"""The code of IDX for unsigned bytes."""


@dataclass(frozen=True, kw_only=True)
class IdxFiles:
    """For each part the file of its images and that of its labels, relative to the data.

    `alone`: files of other parts that lie there without the one that belongs to them.
    """

    of_part: Mapping[str, tuple[str, str]]
    alone: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Name the files of images."""
        return f"images as MNIST's IDX files: {', '.join(images for images, _ in self.of_part.values())}"


def idx_files(glimpse: Glimpse) -> list[IdxFiles]:
    """Return the files of each data set in a folder whose training images and labels lie there."""
    sets: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    for file in glimpse.all_files():
        if found := NAME.fullmatch(file.name):
            *words, last = re.split(r"[-_. ]", found[1])
            part = "test" if last.lower() == TEST else part_of(last)
            if part is not None:
                own = sets.setdefault((str(file.parent), *words), {}).setdefault(part, {})
                if found[3] is None or found[2].lower() not in own:
                    own[found[2].lower()] = file.as_posix()
    return [_files(own) for own in sets.values() if len(own.get("train", ())) == 2]


def _files(own: Mapping[str, Mapping[str, str]]) -> IdxFiles:
    """Return the files of a data set by part, and those of a part without its other file."""
    pairs = {part: (own[part]["images"], own[part]["labels"]) for part in PARTS if len(own.get(part, ())) == 2}
    alone = tuple(file for part, files in own.items() if part not in pairs for file in files.values())
    return IdxFiles(of_part=pairs, alone=alone)


def read_idx(root: Path, files: IdxFiles) -> Source:
    """The images of all parts. Raises UserError naming a file that lacks, or is not what it must be."""
    for file in files.alone:
        raise UserError(f"{root / file} lies there without {_other(file)}: put it there too, or take this one away.")
    parts = []
    for part, (images, labels) in files.of_part.items():
        pixels, numbers = _array(root / images, 3), _array(root / labels, 1)
        if len(pixels) != len(numbers):
            raise UserError(
                f"{root / images} holds {len(pixels)} images and {PurePosixPath(labels).name} {len(numbers)} labels: get both "
                "anew."
            )
        parts.append(ArrayPart(part=part, images=pixels[..., None], labels=numbers.astype(np.int64)))
    if any(part.images.shape[1:] != parts[0].images.shape[1:] for part in parts):
        raise UserError(f"{root}: {files.words} have different sizes: give parts of one data set.")
    return source_of_arrays(root.resolve().name, parts, None)


def _other(file: str) -> str:
    """Return how the labels of images are called, and the images of labels."""
    swapped = {"images": "labels", "labels": "images", "idx3": "idx1", "idx1": "idx3"}
    name = PurePosixPath(file).name
    return re.sub("images|labels|idx[13]", lambda found: swapped[found[0].lower()], name, flags=re.IGNORECASE)


def _array(path: Path, axes: int) -> np.ndarray:
    """Return the bytes in a file as an array. Raises UserError."""
    try:
        with open_regular(path) as opened:
            packed = opened.seek(0, 2)
            opened.seek(0)
            file = gzip.GzipFile(fileobj=opened) if path.suffix.lower() == ".gz" else opened
            zero, kind, count = struct.unpack(">HBB", file.read(4))
            if (zero, kind, count) != (0, BYTES, axes):
                raise UserError(f"{path} is no IDX file of bytes with {axes} axes: get it anew.")
            shape = struct.unpack(f">{axes}I", file.read(4 * axes))
            size = math.prod(shape)
            if size > LARGEST or (size > BOMB and size > PACKED * packed):
                raise UserError(f"{path} claims to hold {size / 1e9:,.1f} GB, which it cannot: get it anew.")
            content, more = file.read(size), file.read(1)
    except (OSError, EOFError, struct.error, zlib.error) as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}): get it anew.") from error
    if len(content) < size or not size:
        raise UserError(f"{path} holds {len(content):,} bytes of {size:,}: get it anew.")
    if more:
        raise UserError(f"{path} holds more than the {size:,} bytes that it announces: get it anew.")
    return np.frombuffer(content, np.uint8).reshape(shape)
