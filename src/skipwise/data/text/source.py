"""The source that every kind of text data is turned into: labelled texts that are not cut into tokens yet."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from skipwise.data.class_folders import alike, joined_label
from skipwise.data.manifest import UnreadableFile
from skipwise.data.strings import Strings
from skipwise.errors import UserError

FEWEST_TO_JUDGE = 12
"""Texts from which labels that are nearly all different are told from a small data set."""


class Row(NamedTuple):
    """One text as data give it. `text` is None where it cannot be read, and `reason` then says why.

    An empty `label` is one that is missing. `key` stands for the row in the data's fingerprint, "" for its name.
    """

    name: str
    text: str | None
    label: str
    part: str = ""
    group: str = ""
    reason: str = "it is empty"
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class TextSource:
    """Labelled texts; `unreadable` are those that are left out, with the reason. The rest is as in Source.

    `keys` stand for the texts in the fingerprint: their names, but of tables the number of the row, as ever.
    """

    name: str
    texts: Strings
    labels: Int[np.ndarray, "texts"]
    classes: tuple[str, ...]
    parts: Sequence[str]
    names: Sequence[str]
    keys: Sequence[str]
    groups: Sequence[str] | None
    unreadable: Sequence[UnreadableFile]
    from_files: bool = False
    other_files: int = 0
    hidden_files: int = 0
    notes: tuple[str, ...] = field(default=())
    layout: tuple[str, ...] = ()

    @property
    def left_out(self) -> str:
        """The tally of texts and files that were left out, with the reason, for an error; "" where there are none."""
        return _left_out(self.unreadable, self.other_files)


class Collected:
    """Everything of a row but its text, collected while the texts are packed one by one."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.labels: list[int] = []
        self.parts: list[str] = []
        self.names: list[str] = []
        self.keys: list[str] = []
        self.groups: list[str] = []
        self.unreadable: list[UnreadableFile] = []
        self.lost: dict[str, UnreadableFile] = {}
        self.unlabelled: dict[str, list[str]] = {}

    def texts(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield the texts that are kept."""
        for name, text, label, part, group, reason, key in rows:
            if not label:
                self.unlabelled.setdefault(part, []).append(name)
            elif text is None or not text.strip():
                self.unreadable.append(UnreadableFile(name=name, reason=reason))
                self.lost.setdefault(label, self.unreadable[-1])
            else:
                self.labels.append(self.number.setdefault(label, len(self.number)))
                self.parts.append(part)
                self.names.append(name)
                self.keys.append(key or name)
                self.groups.append(group)
                yield text


def source_of_rows(
    name: str,
    rows: Iterable[Row],
    *,
    classes: Sequence[str] | None = None,
    from_files: bool = False,
    other_files: int = 0,
    hidden_files: int = 0,
    notes: Sequence[str] = (),
) -> TextSource:
    """The texts of these rows, those left out that are empty. Raises UserError where fewer than two classes are left.

    `classes` puts those of the rows in order; otherwise they are sorted, as numbers where all are.
    """
    found = Collected()
    texts = Strings.pack(found.texts(rows))
    tally = _left_out(found.unreadable, other_files)
    unlabelled = _unlabelled(found)
    _check(name, found, tally)
    ordered = _in_order(found.number) if classes is None else [label for label in classes if label in found.number]
    place = {label: index for index, label in enumerate(ordered)}
    renumbered = np.array([place[label] for label in found.number], np.int64)
    return TextSource(
        name=name,
        texts=texts,
        labels=renumbered[found.labels],
        classes=tuple(ordered),
        parts=found.parts,
        names=found.names,
        keys=found.keys,
        groups=found.groups if any(found.groups) else None,
        unreadable=found.unreadable,
        from_files=from_files,
        other_files=other_files,
        hidden_files=hidden_files,
        notes=(*notes, *unlabelled, *alike(ordered)),
    )


def _unlabelled(found: Collected) -> Iterator[str]:
    """Yield a note on each part that has no labels at all. Raises UserError where single labels are missing."""
    for part, names in found.unlabelled.items():
        if part in ("", "train") or part in found.parts:
            others = len(names) - 1
            more = f", and {others} other{'s are' if others > 1 else ' is'} so too" if others else ""
            raise UserError(f"{names[0]}: the label is empty{more}: write the text's class there, or remove the row.")
    return (f"the {part} part has no labels and is left out" for part in found.unlabelled)


def _check(name: str, found: Collected, tally: str) -> None:
    """Raises UserError where labels are no classes, or classes are missing."""
    ending = f" ({tally})" if tally else ""
    classes = {*found.number, *found.lost}
    if not classes:
        raise UserError(f"{name} holds no texts{ending}: give at least two classes of them.")
    if len(classes) < 2:
        raise UserError(
            f"{name} has one label, {next(iter(classes))!r}{ending}: a comparison needs at least two classes."
        )
    if lost := found.lost.keys() - found.number.keys():
        first = next(one for label, one in found.lost.items() if label in lost)
        label = next(label for label, one in found.lost.items() if one is first)
        raise UserError(
            f"No text of the class {label!r} can be read (the first: {first.name}: {first.reason}): "
            "replace them, or leave the class out."
        )
    if (several := joined_label(list(found.number))) is not None:
        where = found.names[found.labels.index(found.number[several])]
        raise UserError(
            f"{where}: label is {several!r}, several labels in one: skipwise gives each text one class; keep one label a text."
        )
    _check_repeated(name, found)


def _check_repeated(name: str, found: Collected) -> None:
    """Raises UserError where most texts have a label that no other text has."""
    total = len(found.labels)
    counts = Counter(found.labels)
    if total < FEWEST_TO_JUDGE or 2 * sum(count == 1 for count in counts.values()) <= total:
        return
    some = ", ".join(list(found.number)[:3])
    said = f"{name} has {len(counts)} different labels in {total} texts ({some}, ...)"
    if all(_is_decimal(label) for label in found.number):
        raise UserError(
            f"{said}: these are numbers to be predicted, not classes, and skipwise compares classifiers; make a few "
            "classes of them, as low and high, or name the column of the classes with --label-column."
        )
    raise UserError(f"{said}: that is hardly a class for each; name the column of the classes with --label-column.")


def _is_decimal(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True


def _left_out(unreadable: Sequence[UnreadableFile], other_files: int) -> str:
    reasons: dict[str, list[str]] = {}
    for one in unreadable:
        reasons.setdefault(one.reason.split(":")[0], []).append(one.name)
    told = [
        f"{len(names)} text{'' if len(names) == 1 else 's'} ({reason}; {'' if len(names) == 1 else 'the first '}{names[0]})"
        for reason, names in reasons.items()
    ]
    told += [f"{other_files} other file{'' if other_files == 1 else 's'}"] if other_files else []
    return f"left out: {'; '.join(told)}" if told else ""


def _in_order(labels: Mapping[str, int]) -> list[str]:
    if all(label.isdecimal() for label in labels):
        return sorted(labels, key=lambda label: (int(label), label))
    return sorted(labels)


def checked(text: str) -> tuple[str | None, str]:
    """A text, or None and why it is none: UTF-8 has no half surrogates, which JSON's escapes can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return None, "it holds half of a surrogate pair, which is no character"
    return text, "it is empty"
