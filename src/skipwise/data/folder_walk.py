"""Walks through folders of classes: names the examples in each, and counts what else lies there."""

import os
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path

from skipwise.data.class_folders import ANNOTATIONS, PLAIN, ClassFolders, listed
from skipwise.data.clutter import is_clutter
from skipwise.data.links import is_file, is_folder
from skipwise.data.tally import Tally
from skipwise.names import shown

DEAD_LINKS = "links that lead nowhere are left out"
NO_FILES = "devices, pipes and sockets are left out"
LINKED_TWICE = "folders that are read already, by another name, are left out"
LOCKED = "folders that may not be opened are left out"


class FolderWalk:
    """Finds the examples below a path. A folder is read once, by whatever links it is reached.

    `is_example` tells by an entry whether a regular file is one; `examples` is the word for them. `aside`, if given,
    has words for files of a folder that belong to others of it, as masks, and chooses them. `tally` hears of all
    that is left out, `hidden` counts hidden files, and `nested` gives, for a folder of a class, the first folder in it
    that holds examples. `known`: files that are read for what they say of the examples, and so are not left out.
    """

    def __init__(
        self,
        path: Path,
        is_example: Callable[[os.DirEntry[str]], bool],
        examples: str,
        *,
        aside: tuple[str, Callable[[Sequence[str]], set[str]]] | None = None,
    ) -> None:
        self.path = path
        self.is_example = is_example
        self.examples = examples
        self.aside = aside
        self.tally = Tally()
        self.hidden = 0
        self.known: set[str] = set()
        self.nested: dict[str, str] = {}
        self.visited: set[tuple[int, int]] = set()

    @property
    def others(self) -> int:
        """How many regular files are no examples."""
        return self.tally.counts.get(self._no_examples, 0)

    @property
    def _no_examples(self) -> str:
        return f"files that are no {self.examples} are left out"

    def files(self, place: str, *, top: bool = True) -> Iterator[str]:
        """Yield the names of all examples anywhere below a folder, relative to the path, in order."""
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
        folders: list[str] = []
        own_files: list[str] = []
        for entry in entries:
            name = f"{place}/{entry.name}"
            if is_folder(entry):
                folders.append(name)
            elif entry.name.startswith("."):
                self.hidden += 1
            elif self._takes(entry, name):
                own_files.append(name)
        yield from self._without_aside(own_files)
        plain = any(name.rpartition("/")[2].lower() in PLAIN for name in folders)
        for name in folders:
            if plain and name.rpartition("/")[2].lower() in ANNOTATIONS:
                self.tally.add(f"folders of masks or annotations beside the {self.examples} are left out", shown(name))
                continue
            if is_clutter(name.rpartition("/")[2]):
                self.hidden += sum(len(files) for _, _, files in os.walk(self.path / name))
                continue
            for file in self.files(name, top=False):
                if top:
                    self.nested.setdefault(place, name)
                yield file

    def beside(self, found: ClassFolders) -> None:
        """Count the files that lie beside the folders of classes, and so have no class."""
        places = {"", found.root, *(folder.place.rpartition("/")[0] for folder in found.folders)}
        for place in sorted(places - {place for _, place in found.without_classes}):
            for entry in sorted(os.scandir(self.path / place), key=lambda entry: entry.name):
                name = f"{place}/{entry.name}" if place else entry.name
                if is_folder(entry):
                    continue
                if entry.name.startswith("."):
                    self.hidden += 1
                elif self._takes(entry, name) and found.folders:
                    self.tally.add(
                        f"{self.examples} beside the folders of classes have no class and are left out", shown(name)
                    )

    def _without_aside(self, names: list[str]) -> list[str]:
        """Leave out the files of a folder that belong to others of it."""
        words, choose = self.aside or ("", lambda _: set[str]())
        left = choose(names)
        for name in names:
            if name in left:
                self.tally.add(f"{words} are left out", shown(name))
        return [name for name in names if name not in left]

    def notes(self, found: ClassFolders, kept: set[str], read: Container[str] = ()) -> Iterator[str]:
        """Say what was guessed, and what is there and is not read.

        `kept` are the classes with examples, `read` the folders of parts whose examples are classed by a list.
        """
        yield from found.notes
        for part, place in found.without_classes:
            if place in read:
                continue
            count = sum(is_file(entry) and self.is_example(entry) for entry in os.scandir(self.path / place))
            yield (
                f"{shown(place)} holds {count} {self.examples[: -1 if count == 1 else None]} without folders of classes, so "
                f"that the classes are unknown: no {part} part is taken from it"
            )
        for part, place in found.foreign:
            if place in read:
                continue
            yield f"{shown(place)} holds folders that are none of the classes to train on: no {part} part is taken from it"
        if empty := [name for name in found.classes if name not in kept]:
            yield f"folders without {self.examples}: {listed(empty)}"
        if found.beside:
            yield f"folders beside the classes that are not read: {listed(found.beside)}"
        if self.nested:
            yield (
                f"{self.examples} in folders within the folder of a class are of that class: "
                f"{listed(list(self.nested.values()))}"
            )
        yield from self.tally.notes()

    def _takes(self, entry: os.DirEntry[str], name: str) -> bool:
        if not is_file(entry):
            self.tally.add(DEAD_LINKS if entry.is_symlink() else NO_FILES, shown(name))
            return False
        if self.is_example(entry):
            return True
        if name in self.known:
            return False
        self.tally.add(self._no_examples, shown(name))
        return False
