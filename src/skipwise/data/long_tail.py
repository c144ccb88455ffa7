"""A long tail: training images thinned until the classes differ as much as is asked for, to study what that does."""

import numpy as np
from jaxtyping import Int

from skipwise import keyed_rng
from skipwise.errors import UserError

UNBALANCED = 3.0
"""Classes that differ by this ratio or more in their training images are called unbalanced."""


def long_tail(
    train: Int[np.ndarray, "train"], labels: Int[np.ndarray, "images"], ratio: float, *key: int | str
) -> Int[np.ndarray, "kept"]:
    """The training images that are left when the classes, in their order, fall exponentially by `ratio` in all.

    Class c of C keeps n * ratio ** (-c / (C - 1)) images (Cui et al. 2019), with the largest n for which every class
    has enough. Which ones stay is drawn by `key`; of balanced classes a longer tail keeps a part of what a shorter one
    keeps. Raises UserError where the last class would have none.
    """
    counts = np.bincount(labels[train])
    shape = ratio ** -(np.arange(len(counts)) / max(1, len(counts) - 1))
    wanted = np.round((counts / shape).min() * shape).astype(int)
    if wanted.min() < 1:
        raise UserError(
            f"--long-tail is {ratio:g}, and the training part would leave none for the last class: "
            f"take at most {1.9 * counts[-1]:.0f}."
        )
    order = train[keyed_rng.order(len(train), *key, "long tail")]
    kept = [order[labels[order] == label][:count] for label, count in enumerate(wanted)]
    return np.sort(np.concatenate(kept))


def ratio_of(counts: Int[np.ndarray, "classes"]) -> float:
    """How many times more training images the largest class has than the smallest."""
    return float(counts.max() / max(1, counts.min()))
