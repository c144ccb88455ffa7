"""The cache of downloads and decoded data, which every process maps into memory."""

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from skipwise.data.digests import DIGESTS, damage, write_digests
from skipwise.errors import UserError

_OWN_PARTS = f".part-{crc32(platform.node().encode()):08x}-"
"""The beginning of folders that this machine is filling; the process's number follows."""
SECONDS_OF_A_DAY = 86_400


def data_home() -> Path:
    """Return where downloads and decoded data are kept: $SKIPWISE_CACHE, else ~/.cache/skipwise."""
    return Path(os.environ.get("SKIPWISE_CACHE") or Path.home() / ".cache" / "skipwise")


def location_of(path: Path) -> str:
    """Return a path as a manifest keeps it: relative to the cache where it lies there, so that the cache may move."""
    home = data_home()
    return (path.relative_to(home) if path.is_relative_to(home) else path).as_posix()


def path_of(location: str) -> Path:
    """Return the path that a manifest's location means; an absolute one, as earlier versions wrote it, means itself."""
    return data_home() / location


def keep_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return a folder that is whole: the one that is there by its digests, else one that `fill` fills anew.

    It is put in place in one step; whoever comes second leaves what the first one put there.
    """
    if damage(folder) is None:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{_OWN_PARTS}{os.getpid()}-"))
    try:
        fill(part)
        write_digests(part)
        if damage(folder) is not None:
            shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    except OSError:
        if damage(folder) is not None:
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def check_folder(folder: Path, remedy: str) -> None:
    """Raise UserError where a folder of the cache is damaged; one of an earlier version has no digests to tell it."""
    if (folder / DIGESTS).exists() and (wrong := damage(folder)) is not None:
        raise UserError(f"{folder} in the cache is damaged ({wrong}): {remedy}.")


def _sweep(home: Path) -> None:
    """Remove what killed processes of this machine left half filled, and parts of others that are a day old."""
    for part in home.glob(".part-*"):
        owner = part.name.removeprefix(_OWN_PARTS).partition("-")[0] if part.name.startswith(_OWN_PARTS) else ""
        with suppress(OSError):
            dead = (
                not _is_alive(int(owner)) if owner.isdigit() else time.time() - part.stat().st_mtime > SECONDS_OF_A_DAY
            )
            if dead:
                shutil.rmtree(part, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":  # there os.kill ends a process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
