"""Confusion matrices of classifiers."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from skipwise.studies.results import Result
from skipwise.training.predictions import Part

Classified = tuple[Float[np.ndarray, "examples classes"], Int[np.ndarray, "examples"]]


def answers_of(result: Result, part: Part = "test") -> Classified:
    """The probabilities and labels of a classifier's test or validation examples."""
    answers = result.predictions(part)
    return answers["probabilities"], answers["labels"]


def confusion_counts(answers: Sequence[Classified], classes: int) -> Int[np.ndarray, "classes classes"]:
    """counts[i, j]: how often an image of class i was called j, over all runs given as (probabilities, labels)."""
    counts = np.zeros((classes, classes), np.int64)
    for probabilities, labels in answers:
        np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    return counts
