"""The source that every kind of data is turned into: labelled images that are not decoded yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

PARTS = ("train", "validation", "test")
PART_NAMES = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation", "test": "test"}
"""Every word for a part of a split that data may use."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Labelled images as files, or as arrays (n, height, width, channels) of one size.

    `parts[i]` is "train", "validation", "test", or "" where the data do not say; `groups[i]` names what must stay
    together, "" being nothing. `names[i]` tells a person which image is meant.
    """

    name: str
    labels: Int[np.ndarray, "images"]
    classes: tuple[str, ...]
    parts: Sequence[str]
    names: Sequence[str]
    files: Sequence[Path] | None = None
    arrays: UInt8[np.ndarray, "images height width channels"] | None = None
    groups: Sequence[str] | None = None
    other_files: int = 0
    hidden_files: int = 0
    notes: tuple[str, ...] = field(default=())


def in_order(source: Source) -> Source:
    """The same files in the order of their names: what is cached or drawn by position never depends on a listing."""
    assert source.files is not None
    groups = source.groups or [""] * len(source.names)
    rows = [
        (name, source.classes[label], part, group)
        for name, label, part, group in zip(source.names, source.labels, source.parts, groups, strict=True)
    ]
    order = sorted(range(len(rows)), key=rows.__getitem__)
    return replace(
        source,
        labels=source.labels[order],
        parts=[source.parts[i] for i in order],
        names=[source.names[i] for i in order],
        files=[source.files[i] for i in order],
        groups=None if source.groups is None else [source.groups[i] for i in order],
    )
