"""Every way in which a path can be read as labelled images."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from skipwise.data.class_folders import ANNOTATIONS, ClassFolders, class_folders
from skipwise.data.glimpse import Glimpse, Reading, look_at
from skipwise.data.images.arrays import read_arrays
from skipwise.data.images.cifar_binary import cifar_files, read_cifar
from skipwise.data.images.class_lists import ClassLists, class_lists, read_lists
from skipwise.data.images.cub import cub_folder, cub_words, read_cub
from skipwise.data.images.folder import begins_as_image, folders_of_images, is_image, read_folder
from skipwise.data.images.idx import idx_files, read_idx
from skipwise.data.images.list_files import names_images
from skipwise.data.images.matlab_lists import matlab_lists, matlab_refusal
from skipwise.data.images.pixel_table import pixel_columns, read_pixel_tables
from skipwise.data.images.source import in_order
from skipwise.data.images.table import image_tables, read_tables, unlabelled_table
from skipwise.data.images.table import names_images as table_names_images
from skipwise.data.parts import part_of, parts_among
from skipwise.data.tables import TABLE_SUFFIXES, open_table
from skipwise.errors import UserError

TASK = "images"
EXPECTED = "a folder of images by class, a table with columns path and label, or an .npz"
ANSWERS = "--task images"
LIST_SUFFIXES = (".txt", ".csv", ".tsv", ".lst", ".list")
FEWEST = 5
"""Images in a folder on average, below which it is hardly a class where a table lists the images."""
PIECE = re.compile(
    r".*(patient|subject|person|study|series|session|scan|case|images?|part|batch|chunk|folder)[ _-]?\d+", re.IGNORECASE
)
"""The name of a folder of a patient, or of a piece of the data."""


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
    beside = path.suffix.lower() in TABLE_SUFFIXES and _beside_images(path)
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
    elif beside and image_tables([path], glimpse.label_column):
        yield replace(_of_tables(path.parent, [path], glimpse.label_column), ask=ANSWERS)
    elif beside and glimpse.label_column is not None and image_tables([path]):
        table = open_table(path)
        reason = f"{path} has no column {glimpse.label_column!r} for --label-column (it has {table.listed}): name one of them."
        yield replace(_of_tables(path.parent, [path], None), refused=reason)
    elif beside and (sentence := unlabelled_table([path])):
        yield Reading(task=TASK, words=f"images in a table: {path.name}", read=lambda: None, refused=sentence)
    elif path.suffix.lower() in LIST_SUFFIXES:
        yield from _of_list(path)


def _beside_images(path: Path) -> bool:
    """Return whether a table may be one of images: by the names in it, or by images beside it, as numbers may be."""
    return table_names_images(path) or any(map(is_image, look_at(path.parent).all_files()))


def _of_list(path: Path) -> Iterator[Reading]:
    """Read one list without a header, and those of its parts; images lie beside it or beside its folder."""
    if not names_images(path):
        return
    folder = path.parent.resolve()
    for root in (path.parent, *([folder.parent] if folder.name.lower() in ANNOTATIONS else [])):
        lists = class_lists(look_at(root), (folder / path.name).relative_to(root.resolve()).as_posix())
        if lists is not None:
            yield _of_lists(root, lists)
            return


def _of_folder(glimpse: Glimpse) -> Iterator[Reading]:
    if not glimpse.files[""] and len(glimpse.folders()) == 1 and _holds_tables(glimpse):
        glimpse = glimpse.inside(glimpse.folders()[0])
    path = glimpse.path
    tables = [path / name for name in glimpse.files[""] if PurePath(name).suffix.lower() in TABLE_SUFFIXES]
    if not _images(glimpse):
        tables = [table for table in tables if pixel_columns(table) is not None or table_names_images(table)]
    if pixels := [table for table in tables if pixel_columns(table) is not None]:
        yield _of_pixels(path, pixels)
    yield from _of_binaries(glimpse)
    if found := image_tables(tables, glimpse.label_column) or _tables_of_parts(glimpse):
        yield _of_tables(path, found, glimpse.label_column)
        yield from _of_folders(glimpse, tables, others=True)
        return
    if (cub := cub_folder(glimpse)) is not None:
        yield Reading(task=TASK, words=cub_words(cub), read=lambda: in_order(read_cub(path, cub)), ask=ANSWERS)
        return
    lists = class_lists(glimpse)
    if lists is not None and lists.labelled and "train" not in lists.of_part and _are_classes(glimpse):
        name = next(
            iter(lists.of_part.values())
        ).file  # remarks on some images, or another task: read where it is given
        yield from _of_folders(
            glimpse, tables, others=False, beside=f"; {name} lists images too: give it to learn from it"
        )
        return
    if lists is not None and lists.labelled:
        yield _of_lists(path, lists)
    if lists is not None and not lists.labelled:
        yield replace(_of_lists(path, lists), explicit=False, seen=_images(glimpse))
    else:
        yield from _of_folders(glimpse, tables, others=lists is not None)


def _of_binaries(glimpse: Glimpse) -> Iterator[Reading]:
    """Read the binary files of MNIST's and CIFAR's."""
    path, sets = glimpse.path, idx_files(glimpse)
    if sets:
        several = [one.words.rpartition(": ")[2] for one in sets]
        refused = (
            f"{path} holds several data sets ({'; '.join(several)}): give a folder of one." if len(sets) > 1 else None
        )
        yield Reading(
            task=TASK, words=sets[0].words, read=lambda: read_idx(path, sets[0]), ask=ANSWERS, refused=refused
        )
    if (cifar := cifar_files(glimpse)) is not None:
        yield Reading(task=TASK, words=cifar.words, read=lambda: read_cifar(path, cifar), ask=ANSWERS)


def _holds_tables(glimpse: Glimpse) -> bool:
    """Return whether the only folder there, as an archive wraps data, holds tables of images."""
    inside = glimpse.folders()[0]
    names = [name for name in glimpse.files[inside] if PurePath(name).suffix.lower() in TABLE_SUFFIXES]
    return bool(image_tables([glimpse.path / inside / name for name in names], glimpse.label_column))


def _are_classes(glimpse: Glimpse) -> bool:
    """Return whether folders of images look like classes."""
    try:
        found = class_folders(glimpse.path)
    except UserError:
        return False
    several = len(found.labels_above(folders_of_images(glimpse))) > 1
    return several and not are_patients(found, _images(glimpse))


def _of_folders(glimpse: Glimpse, tables: list[Path], *, others: bool, beside: str = "") -> Iterator[Reading]:
    """Read the folders for classes, where they hold images and no table says otherwise; `others` are read before.

    `beside` is said of what lies there too.
    """
    path, images = glimpse.path, _images(glimpse)
    if not images:
        return
    try:
        found = class_folders(path)
        if len(found.labels_above(folders_of_images(glimpse))) < 2:
            read_folder(path)  # which says why it holds no classes
        words, refused = f"images in a folder for each class: {found.words}{matlab_lists(glimpse)}{beside}", None
        if others and are_patients(found, images):
            return
        if not others and are_patients(found, images) and (sentence := unlabelled_table(tables)):
            yield Reading(
                task=TASK,
                words="images in a table",
                read=lambda: None,
                refused=f"{sentence[:-1]}, or take the table away where the folders are the classes.",
            )
            return
    except UserError as error:
        words, refused = "images in folders", unlabelled_table(tables) or matlab_refusal(glimpse) or str(error)
    yield Reading(
        task=TASK,
        words=words,
        read=lambda: read_folder(path),
        explicit=False,
        ask="" if others else ANSWERS,
        refused=refused,
        seen=images,
    )


def are_patients(found: ClassFolders, images: int) -> bool:
    """Return whether folders look like those of patients or pieces, not of classes: by their names, or few images."""
    return images < FEWEST * len(found.classes) or all(PIECE.fullmatch(name) for name in found.classes)


def _images(glimpse: Glimpse) -> int:
    """Return how many images were seen, by their names or else their first bytes."""
    named = sum(map(is_image, glimpse.all_files()))
    some = zip(glimpse.all_files(), range(200), strict=False)
    return named or sum(begins_as_image(glimpse.path / file) for file, _ in some)


def _of_lists(root: Path, lists: ClassLists) -> Reading:
    """Read lists without a header, which say the classes or the parts."""
    return Reading(
        task=TASK,
        words=lists.words,
        read=lambda: in_order(read_lists(root, lists)),
        ask=ANSWERS,
        refused=lists.refused(root),
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
