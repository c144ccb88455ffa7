"""Folders whose names are classes, with the folders of the parts of a split above or below them."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from skipwise.data.clutter import is_clutter
from skipwise.data.links import is_folder
from skipwise.data.parts import part_of, parts_among
from skipwise.errors import UserError
from skipwise.names import shown, tidy

MOST_COMPARED = 200
"""Class folders whose own folders are looked at, to tell whether the parts of a split lie below them."""
PLAIN = {
    "images",
    "image",
    "img",
    "imgs",
    "photos",
    "pictures",
    "jpg",
    "jpeg",
    "png",
    "texts",
    "txt",
    "files",
    "data",
    "raw",
}
"""Names of folders that say nothing but what lies in them: they may be in each class."""
ANNOTATIONS = {
    "annotation",
    "annotations",
    "attributes",
    "bounding_boxes",
    "ground_truth",
    "groundtruth",
    "imagesets",
    "labels",
    "mask",
    "masks",
    "meta",
    "metadata",
    "parts",
    "segmentation",
    "segmentations",
    "trimaps",
    "xml",
    "xmls",
}
"""Names of folders that say something about the images beside them."""
MOST_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class ClassFolder:
    """A folder of one class: `place` relative to the data, and the part that its place says, "" for none."""

    place: str
    label: str
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class ClassFolders:
    """The folders of all classes below a path, and what lies beside them.

    `root`: where they lie, "" being the path itself. `without_classes`: folders of parts in which there are no folders
    of classes. `foreign`: folders of parts whose folders are none of the training part's. `beside`: folders that belong
    to no part, or lie beside the one that holds the classes. `notes`: what was guessed.
    """

    folders: tuple[ClassFolder, ...]
    root: str = ""
    without_classes: tuple[tuple[str, str], ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()
    beside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes in order."""
        return tuple(sorted({folder.label for folder in self.folders}))

    @property
    def words(self) -> str:
        """Say which the classes are, and where."""
        parts = [part for part in ("train", "validation", "test") if any(part == own.part for own in self.folders)]
        where = f" in {shown(self.root)}" if self.root else ""
        told = f"; parts: {', '.join(parts)}" if parts else ""
        return f"{len(self.classes)} classes ({listed(self.classes)}{where}{told})"

    def labels_above(self, places: Iterable[str]) -> set[str]:
        """Return the classes in whose folders some of these folders lie."""
        label_of = {folder.place: folder.label for folder in self.folders}
        above = (
            next((one for one in (place, *map(str, PurePosixPath(place).parents)) if one in label_of), None)
            for place in places
        )
        return {label_of[one] for one in above if one is not None}


def class_folders(path: Path) -> ClassFolders:
    """Find the folders of classes below a path. There may be none.

    Raises UserError where a part stands there twice, where parts lack train, and where folders that would be classes
    all hold the same folders, as parts of a split do.
    """
    root = _unwrapped(path)
    found = _found(root, "" if root == path else f"{root.relative_to(path).as_posix()}/")
    above = [folder for folder in root.parents if folder.is_relative_to(path)]
    passed_over = [
        folder.relative_to(path).as_posix()
        for other in above
        for folder in folders_below(other)
        if not root.is_relative_to(folder)
    ]
    return replace(found, beside=(*passed_over, *found.beside))


def _found(root: Path, prefix: str) -> ClassFolders:
    names = [folder.name for folder in folders_below(root)]
    parts = _parts(root, names)
    if parts:
        return _below_parts(root, prefix, parts, [name for name in names if name not in parts])
    return _of_classes(root, prefix, names)


def folders_below(path: Path) -> list[Path]:
    """Return the folders in a folder, links to folders too, in order; hidden ones and clutter are left out."""
    with os.scandir(path) as entries:
        return sorted(path / entry.name for entry in entries if is_folder(entry) and not is_clutter(entry.name))


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Return a few names and how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return shown(", ".join(names[:MOST_NAMED])) + more


def alike(classes: Sequence[str]) -> Iterator[str]:
    """Yield a note on classes whose names differ in nothing but case and spaces."""
    first: dict[str, str] = {}
    for name in classes:
        other = first.setdefault("".join(name.casefold().split()), name)
        if other != name:
            yield f"the classes {other!r} and {name!r} differ in case or spaces alone, and are two classes"


def joined_label(classes: Sequence[str]) -> str | None:
    """Return a name that is several others joined, as `A|B` beside `A` and `B`, None where there is none."""
    known = set(classes)
    for name in classes:
        pieces = [piece.strip() for piece in re.split(r"[|;,]", name)]
        if len(pieces) > 1 and sum(piece in known for piece in pieces) > len(pieces) / 2:
            return name
    return None


def _unwrapped(path: Path) -> Path:
    """Return the folder itself, or the only one in it that holds several, as archives are unpacked.

    Folders of annotations beside it do not count: `images` beside `annotations` holds the classes.
    """
    root = path
    for _ in range(4):
        below = [folder for folder in folders_below(root) if folder.name.lower() not in ANNOTATIONS]
        alone = len(folders_below(root)) == 1
        if len(below) != 1 or part_of(below[0].name) or len(folders_below(below[0])) < (1 if alone else 2):
            break
        root = below[0]
    return root if len(folders_below(root)) > 1 or parts_among([f.name for f in folders_below(root)]) else path


def _parts(root: Path, names: list[str]) -> dict[str, str]:
    """Return the part that each folder means. Raises UserError where one stands there twice, or train is missing."""
    found = parts_among(names)
    by_part: dict[str, str] = {}
    for name, part in found.items():
        if part in by_part:
            raise UserError(f"{root} holds both {by_part[part]} and {name}: keep one {part} folder.")
        by_part[part] = name
    if not found and names and all(map(part_of, names)):
        raise UserError(
            f"{root} holds {' and '.join(names)} but no train folder: add what is to be trained on as {root}/train."
        )
    return found


def _below_parts(root: Path, prefix: str, parts: dict[str, str], beside: list[str]) -> ClassFolders:
    own = {name: [folder.name for folder in folders_below(_inner(root / name))] for name in parts}
    inner = {name: _inner(root / name).relative_to(root).as_posix() for name in parts}
    train = next(name for name, part in parts.items() if part == "train")
    known = set(map(tidy, own[train]))
    without = tuple((part, f"{prefix}{name}") for name, part in parts.items() if not own[name])
    foreign = tuple(
        (part, f"{prefix}{name}")
        for name, part in parts.items()
        if known and own[name] and not known & set(map(tidy, own[name]))
    )
    left_out = {place for _, place in foreign}
    folders = tuple(
        ClassFolder(place=f"{prefix}{inner[name]}/{label}", label=tidy(label), part=part)
        for name, part in parts.items()
        if f"{prefix}{name}" not in left_out
        for label in own[name]
    )
    return ClassFolders(
        folders=folders,
        root=prefix.rstrip("/"),
        without_classes=without,
        foreign=foreign,
        beside=tuple(f"{prefix}{name}" for name in beside),
        notes=(*_guessed(parts), *_renamed([name for some in own.values() for name in some])),
    )


def _inner(part: Path) -> Path:
    """Return the folder of a part, or the one of the same name in it, as some archives have it."""
    below = folders_below(part)
    same = len(below) == 1 and (below[0].name == part.name or part_of(below[0].name) is not None)
    return below[0] if same and folders_below(below[0]) else part


def _guessed(parts: dict[str, str]) -> Iterator[str]:
    """Say of folders whose names are not plain words for a part which part they are taken for."""
    for name, part in parts.items():
        if part_of(name) != part:
            yield f"{shown(name)} is taken for the {part} part"


def _renamed(names: list[str]) -> Iterator[str]:
    """Say which folders are taken for one class, and which names are not told as they are written."""
    by_label: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_label.setdefault(tidy(name), []).append(name)
    for label, own in by_label.items():
        if len(own) > 1:
            yield f"{len(own)} folders whose names look the same are one class: {shown(label)}"
        elif any("\udc80" <= letter <= "\udcff" for letter in own[0]):
            yield f"the name of a folder is not UTF-8, and its class is called {label}"


def _of_classes(root: Path, prefix: str, names: list[str]) -> ClassFolders:
    """Take the folders for classes, or for classes with the parts of a split below each of them."""
    inside = {name: [folder.name for folder in folders_below(root / name)] for name in names[:MOST_COMPARED]}
    parts = parts_among(sorted({name for some in inside.values() for name in some}))
    if len(names) > 1 and parts and all(set(some) <= parts.keys() for some in inside.values()):
        folders = tuple(
            ClassFolder(place=f"{prefix}{name}/{folder.name}", label=tidy(name), part=parts.get(folder.name, ""))
            for name in names
            for folder in folders_below(root / name)
        )
        notes = (*_guessed(parts), *_renamed(names))
        return ClassFolders(folders=folders, root=prefix.rstrip("/"), notes=notes)
    _check_no_annotations(root, names)
    _check_no_parts(root, inside)
    copies = [name for name in names if len(names) > 2 and set(inside.get(name, ())) >= {*names} - {name}]
    kept = [name for name in names if name not in copies]
    copied = [f"{shown(name)} holds all classes again and is taken for a copy, which is left out" for name in copies]
    return ClassFolders(
        folders=tuple(ClassFolder(place=f"{prefix}{name}", label=tidy(name)) for name in kept),
        root=prefix.rstrip("/"),
        notes=(*copied, *_renamed(kept)),
    )


def _check_no_annotations(root: Path, names: list[str]) -> None:
    """Raises UserError where folders are named after what lies in them: images, and what belongs to them."""
    lower = {name.lower() for name in names}
    if lower & PLAIN and lower & ANNOTATIONS and lower <= PLAIN | ANNOTATIONS:
        raise UserError(
            f"{root} holds the folders {listed(names)}, which are named after what lies in them and not after classes: "
            f"put the images of each class into a folder of its own, or list them in {root / 'labels.csv'} with columns path "
            "and label."
        )


def _check_no_parts(root: Path, inside: dict[str, list[str]]) -> None:
    """Raises UserError where all folders hold the same folders: these are the classes, and the others parts."""
    several = {tuple(some) for some in inside.values()}
    if len(inside) < 2 or len(several) != 1:
        return
    same = next(iter(several))
    plain = [name for name in same if name.lower() in PLAIN]
    if not same or (len(plain) == 1 and all(name in plain or name.lower() in ANNOTATIONS for name in same)):
        return
    raise UserError(
        f"{root}: the folders {listed(list(inside))} all hold the same folders ({listed(list(same))}), so that they look "
        "like parts of a split, or patients, and not like classes: call them train, val and test, give one of them alone, or "
        "list the examples in a .csv with columns path, label and group."
    )
