"""Checks of arrays that come from a file: their types, and their lengths along axes by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from tokenize import TokenError

import numpy as np

DAMAGED = (
    ValueError, TypeError, OSError, EOFError, RuntimeError, LookupError, OverflowError, MemoryError, SyntaxError, TokenError,
)  # fmt: skip
"""Errors that numpy raises where it reads a file that is no array; RecursionError is a RuntimeError."""
WHOLE, FRACTIONS, BYTES = "iu", "f", "u"
"""Kinds of numbers, in numpy's letters."""


@dataclass(frozen=True)
class Expected:
    """An array of some kind of numbers; an axis is a length, or a name that means one length wherever it stands."""

    kinds: str
    axes: tuple[str | int, ...]


def check_arrays(
    arrays: Mapping[str, np.ndarray], expected: Mapping[str, Expected], lengths: Mapping[str, int] | None = None
) -> None:
    """Raise ValueError naming an array that is missing, or of another type or shape; `lengths` are of axes by name."""
    known = dict(lengths or {})
    for name, wanted in expected.items():
        if name not in arrays:
            raise ValueError(f"it holds no {name}")
        array = arrays[name]
        if array.dtype.kind not in wanted.kinds:
            raise ValueError(f"{name} holds numbers of another type ({array.dtype.name})")
        axes = [known.get(axis, axis) if isinstance(axis, str) else axis for axis in wanted.axes]
        if array.ndim != len(axes):
            raise ValueError(f"{name} has {array.ndim} axes, not {len(axes)}")
        for axis, length in zip(axes, array.shape, strict=True):
            if isinstance(axis, str):
                known.setdefault(axis, length)
            if length != known.get(str(axis), axis):
                raise ValueError(f"{name} has the shape {array.shape}, not ({', '.join(map(str, axes))})")


def check_range(name: str, array: np.ndarray, least: int, most: int) -> None:
    """Raise ValueError naming an array of whole numbers of which some are not from `least` to `most`."""
    if array.size and not (least <= array.min() and array.max() <= most):
        raise ValueError(f"{name} holds numbers from {array.min()} to {array.max()}, not from {least} to {most}")


def check_ends(name: str, ends: np.ndarray, total: int) -> None:
    """Raise ValueError naming ends of pieces that do not follow one another, or do not end where the whole does."""
    if (np.diff(ends, prepend=0).astype(np.int64) < 0).any() or (ends[-1] if len(ends) else 0) != total:
        raise ValueError(f"{name} does not divide {total} in order")
