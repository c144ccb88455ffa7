"""Scores that are no mean over examples, made into one number for each example."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Int


def pseudo_values(
    score: Callable[[Bool[np.ndarray, "examples"]], float], examples: int
) -> Float[np.ndarray, "examples"]:
    """Jackknife pseudo-values: n times the score of all examples less n - 1 times that without one (Tukey 1958).

    `score(kept)` is the score of the examples that are kept. Their mean is the score less its bias, and they enter a
    crossed t like any score of examples.
    """
    kept = np.ones(examples, bool)
    whole = score(kept)
    values = np.empty(examples)
    for example in range(examples):
        kept[example] = False
        values[example] = examples * whole - (examples - 1) * score(kept)
        kept[example] = True
    return values


def pseudo_values_of_counts(
    score: Callable[[Int[np.ndarray, "classes classes"]], float],
    truths: Int[np.ndarray, "examples"],
    answers: Int[np.ndarray, "examples"],
    classes: int,
) -> Float[np.ndarray, "examples"]:
    """The same for a score of the confusion counts (row: true class): examples of one cell share their value."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truths, answers), 1)
    examples, whole = len(truths), score(counts)
    values = np.zeros((classes, classes))
    for truth, answer in np.argwhere(counts):
        counts[truth, answer] -= 1
        values[truth, answer] = examples * whole - (examples - 1) * score(counts)
        counts[truth, answer] += 1
    found: Float[np.ndarray, examples] = values[truths, answers]
    return found
