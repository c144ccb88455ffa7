"""The cache of downloads and decoded data, which every process maps into memory."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


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


def make_folder(folder: Path, holds: str, fill: Callable[[Path], None]) -> None:
    """Put a filled folder in place in one step; whoever comes second leaves what the first one put there.

    `holds` is a file that a whole folder has.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
    try:
        fill(part)
        part.rename(folder)
    except OSError:
        if not (folder / holds).exists():
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
