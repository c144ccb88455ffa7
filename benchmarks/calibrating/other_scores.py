"""Macro-F1, which is no mean over examples: pseudo-values in the crossed t, and the two-way bootstrap beside it."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from calibrating.drawing import binomial_error
from calibrating.pools import Pool
from skipwise.statistics import crossed_t, pseudo_values_of_counts, two_way_bootstrap_of

SEEDS, IMAGES, DRAWS = (3, 5), 300, 400


def macro_f1(counts: np.ndarray) -> float:
    """Of confusion counts (row: true class)."""
    total = counts.sum(0) + counts.sum(1)
    return float((2 * np.diag(counts) / np.maximum(total, 1)).mean())


def macro_f1_coverage(pool: Pool, studies: int) -> Iterator[dict[str, Any]]:
    """How often each interval of the difference in macro-F1 holds the pool's own; seeds and images with replacement."""
    first, second = (pool.answers[contender].astype(np.int64) for contender in pool.contenders[:2])
    classes = int(pool.labels.max()) + 1
    truth = float(np.mean([_difference(pool.labels, a, b, classes) for a, b in zip(first, second, strict=True)]))
    for seeds in SEEDS:
        generator = np.random.default_rng(seeds)
        found = np.zeros((studies, 2, 2))
        for study in range(studies):
            rows = generator.integers(0, len(first), seeds)
            columns = generator.integers(0, len(pool.labels), IMAGES)
            labels, one, other = pool.labels[columns], first[np.ix_(rows, columns)], second[np.ix_(rows, columns)]
            found[study, 0] = _by_pseudo_values(labels, one, other, classes)

            def score(run: int, counts: np.ndarray) -> np.ndarray:
                return np.array([_difference(labels, one[run], other[run], classes, times) for times in counts])  # noqa: B023

            found[study, 1] = two_way_bootstrap_of(score, seeds, IMAGES, draws=DRAWS, seed=study)
        for rule, (low, high) in zip(("pseudo-values", "two-way bootstrap"), found.transpose(1, 2, 0), strict=True):
            share = float(((low <= truth) & (truth <= high)).mean())
            width = float(np.median(high - low) / 2)
            error = binomial_error(share, studies)
            yield {"rule": rule, "seeds": seeds, "images": IMAGES, "share": share, "error": error, "half_width": width}


def _difference(
    labels: np.ndarray, one: np.ndarray, other: np.ndarray, classes: int, times: np.ndarray | None = None
) -> float:
    """In macro-F1, when each image counts so many times."""
    scores = [
        macro_f1(np.bincount(labels * classes + answers, times, classes**2).reshape(classes, classes))
        for answers in (one, other)
    ]
    return scores[1] - scores[0]


def _by_pseudo_values(labels: np.ndarray, one: np.ndarray, other: np.ndarray, classes: int) -> tuple[float, float]:
    tables = [
        np.stack([pseudo_values_of_counts(macro_f1, labels, answers, classes) for answers in runs])
        for runs in (one, other)
    ]
    return crossed_t(tables[1] - tables[0]).interval(0.95)
