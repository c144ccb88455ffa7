"""Options of data, whatever they hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from skipwise.errors import UserError

LARGEST_SIZE = 2048
"""Of a side of images, in pixels: decoded ones of more would fill a disk."""
Fit = Literal["crop", "pad", "stretch"]
"""Cut what is too much, fill what is missing with grey, or change the shape."""
ProgressCallback = Callable[[int, int], None]
"""Hears how far the reading is: how many examples are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """None stands for the default that the data suggest.

    `size`: the side of images in px, the length of texts in tokens. `tokens`: what texts are cut into. `test_size`: the
    fraction for testing where the data have no test set. `long_tail`: the ratio to thin classes to. `device`: what will
    be computed on. `compare_all`: compare each image with all others, however many there are. `fit`: how images of
    another shape come to their size. `text_column`, `label_column`: the columns of a table that hold texts and labels.
    """

    size: int | None = None
    tokens: str | None = None
    test_size: float | None = None
    split_seed: int = 0
    long_tail: float | None = None
    device: str = "cpu"
    compare_all: bool = False
    fit: Fit | None = None
    text_column: str | None = None
    label_column: str | None = None


def check_size(size: int | None, least: int, what: str) -> None:
    """Raises UserError for a side of images, in pixels, that is too small or beyond LARGEST_SIZE."""
    if size is not None and not least <= size <= LARGEST_SIZE:
        pixels = "1 pixel" if least == 1 else f"{least} pixels"
        raise UserError(f"The size asked for is {size}: {what} at least {pixels} a side, and at most {LARGEST_SIZE:,}.")


def check_test_size(test_size: float | None, examples: str) -> None:
    """Raises UserError for a share that cannot be; `examples` are what several of them are called."""
    if test_size is not None and not 0 < test_size < 1:
        raise UserError(
            f"The test size asked for is {test_size}: give a share of the {examples} between 0 and 1, as 0.2."
        )
