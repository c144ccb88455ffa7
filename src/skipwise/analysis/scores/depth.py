"""Crossover depth: the depth from which on residual networks are better than plain ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from jaxtyping import Float, Int

from skipwise.statistics import resampled_means


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """The smallest depth from which on all deeper differences are positive; None where the deepest one is not.

    The interval is of the bootstrap at `level`. It is open below (`low` None) where the crossover may lie at or below
    the shallowest depth, and open above (`high` None) where it may lie beyond the deepest; `low` is infinite where it
    lies there.
    """

    depth: float | None
    low: float | None
    high: float | None
    level: float


def crossover(
    depths: Sequence[float],
    differences: Sequence[Float[np.ndarray, "seeds examples"]],
    *,
    level: float = 0.95,
    draws: int = 2_000,
) -> Crossover:
    """From the score differences, residual less plain, at rising depths.

    Seeds and examples are drawn again, the same ones at each depth.
    """
    positions = np.array([*range(len(depths)), len(depths)])
    found = first_of_all_positive(np.array([[table.mean() for table in differences]]))[0]
    drawn = first_of_all_positive(resampled_means(differences, draws=draws))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    last = positions[-1]
    return Crossover(
        depth=None if found == last else depths[found],
        low=None if low == 0 else inf if low == last else depths[low],
        high=None if high == last else depths[high],
        level=level,
    )


def first_of_all_positive(means: Float[np.ndarray, "draws depths"]) -> Int[np.ndarray, "draws"]:
    """For each draw the first place from which on all means are positive; the number of places where the last is
    not.
    """
    positive_from_here = np.logical_and.accumulate(means[:, ::-1] > 0, axis=1)
    first: Int[np.ndarray, draws] = means.shape[1] - positive_from_here.sum(1)
    return first
