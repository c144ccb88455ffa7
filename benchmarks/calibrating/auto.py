"""`--seeds auto`: declared looks at 3, 5 and 10 seeds that share alpha, and stop when decided."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from calibrating.drawing import binomial_error, share_error, some, two_groups
from calibrating.pools import Pool
from skipwise.statistics import DECLARED_LOOKS, crossed_t, decide, shared_alpha

MOST = max(DECLARED_LOOKS)
EFFECTS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
Row = dict[str, Any]


def looked_at(one: np.ndarray, other: np.ndarray) -> tuple[str, bool, int]:
    """Return what a study ends with that may see ever more of these seeds: direction, equivalent, and seeds used."""
    for seeds in DECLARED_LOOKS:
        scores = {"a": one[:seeds], "b": other[:seeds]}
        verdict = decide("a", scores, dict.fromkeys("ab", [False] * seeds), alpha=shared_alpha(0.05))["b"]
        if verdict.direction != "undecided" or verdict.equivalent:
            break
    return verdict.direction, verdict.equivalent, seeds


def without_difference(pool: Pool, studies: int, images: int = 1_000) -> Iterator[Row]:
    """False verdicts between disjoint groups of one contender's runs."""
    for contender in pool.contenders:
        table = pool.right(contender)
        generator = np.random.default_rng(images)
        found, used, seeds = np.zeros(studies, bool), np.zeros((studies, len(table)), bool), np.zeros(studies)
        for study in range(studies):
            one, other = two_groups(generator, len(table), MOST)
            columns = some(generator, table.shape[1], images)
            direction, _, seeds[study] = looked_at(table[np.ix_(one, columns)], table[np.ix_(other, columns)])
            found[study] = direction != "undecided"
            used[study, one] = used[study, other] = True
        yield {
            "pool": pool.name,
            "contender": contender,
            "images": images,
            "share": float(found.mean()),
            "error": share_error(found, used),
            "saved": 1 - float(seeds.mean()) / MOST,
        }


def with_difference(pool: Pool, studies: int, images: int = 1_000) -> Iterator[Row]:
    """Right and wrong claims, and runs saved, by effect: in units of the standard error that 10 seeds would have.

    The pool's second contender against its first, its scores shifted by a constant so that the true effect is the one
    named;
    `own` is the pool's own.
    """
    first, second = (pool.right(contender) for contender in pool.contenders[:2])
    table = second - first
    unit = crossed_t(table[:MOST, :images]).standard_error
    for effect in (*EFFECTS, None):
        shift = 0.0 if effect is None else effect * unit - float(table.mean())
        generator = np.random.default_rng(images)
        ends = []
        for _ in range(studies):
            rows = generator.integers(0, len(table), MOST)
            columns = generator.integers(0, table.shape[1], images)
            ends.append(looked_at(first[np.ix_(rows, columns)], second[np.ix_(rows, columns)] + shift))
        right = "better" if table.mean() + shift > 0 else "worse"
        share = sum(direction == right for direction, _, _ in ends) / studies
        yield {
            "pool": pool.name,
            "images": images,
            "effect": float(table.mean()) + shift,
            "units": (float(table.mean()) + shift) / unit,
            "own": effect is None,
            "right": share,
            "error": binomial_error(share, studies),
            "wrong": sum(direction not in (right, "undecided") for direction, _, _ in ends) / studies,
            "saved": 1 - float(np.mean([seeds for *_, seeds in ends])) / MOST,
            "by_look": [sum(seeds == look for *_, seeds in ends) / studies for look in DECLARED_LOOKS],
        }
