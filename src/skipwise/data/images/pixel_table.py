"""Tables whose rows are images: a label, and the value of each pixel in a column of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from skipwise.data.images.source import Source
from skipwise.data.parts import parts_among
from skipwise.data.tally import telling
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import open_regular

LABELS = {"label", "class", "y", "target"}
PIXEL = re.compile(r"(pixel|px|p|x)?_?\d+(x\d+)?|\d+x\d+", re.IGNORECASE)
"""Names of columns of pixels: pixel0, 1x1, 784."""
FEWEST = 64
"""Pixels of an image at least: a table of fewer numbers is one of measurements."""
LONGEST_LINE = 1 << 18
"""Bytes of a first line: room for the pixels of a colour image of 128x128 px."""


@dataclass(frozen=True, kw_only=True)
class PixelColumns:
    """The column of labels, and the shape (height, width, channels) that the other columns make."""

    label: int
    shape: tuple[int, int, int]
    has_header: bool

    @property
    def words(self) -> str:
        """The size of the images."""
        height, width, channels = self.shape
        return f"{width}x{height} px, {'grey' if channels == 1 else 'colour'}"


def pixel_columns(path: Path) -> PixelColumns | None:
    """Return the columns of a table of pixels, None where a file is none, as its first line shows."""
    try:
        with open_regular(path) as file:
            first = file.readline(LONGEST_LINE).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    cells = [cell.strip().strip('"').lower() for cell in first.split(",")]
    shape = _shape(len(cells) - 1)
    if shape is None:
        return None
    named = [number for number, cell in enumerate(cells) if cell in LABELS]
    if len(named) == 1 and all(PIXEL.fullmatch(cell) for number, cell in enumerate(cells) if number != named[0]):
        return PixelColumns(label=named[0], shape=shape, has_header=True)
    if all(cell.isdecimal() and int(cell) < 256 for cell in cells):
        return PixelColumns(label=0, shape=shape, has_header=False)
    return None


def read_pixel_tables(root: Path, tables: Sequence[Path]) -> Source:
    """Return the images of a table, or of the tables of the parts of a split. Raises UserError naming the row."""
    parts_of = parts_among([path.stem for path in tables]) if len(tables) > 1 else {}
    notes, images, labels, parts, names = [], [], [], [], []
    for path in tables:
        columns = pixel_columns(path)
        assert columns is not None
        if not columns.has_header:
            notes.append(f"{path.name} has no header: column 1 is taken for the labels, the others for pixels")
        own_images, own_labels = _read(path, columns)
        images.append(own_images)
        labels.append(own_labels)
        parts += [parts_of.get(path.stem, "")] * len(own_labels)
        names += [f"{path.name}, row {row}" for row in range(1, len(own_labels) + 1)]
    if len({some.shape[1:] for some in images}) > 1:
        raise UserError(f"{root}: {' and '.join(path.name for path in tables)} hold images of different sizes.")
    found, renumbered = np.unique(np.concatenate(labels), return_inverse=True)
    with telling(notes):
        if len(found) < 2:
            raise UserError(f"{tables[0]} has one label, {found[0]}: a comparison needs at least two classes.")
    return Source(
        name=tables[0].stem if len(tables) == 1 else root.resolve().name,
        labels=renumbered.astype(np.int64),
        classes=tuple(map(str, found.tolist())),
        parts=parts,
        names=names,
        arrays=np.concatenate(images),
        notes=tuple(notes),
    )


def _read(
    path: Path, columns: PixelColumns
) -> tuple[UInt8[np.ndarray, "images height width channels"], Int[np.ndarray, "images"]]:
    try:
        rows = np.loadtxt(
            path, np.int32, delimiter=",", skiprows=int(columns.has_header), ndmin=2, encoding="utf-8-sig"
        )
    except (ValueError, OverflowError) as error:
        raise UserError(f"{path} cannot be read as whole numbers ({reason_of(error)}): mend that row.") from error
    if not len(rows):
        raise UserError(f"{path} has no rows: list one image a row.")
    pixels = np.delete(rows, columns.label, axis=1)
    if wrong := np.argwhere((pixels < 0) | (pixels > 255)).tolist():
        row, column = wrong[0]
        raise UserError(f"{path}, row {row + 1} holds the pixel {pixels[row, column]}: values must be from 0 to 255.")
    return pixels.astype(np.uint8).reshape(-1, *columns.shape), rows[:, columns.label].astype(np.int64)


def _shape(pixels: int) -> tuple[int, int, int] | None:
    """Return height, width and channels of a square image of so many values."""
    for channels in (1, 3):
        side = isqrt(pixels // channels)
        if pixels >= FEWEST and side * side * channels == pixels:
            return side, side, channels
    return None
