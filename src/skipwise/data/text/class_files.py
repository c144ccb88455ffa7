"""A file of texts for each class, as pos.txt and neg.txt, with a text a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from skipwise.data.encodings import decode, notes_on_encodings
from skipwise.data.glimpse import Glimpse
from skipwise.data.parts import PARTS, part_of
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_regular

OPPOSITES = (
    {"pos", "neg"}, {"positive", "negative"}, {"positive", "negative", "neutral"}, {"pos", "neg", "neu"},
    {"pos", "neg", "neutral"}, {"spam", "ham"}, {"fake", "real"}, {"fake", "true"}, {"good", "bad"},
    {"subjective", "objective"}, {"human", "ai"}, {"toxic", "nontoxic"}, {"clickbait", "non_clickbait"},
)  # fmt: skip
"""Words that are classes of texts where files have them all for names."""
SUFFIXES = (".txt", ".text", "")
"""Of files that are named by a class; others are the class, as rt-polarity.pos."""


@dataclass(frozen=True, kw_only=True)
class ClassFile:
    """A file, relative to the data, the class of its lines, and the part that its place says."""

    file: str
    label: str
    part: str


def class_files(glimpse: Glimpse) -> list[ClassFile]:
    """Return the files that are named by classes, where there are some for each of a set of words; else nothing."""
    found: dict[str, dict[str, list[ClassFile]]] = {}
    filled = [folder for folder, names in glimpse.files.items() if names]
    for folder, names in glimpse.files.items():
        part = part_of(folder.rpartition("/")[2]) or ""
        if folder and not part and len(filled) > 1:
            continue  # one of several folders that mean something else
        for name in names:
            if (one := _of_name(PurePosixPath(folder, name), part)) is not None:
                found.setdefault(one.part, {}).setdefault(one.label, []).append(one)
    words = [set(own) for own in found.values()]
    if not words or words[0] not in OPPOSITES or any(own != words[0] for own in words):
        return []
    files = [one for part in ("", *PARTS) for _, own in sorted(found.get(part, {}).items()) for one in own]
    return files if all(_holds_texts(glimpse.path / one.file) for one in files) else []


def class_files_words(files: Sequence[ClassFile]) -> str:
    """Say which files these are."""
    names = ", ".join(one.file for one in files[:4]) + (f" and {len(files) - 4} more" if len(files) > 4 else "")
    return f"texts in a file for each class: {names}, a text a line"


def read_class_files(root: Path, files: Sequence[ClassFile], others: int) -> TextSource:
    """The texts in these files. Raises UserError for one that cannot be read."""
    encodings: list[tuple[str, str]] = []
    rows = (row for one in files for row in _rows(root, one, encodings))
    source = source_of_rows(root.resolve().name, rows, other_files=others)
    return replace(source, notes=(*source.notes, *notes_on_encodings(encodings)))


def _of_name(file: PurePosixPath, part: str) -> ClassFile | None:
    """Return what a file's name says: one class, and perhaps a part, as pos.txt, train_pos.txt or rt-polarity.pos."""
    known: Mapping[str, str] = {word: word for words in OPPOSITES for word in words}
    suffix = file.suffix.lower()
    if suffix[1:] in known:
        return ClassFile(file=file.as_posix(), label=suffix[1:], part=part or part_of(file.stem) or "")
    if suffix not in SUFFIXES:
        return None
    stem = file.stem.lower()
    if stem in known:
        return ClassFile(file=file.as_posix(), label=stem, part=part)
    words = re.split(r"[-_. ]", stem)
    labels = [word for word in words if word in known]
    parts = [found for word in words if (found := part_of(word))]
    if len(labels) != 1 or len(parts) > 1:
        return None
    return ClassFile(file=file.as_posix(), label=labels[0], part=(parts or [part])[0])


def _holds_texts(path: Path) -> bool:
    """Return whether the first lines of a file are mostly of several words: a list of words is none of texts."""
    try:
        lines = (decode(read_regular(path, 4096)).text or "").split("\n")
    except OSError:
        return False
    lines = [line for line in lines if line.strip()]
    return sum(len(line.split()) > 1 or not line.isascii() for line in lines) > len(lines) / 2


def _rows(root: Path, one: ClassFile, encodings: list[tuple[str, str]]) -> Iterator[Row]:
    path = root / one.file
    try:
        found = decode(read_regular(path))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}).") from error
    if found.text is None:
        raise UserError(f"{path} cannot be read: {found.reason}.")
    encodings.append((one.file, found.encoding))
    for number, line in enumerate(found.text.split("\n"), start=1):
        if line.strip():
            yield Row(f"{one.file}, line {number}", line.strip(), one.label, one.part)
