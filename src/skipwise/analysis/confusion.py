"""Which classes are taken for which."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

Answers = tuple[Float[np.ndarray, "examples classes"], Int[np.ndarray, "examples"]]


def confusion_counts(answers: Sequence[Answers], classes: int) -> Int[np.ndarray, "classes classes"]:
    """counts[i, j]: how often an image of class i was called j, over all runs given as (probabilities, labels)."""
    counts = np.zeros((classes, classes), np.int64)
    for probabilities, labels in answers:
        np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    return counts
