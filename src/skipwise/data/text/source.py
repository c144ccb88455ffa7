"""The source that every kind of text data is turned into: labelled texts that are not cut into tokens yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from skipwise.data.manifest import UnreadableFile
from skipwise.errors import UserError


class Row(NamedTuple):
    """One text as data give it. `text` is None where it cannot be read, and `reason` then says why."""

    name: str
    text: str | None
    label: str
    part: str = ""
    group: str = ""
    reason: str = "it is empty"


@dataclass(frozen=True, kw_only=True)
class TextSource:
    """Labelled texts; `unreadable` are those that are left out, with the reason. The rest is as in Source."""

    name: str
    texts: Sequence[str]
    labels: Int[np.ndarray, "texts"]
    classes: tuple[str, ...]
    parts: Sequence[str]
    names: Sequence[str]
    groups: Sequence[str] | None
    unreadable: Sequence[UnreadableFile]
    from_files: bool = False
    other_files: int = 0
    hidden_files: int = 0
    notes: tuple[str, ...] = field(default=())


def source_of_rows(
    name: str,
    rows: Sequence[Row],
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
    if not rows:
        raise UserError(f"{name} holds no texts: give at least two classes of them.")
    kept = [row for row in rows if row.text is not None and row.text.strip()]
    lost = [row for row in rows if row.text is None or not row.text.strip()]
    found = {row.label for row in rows}
    if len(found) < 2:
        raise UserError(f"{name} has one label, {next(iter(found))!r}: a comparison needs at least two classes.")
    if missing := found - {row.label for row in kept}:
        first = next(row for row in lost if row.label in missing)
        raise UserError(
            f"No text of the class {first.label!r} can be read (the first: {first.name}: {first.reason}): "
            "replace them, or leave the class out."
        )
    ordered = _in_order(found) if classes is None else [name for name in classes if name in found]
    number = {label: index for index, label in enumerate(ordered)}
    return TextSource(
        name=name,
        texts=[row.text or "" for row in kept],
        labels=np.array([number[row.label] for row in kept], np.int64),
        classes=tuple(ordered),
        parts=[row.part for row in kept],
        names=[row.name for row in kept],
        groups=[row.group for row in kept] if any(row.group for row in kept) else None,
        unreadable=[UnreadableFile(name=row.name, reason=row.reason) for row in lost],
        from_files=from_files,
        other_files=other_files,
        hidden_files=hidden_files,
        notes=tuple(notes),
    )


def _in_order(labels: set[str]) -> list[str]:
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
