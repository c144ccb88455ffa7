"""The lines of a list of images or classes, in whatever encoding it is."""

from pathlib import Path

from skipwise.data.encodings import MARKS, decode
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_regular

LARGEST = 2**27
"""Bytes that are read of a list."""


def lines_of(path: Path) -> list[str]:
    """Return all lines. Raises UserError where the file is no text, is too large or cannot be read."""
    content = _read(path, LARGEST + 1)
    if len(content) > LARGEST:
        raise UserError(
            f"{path} has more than {LARGEST:,} bytes, which is more than is read of a list: remove what is not needed from it."
        )
    decoded = decode(content)
    if decoded.text is None:
        raise UserError(f"{path} is no list that can be read ({decoded.reason}): get it anew, or save it as UTF-8.")
    return _split(decoded.text)


def first_lines_of(path: Path, most: int) -> list[str]:
    """Return the whole lines in the first bytes of a file, none where it is no text. Raises UserError."""
    content = _read(path, most)
    if len(content) < most:
        return _split(decode(content).text or "")
    wide = next((name for mark, name in MARKS if content.startswith(mark) and name in ("utf_16", "utf_32")), None)
    if wide is not None:
        return _split(content.decode(wide, "ignore"))[:-1]
    ends = content.rfind(b"\n") + 1 or content.rfind(b"\r") + 1
    return _split(decode(content[:ends]).text or "")


def _read(path: Path, most: int) -> bytes:
    try:
        return read_regular(path, most)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}): make it readable, or take it away.") from error


def _split(text: str) -> list[str]:
    """Split lines as Windows, old Macs and all others end them, so that their numbers are those of an editor."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
