"""Digests beside the arrays of a folder, by which damage is found before anybody trains on it."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from skipwise.errors import reason_of
from skipwise.records import write_atomically
from skipwise.regular_files import open_regular, read_text

DIGESTS, SEEN = "digests.json", ".seen.json"
"""CRC-32 of each block of each file, and which files were read whole since this machine was started."""
BLOCK = 1 << 20
SAMPLED = 16
"""Blocks of a file that are read where it was read whole before, at even steps, the first and the last among them."""


def write_digests(folder: Path) -> None:
    """Write the digests of all files that a folder holds."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and file.name not in (DIGESTS, SEEN))
    found = {file.name: {"size": file.stat().st_size, "blocks": _blocks(file, None)} for file in files}
    (folder / DIGESTS).write_text(json.dumps(found))


def damage(folder: Path) -> str | None:
    """Return what is wrong with a folder by its digests, None where nothing is.

    Sizes and some blocks are looked at each time; a file that is new to this start of the machine is read whole.
    """
    try:
        digests = json.loads(read_text(folder / DIGESTS))
        seen = _seen(folder)
        now = {name: _state(folder / name) for name in digests}
        for name, expected in digests.items():
            blocks = expected["blocks"]
            wanted = _sample(len(blocks)) if seen.get(name) == now[name] else range(len(blocks))
            if (folder / name).stat().st_size != expected["size"]:
                return f"{name} has another size"
            if _blocks(folder / name, wanted) != [blocks[i] for i in wanted]:
                return f"{name} has other content"
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        return reason_of(error)
    if seen != now:
        with suppress(OSError):  # a cache that may only be read is read whole each time
            write_atomically(folder / SEEN, lambda part: part.write_text(json.dumps(now)), durable=False)
    return None


def _sample(blocks: int) -> Sequence[int]:
    if blocks <= SAMPLED:
        return range(blocks)
    return [i * (blocks - 1) // (SAMPLED - 1) for i in range(SAMPLED)]


def _blocks(file: Path, wanted: Sequence[int] | None) -> list[int]:
    """Return the digests of a file's blocks, or of those that are wanted."""
    with open_regular(file) as stream:
        if wanted is None:
            wanted = range(-(-os.fstat(stream.fileno()).st_size // BLOCK))
        digests, content = [], memoryview(bytearray(BLOCK))
        for number in wanted:
            stream.seek(number * BLOCK)
            digests.append(crc32(content[: stream.readinto(content)]))
    return digests


def _seen(folder: Path) -> dict[str, Any]:
    """Return what was noted of the files when they were read whole, as far as it can be read."""
    try:
        content = json.loads(read_text(folder / SEEN))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _state(file: Path) -> list[Any]:
    """Return by what a file is known as the same until the machine is started again."""
    found = file.stat()
    return [_start_of_machine(), found.st_ino, found.st_size, found.st_mtime_ns]


def _start_of_machine() -> str:
    """Return what names this start of the machine; without such a name the process's own, so that all is read."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(os.getpid())
