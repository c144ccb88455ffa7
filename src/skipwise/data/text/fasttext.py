"""fastText's files: a line for each text, which begins with `__label__` and the name of its class."""

from collections.abc import Iterator
from pathlib import Path

from skipwise.data.encodings import decode
from skipwise.data.text.cells import Labels
from skipwise.data.text.source import Row
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_regular

PREFIX = "__label__"


def is_fasttext(path: Path) -> bool:
    """Return whether the first line of a file begins with a label as fastText writes it. Raises OSError."""
    return read_regular(path, 4096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(PREFIX.encode())


def fasttext_rows(path: Path, part: str, encodings: list[tuple[str, str]]) -> Iterator[Row]:
    """Yield the rows of a file, and add its encoding. Raises UserError naming a line without one label."""
    try:
        found = decode(read_regular(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}).") from error
    if found.text is None:
        raise UserError(f"{path} cannot be read: {found.reason}.")
    encodings.append((path.name, found.encoding))
    labels = Labels()
    for number, line in enumerate(found.text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        first, _, text = line.strip().partition(" ")
        if not first.startswith(PREFIX) or first == PREFIX:
            raise UserError(f"{where} begins with {first[:40]!r}, not with {PREFIX} and a class, as the lines before.")
        if text.lstrip().startswith(PREFIX):
            second = text.split()[0].removeprefix(PREFIX)
            raise UserError(
                f"{where} has several labels, {first.removeprefix(PREFIX)!r} and {second!r}: skipwise gives each text "
                "one class; keep one label a line."
            )
        yield Row(f"{path.name}, line {number}", text.strip(), labels.name(first.removeprefix(PREFIX), where), part)
