"""Headers of image files, without their pixels: format, mode, size."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from skipwise.data.images.decode import Unreadable, open_image, upright_size

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


@dataclass(frozen=True, kw_only=True)
class Header:
    """Of one file; height and width in px as EXIF says the image is to be seen."""

    kind: str
    mode: str
    height: int
    width: int

    @property
    def shorter(self) -> int:
        """Its shorter side, in px."""
        return min(self.height, self.width)


def headers(files: Sequence[Path]) -> list[Header | None]:
    """Of each file, None for one that is no image."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_header, files))


def _header(file: Path) -> Header | None:
    try:
        image = open_image(file.read_bytes())
    except (Unreadable, OSError, ValueError):
        return None
    height, width = upright_size(image)
    return Header(kind=image.format or "?", mode=MODES.get(image.mode, image.mode), height=height, width=width)
