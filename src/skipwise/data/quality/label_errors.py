"""Labels that are likely wrong: confident learning (Northcutt et al. 2021, arXiv 1911.00068) as cleanlab has it."""

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from jaxtyping import Float, Int

from skipwise.extras import load_optional

LEAST_SURE = 0.8
"""Probability that another class must have: of labels that are only doubtful most are right."""


@dataclass(frozen=True, kw_only=True)
class LabelErrors:
    """Examples whose label is likely wrong, the most certain first: the class instead, and its probability."""

    indices: Int[np.ndarray, "some"]
    suggested: Int[np.ndarray, "some"]
    probability: Float[np.ndarray, "some"]


def cleanlab() -> ModuleType:
    """Return cleanlab's filters. Raises MissingLibraryError where it is not installed."""
    return load_optional("cleanlab.filter", "A search for label errors")


def label_errors(
    probabilities: Float[np.ndarray, "examples classes"], labels: Int[np.ndarray, "examples"]
) -> LabelErrors:
    """From answers on examples that the answering models were not trained on; each class must be the label of one.

    How many labels of one class are truly another's is estimated first, from where answers are as sure as they usually
    are of that class; so many of the least fitting labels are listed, where the answer is sure of another class.
    """
    sure = probabilities.astype(np.float64)
    sure /= sure.sum(1, keepdims=True)
    doubtful = cleanlab().find_label_issues(labels, sure, filter_by="prune_by_noise_rate", n_jobs=1)
    best = sure.argmax(1)
    indices = np.flatnonzero(doubtful & (best != labels) & (sure.max(1) >= LEAST_SURE))
    order = indices[np.argsort(-sure.max(1)[indices], kind="stable")]
    return LabelErrors(indices=order, suggested=best[order], probability=sure[order, best[order]])
