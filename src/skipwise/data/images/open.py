"""Where images come from."""

from pathlib import Path

from skipwise.data.images.arrays import read_arrays
from skipwise.data.images.folder import read_folder
from skipwise.data.images.named import NAMES, read_named
from skipwise.data.images.source import PARTS, Source, in_order
from skipwise.data.images.table import read_table
from skipwise.errors import UserError, unknown

__all__ = ["NAMES", "PARTS", "Source", "check_exists", "open_source"]


def open_source(data: str | Path) -> Source:
    """The images that DATA names: a folder, an .npz, a .csv, or a known name; a path wins over a name.

    Raises UserError where there is no such thing.
    """
    check_exists(data)
    path = _path(data)
    if path.is_dir() and not (str(data) in NAMES and not any(path.iterdir())):
        return in_order(read_folder(path))
    if path.is_file():
        readers = {".npz": read_arrays, ".csv": read_table}
        if path.suffix.lower() not in readers:
            raise UserError(f"{data} is a file skipwise cannot read: give a folder of images, an .npz or a .csv.")
        source = readers[path.suffix.lower()](path)
        return in_order(source) if source.files is not None else source
    return read_named(str(data))


def check_exists(data: str | Path) -> None:
    """Raises UserError where there is no such data."""
    path = _path(data)
    if path.exists() or str(data) in NAMES:
        return
    if path.suffix or len(path.parts) > 1:
        raise UserError(f"{data} does not exist: give a folder of images, an .npz, a .csv, or a name as digits.")
    raise unknown("data set, file or folder", str(data), NAMES)


def _path(data: str | Path) -> Path:
    """`data` as a path. Raises UserError where it cannot be one."""
    if not str(data):
        raise UserError("The data have an empty name: give a folder of images, an .npz, a .csv, or a name as digits.")
    try:
        path = Path(data).expanduser()
        path.is_dir()
    except (OSError, RuntimeError) as error:
        raise UserError(
            f"{str(data)[:60]} cannot be a path ({str(error)[:60]}): give a folder, an .npz or a .csv."
        ) from error
    return path
