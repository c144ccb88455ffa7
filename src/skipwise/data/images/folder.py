"""A folder of images: one folder a class, with or without the parts of a split above or below them."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
from PIL import Image

from skipwise.data.class_folders import ClassFolders, class_folders, listed
from skipwise.data.images.decode import looks_like_image
from skipwise.data.images.source import FilesBelow, Source
from skipwise.data.links import is_file, is_folder
from skipwise.data.tally import Tally
from skipwise.errors import UserError
from skipwise.names import shown

UNREAD_IMAGE_SUFFIXES = {".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng"}
"""Images that Pillow may not read: they are named as unreadable rather than passed over."""
HEAD = 64
"""Bytes at a file's beginning that tell whether it is an image, where its name does not."""
BEGINNING = re.compile(r"[^\W\d]+(?=[ _.-]*\d)")
"""The words before a number in a file's name."""
DEAD_LINKS = "links that lead nowhere are left out"
NO_IMAGES = "files that are no images are left out"
NO_FILES = "devices, pipes and sockets are left out"
LINKED_TWICE = "folders that are read already, by another name, are left out"
LOCKED = "folders that may not be opened are left out"


def read_folder(path: Path) -> Source:
    """Return the images below a folder. Raises UserError where there are fewer than two classes of images."""
    found = class_folders(path)
    tally = Tally()
    names: list[str] = []
    labels: list[int] = []
    parts: list[str] = []
    number = {name: index for index, name in enumerate(found.classes)}
    hidden = 0
    walk = _Walk(path, tally)
    for folder in found.folders:
        own = list(walk.images(folder.place))
        names += own
        labels += [number[folder.label]] * len(own)
        parts += [folder.part] * len(own)
    hidden = walk.hidden + _beside(path, found, tally)
    kept = sorted(set(labels))
    if len(kept) < 2:
        raise UserError(tally.with_notes(_too_few(path, found, [found.classes[i] for i in kept], walk)))
    order = sorted(range(len(names)), key=names.__getitem__)
    names = [names[i] for i in order]
    return Source(
        name=path.resolve().name,
        labels=np.searchsorted(kept, labels).astype(np.int64)[order],
        classes=tuple(found.classes[i] for i in kept),
        parts=[parts[i] for i in order],
        names=names,
        files=FilesBelow(path, names),
        other_files=tally.counts.get(NO_IMAGES, 0),
        hidden_files=hidden,
        notes=(*_notes(found, kept, walk, path), *tally.notes()),
    )


class _Walk:
    """Names of images in folders. A folder is read once, by whatever links it is reached; only regular files count."""

    def __init__(self, path: Path, tally: Tally) -> None:
        self.path = path
        self.tally = tally
        self.hidden = 0
        self.visited: set[tuple[int, int]] = set()
        self.nested: dict[str, str] = {}

    def images(self, place: str, *, top: bool = True) -> Iterator[str]:
        """Yield the names of all images anywhere below a folder, relative to the data."""
        try:
            own = (self.path / place).stat()
            entries = sorted(os.scandir(self.path / place), key=lambda entry: entry.name)
        except OSError:
            self.tally.add(LOCKED, shown(place))
            return
        if (own.st_dev, own.st_ino) in self.visited:
            self.tally.add(LINKED_TWICE, shown(place))
            return
        self.visited.add((own.st_dev, own.st_ino))
        folders = []
        for entry in entries:
            name = f"{place}/{entry.name}"
            if is_folder(entry):
                folders.append(name)
            elif entry.name.startswith("."):
                self.hidden += 1
            elif self._is_image(entry, name):
                yield name
        for name in folders:
            if name.rpartition("/")[2].startswith("."):
                self.hidden += sum(len(files) for _, _, files in os.walk(self.path / name))
                continue
            for image in self.images(name, top=False):
                if top:
                    self.nested.setdefault(place, name)
                yield image

    def _is_image(self, entry: os.DirEntry[str], name: str) -> bool:
        if not is_file(entry):
            self.tally.add(DEAD_LINKS if entry.is_symlink() else NO_FILES, shown(name))
            return False
        if is_image(PurePath(entry.name)) or begins_as_image(Path(entry.path)):
            return True
        self.tally.add(NO_IMAGES, shown(name))
        return False


def _beside(path: Path, found: ClassFolders, tally: Tally) -> int:
    """Count the files that lie beside the folders of classes; return how many of these are hidden."""
    hidden = 0
    without = [place for _, place in found.without_classes]
    for place in sorted({"", found.root, *(os.path.dirname(folder.place) for folder in found.folders)} - set(without)):  # noqa: PTH120
        for entry in sorted(os.scandir(path / place), key=lambda entry: entry.name):
            name = f"{place}/{entry.name}" if place else entry.name
            if is_folder(entry):
                continue
            if entry.name.startswith("."):
                hidden += 1
            elif is_image(PurePath(entry.name)) and found.folders:
                tally.add("images beside the folders of classes have no class and are left out", shown(name))
            elif not is_image(PurePath(entry.name)):
                tally.add(NO_IMAGES, shown(name))
    return hidden


class _Told(NamedTuple):
    what: str
    names: list[str]


def _notes(found: ClassFolders, kept: list[int], walk: _Walk, path: Path) -> Iterator[str]:
    """Say what was guessed, and what is there and is not read."""
    yield from found.notes
    for part, place in found.without_classes:
        count = sum(is_image(PurePath(entry.name)) for entry in os.scandir(path / place))
        yield f"{shown(place)} holds {count} images without folders of classes, which say no class: no {part} part is taken from it"
    for part, place in found.foreign:
        yield f"{shown(place)} holds folders that are none of the classes to train on: no {part} part is taken from it"
    told = (
        _Told("folders without images", [name for number, name in enumerate(found.classes) if number not in kept]),
        _Told("folders beside the parts that are not read", list(found.beside)),
    )
    yield from (f"{what}: {listed(names)}" for what, names in told if names)
    if walk.nested:
        inner = list(walk.nested.values())
        yield f"images in folders within the folder of a class are of that class: {listed(inner)}"
    by_fold: dict[str, list[str]] = {}
    for name in found.classes:
        by_fold.setdefault("".join(name.casefold().split()), []).append(name)
    for same in by_fold.values():
        if len(same) > 1:
            yield f"the classes {listed(same)} differ only in case or spaces, and are kept apart"


def _too_few(path: Path, found: ClassFolders, kept: list[str], walk: _Walk) -> str:
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
        with file.open("rb") as opened:
            return looks_like_image(opened.read(HEAD))
    except OSError:
        return False


@cache
def _image_suffixes() -> frozenset[str]:
    return frozenset(UNREAD_IMAGE_SUFFIXES | Image.registered_extensions().keys() - {".pdf"})
