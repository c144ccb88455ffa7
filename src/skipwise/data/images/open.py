"""Every way in which a path can be read as labelled images."""

from collections.abc import Iterator
from pathlib import PurePath

from skipwise.data.class_folders import ClassFolders, class_folders
from skipwise.data.glimpse import Glimpse, Reading
from skipwise.data.images.arrays import read_arrays
from skipwise.data.images.folder import begins_as_image, is_image, read_folder
from skipwise.data.images.source import in_order
from skipwise.data.images.table import has_columns, read_part_tables, read_table
from skipwise.errors import UserError

TASK = "images"
TABLES = (".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".parquet")
ANSWERS = "--task images"


def readings(glimpse: Glimpse) -> list[Reading]:
    """Return every way in which images with labels lie there."""
    return list(_of_file(glimpse) if glimpse.is_file else _of_folder(glimpse))


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
    elif has_columns(path):
        yield Reading(
            task=TASK,
            words=f"images in a table: {path.name} with columns for path and label",
            read=lambda: in_order(read_table(path)),
            ask=ANSWERS,
        )


def _of_folder(glimpse: Glimpse) -> Iterator[Reading]:
    path = glimpse.path
    tables = [path / name for name in glimpse.files[""] if PurePath(name).suffix.lower() in TABLES]
    if listed := [table for table in tables if has_columns(table)]:
        names = ", ".join(table.name for table in listed)
        yield Reading(
            task=TASK,
            words=f"images in {'a table' if len(listed) == 1 else 'tables'}: {names}",
            read=lambda: in_order(read_part_tables(path, listed)),
            ask=ANSWERS,
        )
    images = sum(map(is_image, glimpse.all_files()))
    if not images:
        images = sum(begins_as_image(path / file) for file, _ in zip(glimpse.all_files(), range(200), strict=False))
    if not images:
        return
    try:
        words, refused = _words(class_folders(path)), None
    except UserError as error:
        words, refused = "images in folders", str(error)
    yield Reading(
        task=TASK,
        words=words,
        read=lambda: read_folder(path),
        explicit=False,
        ask=ANSWERS,
        refused=refused,
        seen=images,
    )


def _words(found: ClassFolders) -> str:
    """Say which folders are taken for the classes."""
    count = len(found.classes)
    return f"images in a folder for each class: {count} classes ({found.words})" if count > 1 else "images"
