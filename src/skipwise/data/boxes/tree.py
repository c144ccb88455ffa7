"""The files below a folder, and the images among them by the names that annotations call them."""

import os
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from skipwise.data.clutter import is_clutter
from skipwise.data.images.folder import is_image
from skipwise.data.links import is_file, is_folder
from skipwise.data.parts import part_of
from skipwise.errors import UserError

UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
"""The prefix that Label Studio gives to uploaded files."""


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Names of the files in each folder, "" being the root; folders are relative to it, with slashes.

    Hidden ones are left out, and only regular files count. `linked`: links to folders that were seen already, and which
    these are.
    """

    root: Path
    files: Mapping[str, Sequence[str]]
    linked: Mapping[str, str] = field(default_factory=dict)

    def paths(self, *suffixes: str) -> Iterator[str]:
        """Yield the relative path of every file with one of these suffixes in lower case, folder by folder."""
        for folder, names in self.files.items():
            for name in names:
                if PurePosixPath(name).suffix.lower() in suffixes:
                    yield joined(folder, name)

    @cached_property
    def images(self) -> Mapping[str, Sequence[str]]:
        """The names of the images in each folder that has some."""
        found = {
            folder: [name for name in names if is_image(PurePosixPath(name))] for folder, names in self.files.items()
        }
        return {folder: names for folder, names in found.items() if names}


def tree_of(root: Path, start: str = "") -> Tree:
    """List what lies below `start`, a folder in `root`. Links to folders are followed once, after what they lead to."""
    files: dict[str, Sequence[str]] = {}
    linked: dict[str, str] = {}
    seen: dict[tuple[int, int], str] = {}
    waiting = deque([start])
    while waiting:
        folder = waiting.popleft()
        try:
            own = (root / folder).stat()
            if (earlier := seen.setdefault((own.st_dev, own.st_ino), folder)) != folder:
                linked[folder] = earlier
                continue
            with os.scandir(root / folder) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            continue
        below = sorted(
            (entry.is_symlink(), entry.name) for entry in visible if is_folder(entry) and not is_clutter(entry.name)
        )
        files[folder] = sorted(entry.name for entry in visible if is_file(entry))
        waiting.extend(joined(folder, name) for link, name in below if not link)
        waiting.extend(joined(folder, name) for link, name in below if link)
    return Tree(root=root, files=files, linked=linked)


def joined(folder: str, name: str) -> str:
    """The path of a file in a relative folder."""
    return f"{folder}/{name}" if folder else name


def part_in(folder: str) -> str:
    """The part that the names of folders on the way say, the last of them; "" where none does."""
    words = (part_of(name.lower().removeprefix("obj_")) for name in folder.split("/"))
    return next((part for part in reversed(list(words)) if part), "")


def part_in_name(stem: str) -> str:
    """The part that the name of a file says, as `instances_train2017` or `dev-labels`; "" for none, or for several."""
    if whole := part_of(stem):
        return whole
    found = {part for word in re.split(r"[ _.\-]+", stem) if (part := part_of(word))}
    return found.pop() if len(found) == 1 else ""


class ImageFinder:
    """Finds the image that an annotation names, whatever folders of another machine stand before its name."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for folder, names in tree.images.items():
            for name in names:
                self._by_name.setdefault(_key(name), []).append(joined(folder, name))
                self._by_stem.setdefault(_key(PurePosixPath(name).stem), []).append(joined(folder, name))

    def find(self, written: str, where: str, *, near: str = "", called: str = "", part: str = "") -> str | None:
        """Return the relative path of an image; None where there is none.

        `near` is the annotation's folder, `called` a name that the image's folder may have, `part` the annotation's:
        images of another part are never meant. Raises UserError naming two that may be meant alike.
        """
        words = _words(written)
        if not words:
            return None
        found = [image for image in self._called(words[-1]) if part_in(_folder(image)) in ("", part) or not part]
        if len(found) < 2:
            return found[0] if found else None
        ranked = sorted(((_rank(image, words, near, called, part), image) for image in found), reverse=True)
        (best, first), (second, other) = ranked[:2]
        if best == second:
            raise UserError(f"{_both(self.tree.root, other, first)}, and {where} may mean either: keep one.")
        return first

    def _called(self, name: str) -> list[str]:
        """All images of this name, with or without its suffix or the prefix of an upload."""
        for known, key in (
            (self._by_name, name),
            (self._by_stem, name),
            (self._by_name, UPLOADED.sub("", name, count=1)),
            (self._by_stem, PurePosixPath(name).stem),
        ):
            if found := known.get(_key(key)):
                return found
        return []


def unlisted(tree: Tree, used: Iterable[str]) -> list[str]:
    """The images of a tree that are not among these."""
    known = set(used)
    every = (joined(folder, name) for folder, names in tree.images.items() for name in names)
    return sorted(image for image in every if image not in known)


def _rank(image: str, words: list[str], near: str, called: str, part: str) -> tuple[bool | int, ...]:
    """How well an image fits the name that is written and the place of its annotation."""
    own = image.split("/")
    tail = 0
    while tail < min(len(own), len(words)) and _key(own[-1 - tail]) == _key(words[-1 - tail]):
        tail += 1
    folder = _folder(image)
    return (
        tail,
        bool(called) and called in folder.split("/"),
        bool(part) and part_in(folder) == part,
        folder == near,
        _shared(folder, near),
        own[-1] == words[-1],
    )


def _shared(one: str, other: str) -> int:
    """How many folders two ways begin with alike."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(one.count("/"), other.count("/")) + 1)


def _words(written: str) -> list[str]:
    """The folders and the name of a written path; where it leads away, its name alone."""
    path = PureWindowsPath(written)  # which knows both slashes
    return [path.name] if path.name and ".." in path.parts else [part for part in path.parts if part != path.anchor]


def _folder(image: str) -> str:
    return image.rpartition("/")[0]


def _both(root: Path, one: str, other: str) -> str:
    """Say that there are two, by their names alone where they lie in one folder."""
    if _folder(one) == _folder(other):
        return f"{root / _folder(one)} holds both {PurePosixPath(one).name} and {PurePosixPath(other).name}"
    return f"{root} holds both {one} and {other}"


def _key(name: str) -> str:
    """Return the form of a name that machines which write it otherwise have in common."""
    return unicodedata.normalize("NFC", name).casefold()
