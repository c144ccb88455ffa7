"""The source that every kind of data is turned into: labelled images that are not decoded yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import overload

import numpy as np
from jaxtyping import Int, UInt8


class FilesBelow(Sequence[Path]):
    """The files of a folder that have these names, relative to it; each path is made when it is asked for."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = names

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> list[Path]: ...
    def __getitem__(self, index: int | slice) -> Path | list[Path]:
        if isinstance(index, slice):
            return [self.folder / name for name in self.names[index]]
        return self.folder / self.names[index]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Labelled images as files, or as arrays (n, height, width, channels) of one size.

    `parts[i]` is "train", "validation", "test", or "" where the data do not say; `groups[i]` names what must stay
    together, "" being nothing. `names[i]` tells a person which image is meant. `layout` says in which layout they lie.
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
    layout: tuple[str, ...] = ()


def in_order(source: Source) -> Source:
    """The same files in the order of their names: what is cached or drawn by position never depends on a listing."""
    assert source.files is not None
    if all(one < other for one, other in pairwise(source.names)):
        return source
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
