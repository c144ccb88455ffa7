"""Links in somebody's data: they are followed, those to themselves are none, and files elsewhere are never quoted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skipwise.errors import UserError


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry of a folder is a folder or leads to one; a link to itself or to the root does not."""
    try:
        return entry.is_dir() and not (entry.is_symlink() and Path(entry.path).samefile(os.sep))
    except OSError:
        return False


def is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry of a folder is a regular file or leads to one."""
    try:
        return entry.is_file()
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Return whether there is such a file: no text that is too long for a name is one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@contextmanager
def quoting_no_links(data: str) -> Iterator[None]:
    """Keep what stands in a file out of errors where a link in the folder `data` leads to it from outside.

    A label file that is a link to a private file would else put its lines on the screen, or into a log.
    """
    try:
        yield
    except UserError as error:
        root = Path(data).expanduser()
        for link in _links_out_of(root):
            if link.relative_to(root).as_posix() in str(error):
                raise UserError(
                    f"{link} is a link that leads out of {root}, and what stands there is not what it must be for these "
                    "data: nothing of it is shown here; take the link out, or put a copy there."
                ) from None
        raise


def _links_out_of(root: Path) -> Iterator[Path]:
    """Yield the links below a folder, to files and to folders, whose ends lie outside of it; they are not followed."""
    inside = root.resolve()
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            link = Path(folder, name)
            if link.is_symlink() and not link.resolve().is_relative_to(inside):
                yield link
