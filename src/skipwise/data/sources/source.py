"""What every kind of data is turned into: labelled images that are not decoded yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    notes: tuple[str, ...] = field(default=())
