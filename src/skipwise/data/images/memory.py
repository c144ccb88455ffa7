"""One bound for the memory of all images that are being decoded together."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

MOST_PIXELS = 300_000_000
"""Of an image that is decoded: the photos of large sensors and panoramas have up to so many."""
MOST_BYTES = 4 * MOST_PIXELS + 2**26
"""Bytes that all threads together decode in: so large an image in colour, of which Pillow keeps four bytes a pixel,
and what it is reduced to.
"""
TILE = 1_024
"""The side of a part of a large image that is converted at a time, in pixels."""


class Room:
    """Bytes that several threads share: who needs more than is free waits until others are done."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.taken = 0
        self._changed = Condition()

    @contextmanager
    def hold(self, needed: int) -> Iterator[None]:
        """Take so many bytes while something is done, of which there must be as many; never take twice at once."""
        assert needed <= self.size, f"{needed} bytes never become free"
        with self._changed:
            self._changed.wait_for(lambda: self.taken + needed <= self.size)
            self.taken += needed
        try:
            yield
        finally:
            with self._changed:
                self.taken -= needed
                self._changed.notify_all()


ROOM = Room(MOST_BYTES)


def tiles(width: int, height: int, multiple: int = 1) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, top, right and bottom of parts of an image, each beginning at a multiple of so many pixels."""
    step = multiple * max(1, TILE // multiple)
    for top in range(0, height, step):
        for left in range(0, width, step):
            yield left, top, min(width, left + step), min(height, top + step)
