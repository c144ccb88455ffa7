"""False verdicts, coverage and power of the crossed t, on studies drawn from pools."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from calibrating.drawing import again, binomial_error, share_error, some, two_groups
from calibrating.pools import Pool
from skipwise.statistics import accuracy_interval, crossed_t, power

SEEDS, IMAGES = (3, 5, 10), (300, 1_000)
LEVEL, ALPHA = 0.95, 0.05
POWERS = (0.25, 0.5, 0.8, 0.95)
Row = dict[str, Any]


def false_verdicts(pool: Pool, draws: int) -> Iterator[Row]:
    """The share of decided verdicts between two disjoint groups of one contender's runs, where each is false."""
    for contender in pool.contenders:
        table = pool.right(contender)
        for seeds, images in _sizes():
            generator = np.random.default_rng([seeds, images])
            found, used = np.zeros(draws, bool), np.zeros((draws, len(table)), bool)
            for draw in range(draws):
                one, other = two_groups(generator, len(table), seeds)
                columns = some(generator, table.shape[1], images)
                differences = table[np.ix_(other, columns)] - table[np.ix_(one, columns)]
                found[draw] = crossed_t(differences).p_value() < ALPHA
                used[draw, one] = used[draw, other] = True
            yield _row(pool, contender, seeds, images, found.mean(), share_error(found, used))


def coverage(pool: Pool, draws: int) -> Iterator[Row]:
    """How often the interval of the difference holds the pool's own, with the interval's median half-width."""
    table = pool.differences()
    for seeds, images in _sizes():
        generator = np.random.default_rng([seeds, images])
        found = np.array([crossed_t(again(generator, table, seeds, images)).interval(LEVEL) for _ in range(draws)])
        yield _covered(pool, " and ".join(pool.contenders), seeds, images, found, table.mean())


def accuracy_coverage(pool: Pool, draws: int) -> Iterator[Row]:
    """The same for the interval of one contender's accuracy."""
    for contender in pool.contenders:
        table = pool.right(contender)
        for seeds, images in _sizes():
            generator = np.random.default_rng([seeds, images])
            found = np.array([accuracy_interval(again(generator, table, seeds, images)) for _ in range(draws)])
            yield _covered(pool, contender, seeds, images, found, table.mean())


def powers(pool: Pool, draws: int) -> Iterator[Row]:
    """The share of studies that find a difference, beside the share that `power` foretells.

    The pool's differences are shifted by a constant to have the mean at which the theory says 25, 50, 80 and 95 %.
    """
    table = pool.differences()
    spread = crossed_t(table)
    for seeds, images in _sizes():
        for aimed in POWERS:
            effect = _effect(spread, seeds, images, aimed)
            shifted = table - table.mean() + effect
            generator = np.random.default_rng([seeds, images])
            tests = [crossed_t(again(generator, shifted, seeds, images)) for _ in range(draws)]
            share = float(np.mean([test.p_value() < ALPHA for test in tests]))
            row = _row(pool, " and ".join(pool.contenders), seeds, images, share, binomial_error(share, draws))
            yield {**row, "theory": power(spread, effect=effect, seeds=seeds, examples=images), "effect": effect}


def _effect(spread: Any, seeds: int, images: int, aimed: float) -> float:
    """The difference at which theory foretells this power, by halving."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        found = power(spread, effect=middle, seeds=seeds, examples=images)
        low, high = (middle, high) if found < aimed else (low, middle)
    return high


def _sizes() -> list[tuple[int, int]]:
    return [(seeds, images) for images in IMAGES for seeds in SEEDS]


def _row(pool: Pool, contender: str, seeds: int, images: int, share: float, error: float) -> Row:
    return {
        "pool": pool.name,
        "contender": contender,
        "seeds": seeds,
        "images": images,
        "share": float(share),
        "error": error,
    }


def _covered(pool: Pool, contender: str, seeds: int, images: int, intervals: np.ndarray, truth: float) -> Row:
    """Below and above: how often the truth lies on that side of the interval."""
    low, high = intervals.T
    share = float(((low <= truth) & (truth <= high)).mean())
    row = _row(pool, contender, seeds, images, share, binomial_error(share, len(intervals)))
    sides = {"below": float((truth < low).mean()), "above": float((truth > high).mean())}
    return {**row, **sides, "half_width": float(np.median(high - low) / 2)}
