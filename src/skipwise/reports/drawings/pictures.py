"""Pictures that a page holds in itself: one as an address, and several in rows under words, as one SVG."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from jaxtyping import UInt8
from PIL import Image

GAP, WORDS = 4, 18
"""Between pictures, and for words above a row, in px."""
INK = "#1b1b1b"
Pixels = UInt8[np.ndarray, "height width channels"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """Pictures side by side, each so many px wide, under words in a colour; bold ones are a heading."""

    pictures: Sequence[Pixels]
    side: int
    words: str = ""
    colour: str = INK
    bold: bool = False


def picture_rows(rows: Sequence[Row]) -> str:
    """The rows one under the other; pixels stay sharp where pictures are enlarged."""
    parts, y, width = [], 0.0, 0.0
    for row in rows:
        if row.words:
            weight = ' font-weight="600"' if row.bold else ""
            parts.append(
                f'<text x="0" y="{y + 13:.1f}" font-size="12" fill="{row.colour}"{weight}>{escape(row.words)}</text>'
            )
            y, width = y + WORDS, max(width, 6.3 * len(row.words))
        heights = [row.side * picture.shape[0] / picture.shape[1] for picture in row.pictures]
        for number, (picture, height) in enumerate(zip(row.pictures, heights, strict=True)):
            parts.append(
                f'<image href="{png(picture, 2 * row.side)}" x="{number * (row.side + GAP)}" y="{y:.1f}" width="{row.side}" '
                f'height="{height:.1f}" preserveAspectRatio="none" style="image-rendering: pixelated"/>'
            )
        y += max(heights, default=0) + (GAP if heights else 0)
        width = max(width, len(row.pictures) * (row.side + GAP) - GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y:.0f}" viewBox="0 0 {width:.0f} {y:.0f}" '
        f'font-family="sans-serif">{"".join(parts)}</svg>'
    )


def png(pixels: Pixels, most: int) -> str:
    """The picture as a data URI, made smaller where a side is longer than `most` px; other than three channels are
    grey.
    """
    return data_uri(Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0]), most)


def data_uri(image: Image.Image, most: int | None = None) -> str:
    """The picture as a data URI, made smaller where a side is longer than `most` px."""
    if most is not None and max(image.size) > most:
        image = image.copy()
        image.thumbnail((most, most))
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
