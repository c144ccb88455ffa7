"""Exact duplicates: examples with the same bytes, grouped once for the split, the findings and the counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True, kw_only=True)
class DuplicateGroups:
    """A number for each example, equal for exact duplicates."""

    number: Int[np.ndarray, "examples"]

    @cached_property
    def groups(self) -> tuple[Int[np.ndarray, "members"], ...]:
        """The indices of two or more equal examples, group by group, in the order of their first members."""
        repeated = np.flatnonzero(np.bincount(self.number)[self.number] > 1) if len(self.number) else self.number
        order = repeated[np.argsort(self.number[repeated], kind="stable")]
        if not len(order):
            return ()
        groups = np.split(order, np.flatnonzero(np.diff(self.number[order])) + 1)
        return tuple(sorted(groups, key=lambda members: int(members[0])))


def group_duplicates(digests: Sequence[str] | np.ndarray) -> DuplicateGroups:
    """Return the groups of examples whose bytes have the same digest."""
    return DuplicateGroups(number=np.unique(np.array(digests), return_inverse=True)[1].astype(np.int64))
