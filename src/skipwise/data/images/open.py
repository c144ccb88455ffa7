"""Every way in which a path can be read as labelled images."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from skipwise.data.class_folders import class_folders
from skipwise.data.glimpse import Glimpse, Reading
from skipwise.data.images.arrays import read_arrays
from skipwise.data.images.folder import begins_as_image, is_image, read_folder
from skipwise.data.images.pixel_table import pixel_columns, read_pixel_tables
from skipwise.data.images.source import in_order
from skipwise.data.images.table import image_tables, read_tables, unlabelled_table
from skipwise.data.parts import part_of, parts_among
from skipwise.data.tables import TABLE_SUFFIXES, open_table
from skipwise.errors import UserError

TASK = "images"
EXPECTED = "a folder of images by class, a table with columns path and label, or an .npz"
ANSWERS = "--task images"
TASTED = 5
"""Files of a folder whose first bytes tell whether they are images, where their names do not."""


def readings(glimpse: Glimpse) -> list[Reading]:
    """Return every way in which images with labels lie there."""
    return list(_of_file(glimpse) if glimpse.is_file else _of_folder(glimpse))


def why_none(glimpse: Glimpse) -> str:
    """Say why no images with labels can be read where they are asked for."""
    path = glimpse.path
    try:
        if not glimpse.is_file:
            read_folder(path)
        elif path.suffix.lower() in TABLE_SUFFIXES:
            open_table(path)
    except UserError as error:
        return str(error)
    return f"{path} is a file in which no images with labels are found: give {EXPECTED}."


def _of_file(glimpse: Glimpse) -> Iterator[Reading]:
    path = glimpse.path
    if path.suffix.lower() in (".npz", ".npy"):
        yield Reading(task=TASK, words=f"images as arrays: {path.name}", read=lambda: read_arrays(path))
    elif is_image(path) or begins_as_image(path):
        yield Reading(
            task=TASK,
            words=f"one image: {path.name}",
            read=lambda: None,
            refused=f"{path} is one image: give the folder that holds the images of each class in a folder of its own.",
        )
    elif pixel_columns(path) is not None:
        yield _of_pixels(path.parent, [path])
    elif image_tables([path], glimpse.label_column):
        yield _of_tables(path.parent, [path], glimpse.label_column)
    elif glimpse.label_column is not None and image_tables([path]):
        table = open_table(path)
        reason = f"{path} has no column {glimpse.label_column!r} for --label-column (it has {table.listed}): name one of them."
        yield replace(_of_tables(path.parent, [path], None), refused=reason)


def _of_folder(glimpse: Glimpse) -> Iterator[Reading]:
    path = glimpse.path
    tables = [path / name for name in glimpse.files[""] if PurePath(name).suffix.lower() in TABLE_SUFFIXES]
    if pixels := [table for table in tables if pixel_columns(table) is not None]:
        yield _of_pixels(path, pixels)
    if listed := image_tables(tables, glimpse.label_column) or _tables_of_parts(glimpse):
        yield _of_tables(path, listed, glimpse.label_column)
    images = sum(map(is_image, glimpse.all_files()))
    if not images:
        images = sum(begins_as_image(path / file) for file, _ in zip(glimpse.all_files(), range(200), strict=False))
    if not images:
        return
    try:
        found = class_folders(path)
        if len(found.labels_above(_folders_of_images(glimpse))) < 2:
            read_folder(path)  # which says why it holds no classes
        words, refused = f"images in a folder for each class: {found.words}", None
    except UserError as error:
        words, refused = "images in folders", unlabelled_table(tables) or str(error)
    yield Reading(
        task=TASK,
        words=words,
        read=lambda: read_folder(path),
        explicit=False,
        ask=ANSWERS,
        refused=refused,
        seen=images,
    )


def _tables_of_parts(glimpse: Glimpse) -> list[Path]:
    """Return the tables of images that lie in the folders of the parts of a split, one in each."""
    parts = [part for part in parts_among(glimpse.folders()) if part in glimpse.files]
    tables = [
        glimpse.path / part / name
        for part in parts
        for name in glimpse.files[part]
        if PurePath(name).suffix.lower() in TABLE_SUFFIXES
    ]
    found = image_tables(tables, glimpse.label_column)
    once = len({table.parent for table in found}) == len(found)
    return found if once and "train" in {part_of(table.parent.name) for table in found} else []


def _folders_of_images(glimpse: Glimpse) -> Iterator[str]:
    """Yield the folders in which images were seen."""
    for folder, names in glimpse.files.items():
        files = [glimpse.path / folder / name for name in names]
        if any(map(is_image, files)) or any(map(begins_as_image, files[:TASTED])):
            yield folder


def _of_tables(root: Path, tables: list[Path], label: str | None) -> Reading:
    """Read one table of images, or the tables of the parts of a split; of several others one must be named."""
    names = ", ".join(table.relative_to(root).as_posix() for table in tables)
    return Reading(
        task=TASK,
        words=f"images in {'a table' if len(tables) == 1 else 'tables'}: {names}",
        has_columns=True,
        read=lambda: in_order(read_tables(root, tables, label)),
        ask=_ask(tables),
        refused=_unclear(root, tables),
    )


def _of_pixels(root: Path, tables: list[Path]) -> Reading:
    """Read one table of pixels, or those of the parts of a split."""
    columns = pixel_columns(tables[0])
    assert columns is not None
    names = ", ".join(table.name for table in tables)
    return Reading(
        task=TASK,
        words=f"images as rows of pixels: {names}, {columns.words}",
        read=lambda: read_pixel_tables(root, tables),
        ask=_ask(tables),
        refused=_unclear(root, tables),
    )


def _ask(tables: list[Path]) -> str:
    return str(tables[0]) if len(tables) == 1 else ANSWERS


def _unclear(root: Path, tables: list[Path]) -> str | None:
    """Say that one of several tables must be named, where they are no parts of a split."""
    if (
        all(table.parent != root for table in tables)
        or len(parts_among([table.stem for table in tables])) == len(tables)
        or len(tables) == 1
    ):
        return None
    names = ", ".join(table.name for table in tables)
    return f"{root} holds several tables of images ({names}): give one of them, as {tables[0]}."
