"""A folder of images: one folder a class, with or without the parts of a split above or below them."""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from skipwise.data.class_folders import ClassFolders, alike, class_folders, listed
from skipwise.data.folder_walk import FolderWalk
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.decode import looks_like_image
from skipwise.data.images.part_list import list_of_part
from skipwise.data.images.source import FilesBelow, Source
from skipwise.errors import UserError
from skipwise.names import shown
from skipwise.regular_files import read_regular

UNREAD_IMAGE_SUFFIXES = {".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng"}
"""Images that Pillow may not read: they are named as unreadable rather than passed over."""
NO_IMAGES_OF = {".pdf", ".h5", ".hdf", ".grib", ".bufr", ".mpg", ".mpeg"}
"""Suffixes that Pillow has a name for and cannot open."""
TASTED = 5
"""Files of a folder whose first bytes tell whether they are images, where their names do not."""
HEAD = 64
"""Bytes at a file's beginning that tell whether it is an image, where its name does not."""
BEGINNING = re.compile(r"[^\W\d]+(?=[ _.-]*\d)")
"""The words before a number in a file's name."""
MASK = re.compile(r"(.+?)[ _-](mask|segmentation|seg|gt)([ _-]?\d+)?", re.IGNORECASE)
"""The name of a mask, without suffix, that lies beside its image."""


def read_folder(path: Path) -> Source:
    """Return the images below a folder. Raises UserError where there are fewer than two classes of images."""
    found = class_folders(path)
    names: list[str] = []
    labels: list[int] = []
    parts: list[str] = []
    number = {name: index for index, name in enumerate(found.classes)}
    walk = FolderWalk(path, _is_image, "images", aside=("masks beside the images of their names", _masks))
    given_lists = {
        place: given
        for part, place in (*found.without_classes, *found.foreign)
        if (given := list_of_part(path, place, part, found.classes))
    }
    walk.known |= {given.path for given in given_lists.values()}
    for folder in found.folders:
        own = list(walk.files(folder.place))
        names += own
        labels += [number[folder.label]] * len(own)
        parts += [folder.part] * len(own)
    walk.beside(found)
    lists, read = [], set[str]()
    for part, place in (*found.without_classes, *found.foreign):
        if given := given_lists.get(place):
            own = []
            for name in walk.files(place, top=False):
                if name.rpartition("/")[2] in given.classes:
                    own.append(name)
                else:
                    walk.tally.add("images that a list of classes does not name are left out", shown(name))
            names += own
            labels += [number[given.classes[name.rpartition("/")[2]]] for name in own]
            parts += [part] * len(own)
            read.add(place)
            lists.append(given.note(len(own), place, found.classes))
    kept = sorted(set(labels))
    classes = tuple(found.classes[i] for i in kept)
    if len(kept) < 2:
        raise UserError(walk.tally.with_notes(_too_few(path, found, list(classes), walk)))
    order = sorted(range(len(names)), key=names.__getitem__)
    names = [names[i] for i in order]
    return Source(
        name=path.resolve().name,
        labels=np.searchsorted(kept, labels).astype(np.int64)[order],
        classes=classes,
        parts=[parts[i] for i in order],
        names=names,
        files=FilesBelow(path, names),
        other_files=walk.others,
        hidden_files=walk.hidden,
        notes=(*walk.notes(found, set(classes), read), *lists, *alike(classes)),
    )


def _is_image(entry: os.DirEntry[str]) -> bool:
    return is_image(PurePath(entry.name)) or begins_as_image(Path(entry.path))


def _masks(names: Sequence[str]) -> set[str]:
    """Return the names of masks among images of one folder."""
    stems = {PurePath(name).stem for name in names}
    found = {name: MASK.fullmatch(PurePath(name).stem) for name in names}
    return {name for name, mask in found.items() if mask and mask[1] in stems}


def _too_few(path: Path, found: ClassFolders, kept: list[str], walk: FolderWalk) -> str:
    """Say what lies there where it is no two classes of images."""
    places = [found.root, *(place for _, place in found.without_classes)]
    flat = [entry.name for place in places for entry in os.scandir(path / place) if is_image(PurePath(entry.name))]
    where = f"{path / found.root}{f' ({listed(places[1:])})' if len(places) > 1 else ''}"
    example = f"put the images of each class into a folder of its own, as {path}/cats/1.jpg and {path}/dogs/1.jpg"
    if not kept and flat:
        return (
            f"{where} holds {len(flat)} images and no folders of them, so that nothing says their classes: "
            f"{example}, or list them in a .csv with columns path and label.{_beginnings(flat)}"
        )
    if kept and walk.nested:
        return f"{path} holds images of one class, {shown(kept[0])}: {example}; or give the folder in it whose folders are the classes."
    return f"{path} holds {f'images of one class, {shown(kept[0])}' if kept else 'no images'}: {example}."


def _beginnings(names: list[str]) -> str:
    """Say which words the names begin with, where these may be the classes, as in cat.1.jpg and dog.1.jpg."""
    words = {found[0].strip(" _.-") for name in names if (found := BEGINNING.match(name))}
    if not 2 <= len(words) <= len(names) / 2:
        return ""
    return f" (Their names begin with {listed(sorted(words))}: if these are the classes, move the images into folders.)"


def is_image(file: PurePath) -> bool:
    """Return whether a file's name says that it is an image."""
    return file.suffix.lower() in _image_suffixes()


def begins_as_image(file: Path) -> bool:
    """Return whether a file begins as an image does, whatever it is called."""
    try:
        return looks_like_image(read_regular(file, HEAD))
    except OSError:
        return False


@cache
def _image_suffixes() -> frozenset[str]:
    return frozenset(UNREAD_IMAGE_SUFFIXES | Image.registered_extensions().keys() - NO_IMAGES_OF)


def folders_of_images(glimpse: Glimpse) -> Iterator[str]:
    """Yield the folders in which images were seen."""
    for folder, names in glimpse.files.items():
        files = [glimpse.path / folder / name for name in names]
        if any(map(is_image, files)) or any(map(begins_as_image, files[:TASTED])):
            yield folder
