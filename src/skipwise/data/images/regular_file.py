"""Files that are opened to be read: regular ones alone, up to a size, however they are named."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skipwise.regular_files import IrregularFileError, open_regular

LARGEST_FILE = 2**31
"""Bytes: more than the largest photo that is decoded takes without compression."""
AT_ONCE = 2**23
"""Bytes of a file that are read at once; larger ones are read piece by piece, since many are open together."""


OpenFile = io.BufferedReader | io.BytesIO


class Unreadable(Exception):  # noqa: N818
    """Why an image cannot be read."""


@contextmanager
def reading(path: Path) -> Iterator[OpenFile]:
    """Open a regular file. Raises Unreadable for a device, a pipe, a folder or too large a file, else OSError."""
    try:
        opened = open_regular(path)
    except (IrregularFileError, IsADirectoryError) as error:
        raise Unreadable("no regular file") from error
    with opened as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST_FILE:
            raise Unreadable(f"{size / 1e9:.1f} GB, and files of up to {LARGEST_FILE / 1e9:.1f} GB are read")
        yield io.BytesIO(file.read(AT_ONCE)) if size <= AT_ONCE else file
