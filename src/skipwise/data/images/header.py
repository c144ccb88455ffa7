"""The header of an image file: format, colour mode and size, without its pixels."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, UInt8

from skipwise.data.images.decode import open_image, upright_size
from skipwise.data.images.regular_file import OpenFile
from skipwise.data.images.value_range import is_cut, is_wide

MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "P": "palette",
    "RGB": "colour",
    "RGBA": "colour with transparency",
    "CMYK": "CMYK (print colours)",
    "YCbCr": "colour (YCbCr)",
    "I;16": "grey of 16 bits",
    "I": "grey of 32 bits",
    "F": "grey of fractions",
}
"""Pillow's modes in words."""


@dataclass(frozen=True, slots=True)
class Header:
    """Height and width in pixels as EXIF says the image is to be seen; `mode` is the colour mode in words.

    `wide`: whether it has more than 8 bits. `cut`: whether bits of its colours are not read.
    """

    height: int
    width: int
    format: str = ""
    mode: str = ""
    wide: bool = False
    cut: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width


@dataclass(frozen=True, kw_only=True)
class Headers:
    """The headers of many files without a Python object for each: (height, width), 0 where unknown, and colour modes.

    `mode_names[modes[i]]` is the colour mode of image i.
    """

    sizes: Int[np.ndarray, "images 2"]
    modes: UInt8[np.ndarray, "images"]
    mode_names: list[str]

    @classmethod
    def empty(cls, count: int) -> "Headers":
        """Return room for so many."""
        return cls(sizes=np.zeros((count, 2), np.int64), modes=np.zeros(count, np.uint8), mode_names=[])

    def put(self, index: int, header: Header) -> None:
        """Keep one."""
        if header.mode not in self.mode_names:
            self.mode_names.append(header.mode)
        self.sizes[index], self.modes[index] = header.size, self.mode_names.index(header.mode)

    def of(self, indices: Int[np.ndarray, "some"]) -> "Headers":
        """Return those of these images."""
        return Headers(sizes=self.sizes[indices], modes=self.modes[indices], mode_names=self.mode_names)


def read_header(file: bytes | OpenFile) -> Header:
    """Return the header of an image file. Raises Unreadable where it is no image."""
    image = open_image(file)
    height, width = upright_size(image)
    mode = MODES.get(image.mode, image.mode)
    return Header(height, width, format=image.format or "?", mode=mode, wide=is_wide(image.mode), cut=is_cut(image))
