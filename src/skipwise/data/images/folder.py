"""A folder of images: one folder a class, with or without train, validation and test folders above them."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath, PurePosixPath

import numpy as np
from PIL import Image

from skipwise.data.images.source import PART_NAMES, FilesBelow, Source
from skipwise.errors import UserError

UNREAD_IMAGE_SUFFIXES = {".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng"}
"""Images that Pillow may not read: they are named as unreadable rather than passed over."""


def read_folder(path: Path) -> Source:
    """The images below a folder. Raises UserError where there are fewer than two classes of images."""
    parts, passed_over = parts_below(path)
    classes = sorted({folder.name for root in parts.values() for folder in folders_below(root)})
    names: list[str] = []
    labels: list[int] = []
    given: list[str] = []
    others = hidden = 0
    for part, root in parts.items():
        loose = [file for file in root.iterdir() if file.is_file()]
        hidden_loose = sum(file.name.startswith(".") for file in loose)
        others += len(loose) - hidden_loose
        hidden += hidden_loose
        for folder in folders_below(root):
            images, not_images, not_seen = _images(folder)
            prefix = folder.relative_to(path).as_posix()
            names += [f"{prefix}/{name}" for name in images]
            labels += [classes.index(folder.name)] * len(images)
            given += [part] * len(images)
            others += not_images
            hidden += not_seen
    kept = sorted(set(labels))
    if len(kept) < 2:
        raise UserError(
            f"{path} holds {f'images of one class, {classes[kept[0]]}' if kept else 'no images'}: put the images of each class into a folder of its own, "
            f"as {path}/cats/1.jpg and {path}/dogs/1.jpg."
        )
    empty = [name for number, name in enumerate(classes) if number not in kept]
    order = sorted(range(len(names)), key=names.__getitem__)
    names = [names[i] for i in order]
    told = {"folders without images": empty, "folders beside train that are not read": passed_over}
    return Source(
        name=path.resolve().name,
        labels=np.searchsorted(kept, labels).astype(np.int64)[order],
        classes=tuple(classes[number] for number in kept),
        parts=[given[i] for i in order],
        names=names,
        files=FilesBelow(path, names),
        other_files=others,
        hidden_files=hidden,
        notes=tuple(f"{what}: {', '.join(names)}" for what, names in told.items() if names),
    )


def parts_below(path: Path, examples: str = "images") -> tuple[dict[str, Path], list[str]]:
    """The folder of each part of the split, "" being the whole, and the folders that belong to none.

    `train` alone among other folders is a class, as beside `car` and `bus`; with `test` or `val` it is a part. Raises
    UserError where a part stands there twice, or parts without train.
    """
    above = folders_below(path)
    parts: dict[str, Path] = {}
    for folder in above:
        part = PART_NAMES.get(folder.name.lower())
        if part in parts:
            raise UserError(f"{path} holds both {parts[part].name} and {folder.name}: keep one {part} folder.")
        if part is not None:
            parts[part] = folder
    only_parts = len(parts) == len(above)
    if "train" in parts and (only_parts or len(parts) > 1):
        return parts, [folder.name for folder in above if folder not in parts.values()]
    if parts and only_parts:
        names = " and ".join(folder.name for folder in above)
        raise UserError(f"{path} holds {names} but no train folder: add the {examples} to train on as {path}/train.")
    return {"": path}, []


def folders_below(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _images(folder: Path) -> tuple[list[str], int, int]:
    """Return the names of the images anywhere below a folder, and how many other and hidden files there are."""
    images, others, hidden = [], 0, 0
    for name in _files_below(folder):
        if "/." in f"/{name}":
            hidden += 1
        elif is_image(PurePosixPath(name)):
            images.append(name)
        else:
            others += 1
    return images, others, hidden


def _files_below(folder: Path, inside: str = "") -> Iterator[str]:
    """Return the names of all files below a folder, relative to it. Links to folders are not followed."""
    folders = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file():
                    yield f"{inside}{entry.name}"
    except PermissionError:
        return
    for name in folders:
        yield from _files_below(folder / name, f"{inside}{name}/")


def is_image(file: PurePath) -> bool:
    """Return whether a file's name says that it is an image."""
    return file.suffix.lower() in _image_suffixes()


@cache
def _image_suffixes() -> frozenset[str]:
    return frozenset(UNREAD_IMAGE_SUFFIXES | Image.registered_extensions().keys() - {".pdf"})
