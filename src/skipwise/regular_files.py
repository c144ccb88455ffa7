"""Files that are opened to be read: regular ones alone, since a pipe may wait for ever, and a device has no end."""

import errno
import io
import os
import stat
from pathlib import Path

AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""A pipe that took the place of a file is not waited for."""


class IrregularFileError(OSError):
    """A device or a pipe where a file is to be read."""


def open_regular(path: Path) -> io.BufferedReader:
    """Open a file to read its bytes. Raises OSError; IrregularFileError for a device or a pipe."""
    _check(path, path.stat().st_mode)
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | AT_ONCE))  # noqa: SIM115
    try:
        _check(path, os.fstat(file.fileno()).st_mode)  # it may have been exchanged since
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: Path, most: int = -1) -> bytes:
    """Return the bytes of a regular file, or its first `most`. Raises OSError."""
    with open_regular(path) as file:
        return file.read(most)


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a regular file. Raises OSError, and UnicodeDecodeError where it is in another encoding."""
    with io.TextIOWrapper(open_regular(path), encoding=encoding) as file:
        return file.read()


def _check(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory", str(path))
    if not stat.S_ISREG(mode):
        raise IrregularFileError(errno.EINVAL, "it is a device or a pipe, no regular file", str(path))
