"""A folder of text files by class, with part folders above the classes, below them, or nowhere."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from skipwise.data.class_folders import ClassFolders, class_folders
from skipwise.data.encodings import decode, decode_all, notes_on_encodings
from skipwise.data.folder_walk import FolderWalk
from skipwise.data.glimpse import Glimpse
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError
from skipwise.names import shown
from skipwise.regular_files import read_regular

TEXT_SUFFIXES = {".txt", ".text", ".eml", ".mail"}
SUFFIX = re.compile(r"\.[a-z][a-z0-9]{0,7}")
"""A suffix that tells a format; others, as .2000 or a hash, are part of a name."""
FEW = 4
"""Texts with more than so many times other files beside them are notes, not data."""
TASTED = 4
"""Files without a suffix of a folder, whose first bytes tell whether they are texts."""
UNLABELLED = {"unsup", "unsupervised", "unlabeled", "unlabelled"}
"""Names of folders of texts that nobody has given a class."""


def text_files(glimpse: Glimpse) -> dict[str, int]:
    """Return how many files of each folder seem to be texts; none where most by far are something else.

    Names and a few first bytes tell. Beside an image of its name a text is an annotation of it.
    """
    counts = Counter[str]()
    others = 0
    for folder, names in glimpse.files.items():
        if not folder:
            continue
        plain = [name for name in names if not _has_suffix(name)]
        tasted = bool(plain) and all(_tastes_of_text(glimpse.path / folder / name) for name in plain[:TASTED])
        stems = Counter(PurePosixPath(name).stem for name in names)
        for name in names:
            alone = stems[PurePosixPath(name).stem] == 1
            is_text = (_is_named_text(name) and alone) or (tasted and not _has_suffix(name))
            counts[folder] += is_text
            others += not is_text
    return {folder: count for folder, count in counts.items() if count} if FEW * counts.total() >= others else {}


def read_text_folder(path: Path) -> TextSource:
    """The texts below a folder. Raises UserError where there are fewer than two classes of them."""
    found = _without_unlabelled(path, class_folders(path))
    walk = FolderWalk(path, _is_text, "texts")
    files = sorted((name, folder) for folder in found.folders for name in walk.files(folder.place))
    walk.beside(found)
    failed: dict[int, str] = {}

    def contents() -> Iterator[bytes]:
        for number, (name, _) in enumerate(files):
            try:
                yield read_regular(path / name)
            except OSError as error:
                failed[number] = (error.strerror or str(error)).lower()
                yield b""

    decoded = decode_all(contents())
    rows = [
        Row(shown(name), one.text, folder.label, folder.part, reason=failed.get(number) or one.reason or "it is empty")
        for number, ((name, folder), one) in enumerate(zip(files, decoded, strict=True))
    ]
    classes = {row.label for row in rows}
    if len(classes) < 2:
        what = f"texts of one class, {shown(next(iter(classes)))}" if classes else "no texts"
        raise UserError(
            walk.tally.with_notes(
                f"{path} holds {what}: put the texts of each class into a folder of its own, as {path}/good/1.txt and "
                f"{path}/bad/1.txt."
            )
        )
    read = [(row.name, one.encoding) for row, one in zip(rows, decoded, strict=True) if one.text is not None]
    return source_of_rows(
        path.resolve().name,
        rows,
        from_files=True,
        other_files=walk.others,
        hidden_files=walk.hidden,
        notes=[*walk.notes(found, classes), *notes_on_encodings(read)],
    )


<<<<<<< HEAD
def _without_unlabelled(path: Path, found: ClassFolders) -> ClassFolders:
    """Leave out folders of unlabelled texts, which stand beside the classes of one part alone, and say so."""
=======
def _files(path: Path) -> tuple[list[PurePosixPath], int, int]:
    """Return the files that may be texts, in order, and how many others and hidden ones there are.

    Links to folders are followed once; links that lead nowhere, pipes and devices are others.
    """
    texts: list[PurePosixPath] = []
    others = hidden = 0
    visited = set[tuple[int, int]]()
    for folder, below, names in os.walk(path, followlinks=True):
        own = Path(folder).stat()
        if (own.st_dev, own.st_ino) in visited:
            below.clear()
            continue
        visited.add((own.st_dev, own.st_ino))
        inside = PurePosixPath(Path(folder).relative_to(path).as_posix())
        below[:] = sorted(
            name for name in below if not name.startswith(".") and not Path(folder, name).samefile(os.sep)
        )
        for name in names:
            if name.startswith("."):
                hidden += 1
            elif (_is_named_text(name) or not _has_suffix(name)) and (Path(folder) / name).is_file():
                texts.append(inside / name)
            else:
                others += 1
    return sorted(texts, key=str), others, hidden


def _layout(path: Path, files: Sequence[PurePosixPath]) -> Layout:
    """Find where parts and classes stand. Raises UserError where parts lack train, or folders are neither."""
    inside = 0
    while True:
        below: dict[str, set[str]] = {}
        for file in files:
            if len(file.parts) > inside + 1:
                below.setdefault(file.parts[inside], set()).update(file.parts[inside + 1 : -1][:1])
        loose = any(len(file.parts) == inside + 1 for file in files)
        if len(below) != 1 or loose or len(next(iter(below.values()))) < 2:
            break
        inside += 1
    parts = _parts(list(below))
    given = set(parts.values())
    if "train" in given and (len(parts) == len(below) or len(given) > 1):
        for part in given:
            several = [folder for folder in parts if parts[folder] == part]
            if len(several) > 1:
                raise UserError(f"{path} holds both {several[0]} and {several[1]}: keep one {part} folder.")
        return Layout(part=inside, label=inside + 1, parts=parts, inside=inside)
    if parts and len(parts) == len(below):
        names = " and ".join(below)
        raise UserError(f"{path} holds {names} but no train folder: add the texts to train on as {path}/train.")
    second = {name for names in below.values() for name in names}
    parts = {name: own for name in second if (own := part_of(name)) is not None}
    if below and all(below.values()) and parts.keys() == second and "train" in parts.values():
        return Layout(label=inside, part=inside + 1, parts=parts, inside=inside)
    same = {frozenset(names) for names in below.values()}
    if len(below) > 1 and len(same) == 1 and len(second) > 1:
        names = " and ".join([*below][:2])
        raise UserError(
            f"{path}: {names} hold the same folders ({', '.join(sorted(second)[:4])}), so which are classes and which are "
            "parts is not clear: call the parts train and test."
        )
    return Layout(label=inside, inside=inside)


def _parts(folders: Sequence[str]) -> dict[str, str]:
    """Return the part of each folder that means one, by its name, or by the last word where all begin alike."""
    parts = {folder: part for folder in folders if (part := part_of(folder)) is not None}
    split = [re.fullmatch(r"(.+)[-_. ](\w+)", folder) for folder in folders]
    if not parts and len(folders) > 1 and all(split) and len({found[1] for found in split if found}) == 1:
        ends = {found[0]: part_of(found[2]) for found in split if found}
        parts = {folder: part for folder, part in ends.items() if part is not None}
    return parts


def _placed(files: Sequence[PurePosixPath], layout: Layout) -> tuple[list[tuple[PurePosixPath, str, str]], list[str]]:
    """Return each file with its part and class, and the folders that belong to no part."""
    kept = []
    passed_over = dict[str, None]()
    for file in files:
        folders = file.parts[:-1]
        if len(folders) <= layout.label or (layout.part is not None and len(folders) <= layout.part):
            continue
        if layout.part is not None and folders[layout.part] not in layout.parts:
            passed_over[folders[layout.part]] = None
            continue
        part = "" if layout.part is None else layout.parts[folders[layout.part]]
        kept.append((file, part, tidy(folders[layout.label])))
    return kept, [*passed_over]


def _without_unlabelled(
    kept: Sequence[tuple[PurePosixPath, str, str]],
) -> tuple[list[tuple[PurePosixPath, str, str]], list[str]]:
    """Leave out folders of unlabelled texts, which stand beside the classes of one part alone."""
>>>>>>> faults
    parts: dict[str, set[str]] = {}
    for folder in found.folders:
        parts.setdefault(folder.label, set()).add(folder.part)
    whole = max((len(own) for own in parts.values()), default=0)
    aside = {label for label, own in parts.items() if label.lower() in UNLABELLED and len(own) < max(whole, 2)}
    if not aside or len(parts.keys() - aside) < 2:
        return found
    counts = Counter(
        {
            folder.label: sum(1 for _ in (path / folder.place).iterdir())
            for folder in found.folders
            if folder.label in aside
        }
    )
    told = ", ".join(f"{name} ({count} texts)" for name, count in counts.items())
    return replace(
        found,
        folders=tuple(folder for folder in found.folders if folder.label not in aside),
        notes=(*found.notes, f"folders without a class that are left aside: {told}"),
    )


def _is_text(entry: os.DirEntry[str]) -> bool:
    return _is_named_text(entry.name) or not _has_suffix(entry.name)


def _is_named_text(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in TEXT_SUFFIXES


def _has_suffix(name: str) -> bool:
    return SUFFIX.fullmatch(PurePosixPath(name).suffix.lower()) is not None


def _tastes_of_text(file: Path) -> bool:
    try:
        content = read_regular(file, 4096)
    except OSError:
        return False
    return bool(content) and decode(content).text is not None
