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


def _without_unlabelled(path: Path, found: ClassFolders) -> ClassFolders:
    """Leave out folders of unlabelled texts, which stand beside the classes of one part alone, and say so."""
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
