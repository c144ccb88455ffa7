"""How studies are drawn from a pool, and how surely their share of errors is known."""

import math

import numpy as np
from jaxtyping import Bool, Float, Int

Generator = np.random.Generator
Table = Float[np.ndarray, "seeds images"]


def two_groups(
    generator: Generator, runs: int, seeds: int
) -> tuple[Int[np.ndarray, "seeds"], Int[np.ndarray, "seeds"]]:
    """Two disjoint groups of runs: of one contender they are alike in all but chance, whatever the pool is."""
    drawn = generator.permutation(runs)[: 2 * seeds]
    return drawn[:seeds], drawn[seeds:]


def some(generator: Generator, count: int, size: int) -> Int[np.ndarray, "size"]:
    """Different ones of `count`."""
    return generator.permutation(count)[:size]


def again(generator: Generator, table: Table, seeds: int, images: int) -> Table:
    """Seeds and images drawn with replacement: then the pool is the whole population, and its mean is the truth.

    Without replacement a study would hold a good part of the pool, be near its mean for that reason alone, and an
    interval would seem better than it is.
    """
    rows, columns = generator.integers(0, len(table), seeds), generator.integers(0, table.shape[1], images)
    return table[np.ix_(rows, columns)]


def share_error(found: Bool[np.ndarray, "draws"], used: Bool[np.ndarray, "draws runs"]) -> float:
    """The standard error of a share over studies that were drawn from one pool, of which `used` names the runs.

    Such studies share runs, so that more of them do not tell ever more: the share is a U-statistic, and the first term
    of its variance (Hoeffding 1948) is found from how often the studies that hold a run are among those found. What the
    number of draws adds is taken from that term and put in for the whole.
    """
    draws, runs = used.shape
    share, size = found.mean(), used.sum(1).mean()
    times = used.sum(0)
    with_run = (found.astype(np.float64) @ used) / times
    noise = share * (1 - share)
    influence = ((with_run - share) ** 2 - noise * (1 / times - 1 / draws)).mean() * ((runs - 1) / (runs - size)) ** 2
    return math.sqrt(max(0.0, size**2 / runs * influence) + noise / draws)


def binomial_error(share: float, draws: int) -> float:
    """The standard error of a share over independent draws."""
    return math.sqrt(share * (1 - share) / draws)
