"""Files that are opened to be read: regular ones alone, up to a size, however they are named."""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST_FILE = 2**31
"""Bytes: more than the largest photo that is decoded takes without compression."""
AT_ONCE = 2**23
"""Bytes of a file that are read at once; larger ones are read piece by piece, since many are open together."""


OpenFile = io.BufferedReader | io.BytesIO


class Unreadable(Exception):  # noqa: N818
    """Why an image cannot be read."""


@contextmanager
def reading(path: Path) -> Iterator[OpenFile]:
    """Open a regular file. Raises Unreadable for a device, a pipe, a folder or too large a file, else OSError.

    Nothing else is ever opened: a pipe would wait for ever, and a device has no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise Unreadable("no regular file")
    with os.fdopen(
        os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
    ) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):  # exchanged since
            raise Unreadable("no regular file")
        if found.st_size > LARGEST_FILE:
            raise Unreadable(f"{found.st_size / 1e9:.1f} GB, and files of up to {LARGEST_FILE / 1e9:.1f} GB are read")
        yield io.BytesIO(file.read(AT_ONCE)) if found.st_size <= AT_ONCE else file
