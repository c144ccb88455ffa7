"""Per-class scores: recall, balanced accuracy and macro-F1, in which each class counts equally."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from skipwise.analysis.scores.confusion import Classified
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.statistics import crossed_t, pseudo_values_of_counts, two_way_bootstrap_of

Counts = Int[np.ndarray, "*draws classes classes"]
"""Confusion counts (row: true class), one table or one for each draw."""
Score = Callable[[Counts], Float[np.ndarray, "*draws"]]
BOOTSTRAP_DRAWS = 1_000


@dataclass(frozen=True, kw_only=True)
class ClassScore:
    """A score averaged over seeds, or its difference between two contenders.

    `interval` is the crossed t's on jackknife pseudo-values, for one seed the bootstrap's; `bootstrap` is the two-way
    bootstrap's beside it. Both are at 95 %.
    """

    value: float
    interval: tuple[float, float]
    bootstrap: tuple[float, float]


def recalls(counts: Counts) -> Float[np.ndarray, "*draws classes"]:
    """Return the fraction of each class that is classified correctly; nan for a class without images."""
    images = counts.sum(-1)
    return np.where(images > 0, np.diagonal(counts, axis1=-2, axis2=-1) / images.clip(min=1), np.nan)


def balanced_accuracy(counts: Counts) -> Float[np.ndarray, "*draws"]:
    """The mean recall over the classes that have images."""
    return _mean(recalls(counts))


def macro_f1(counts: Counts) -> Float[np.ndarray, "*draws"]:
    """The harmonic mean of precision and recall, 2 right / (true + named), averaged over the classes that have
    images.
    """
    true, named = counts.sum(-1), counts.sum(-2)
    f1 = 2 * np.diagonal(counts, axis1=-2, axis2=-1) / (true + named).clip(min=1)
    return _mean(np.where(true > 0, f1, np.nan))


def mean_recall_of(members: Sequence[int]) -> Score:
    """The score that is the mean recall over some classes."""

    def score(counts: Counts) -> Float[np.ndarray, "*draws"]:
        return _mean(recalls(counts)[..., list(members)])

    return score


SCORES: dict[str, Score] = {"balanced accuracy": balanced_accuracy, "macro-F1": macro_f1}


def class_score(
    score: Score, runs: Sequence[Classified], classes: int, less: Sequence[Classified] | None = None
) -> ClassScore:
    """A score of one contender's runs, a run a seed; with `less`, by how much it is above that of other runs."""
    others: Sequence[Classified | None] = less or [None] * len(runs)

    def difference(seed: int, times: Int[np.ndarray, "draws examples"]) -> Float[np.ndarray, "draws"]:
        other = others[seed]
        found = score(_counts(runs[seed], classes, times))
        return found if other is None else found - score(_counts(other, classes, times))

    once = np.ones((1, len(runs[0][1])), np.int64)
    bootstrap = two_way_bootstrap_of(difference, len(runs), once.shape[1], draws=BOOTSTRAP_DRAWS)
    interval = bootstrap
    if len(runs) > 1:
        table = np.stack([
            _pseudo(score, run, classes) - (0.0 if other is None else _pseudo(score, other, classes))
            for run, other in zip(runs, others, strict=True)
        ])  # fmt: skip
        lowest = 0.0 if less is None else -1.0
        low, high = crossed_t(table).interval(0.95)
        interval = max(lowest, low), min(1.0, high)
    value = float(np.mean([difference(seed, once) for seed in range(len(runs))]))
    return ClassScore(value=value, interval=interval, bootstrap=bootstrap)


def many_medium_few(training_images: Sequence[int]) -> dict[str, list[int]] | None:
    """Classes in thirds by their training images, most first; None where classes are balanced or fewer than three."""
    counts = np.array(training_images)
    if len(counts) < 3 or ratio_of(counts) < UNBALANCED:
        return None
    thirds = np.array_split(np.argsort(-counts, kind="stable"), 3)
    return {name: third.tolist() for name, third in zip(("many", "medium", "few"), thirds, strict=True)}


def _mean(values: Float[np.ndarray, "*draws classes"]) -> Float[np.ndarray, "*draws"]:
    """Over the classes that are not nan; 0 where all are."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0).sum(-1) / known.sum(-1).clip(min=1))


def _counts(answers: Classified, classes: int, times: Int[np.ndarray, "draws examples"]) -> Counts:
    """Confusion counts of each draw, in which example n counts times[draw, n] times."""
    probabilities, labels = answers
    cells = labels * classes + probabilities.argmax(1)
    examples = np.arange(len(cells))
    cell_of = csr_array((np.ones(len(cells), np.int64), (examples, cells)), shape=(len(cells), classes**2))
    counts: Counts = np.asarray(times @ cell_of).reshape(-1, classes, classes)
    return counts


def _pseudo(score: Score, answers: Classified, classes: int) -> Float[np.ndarray, "examples"]:
    probabilities, labels = answers
    return pseudo_values_of_counts(lambda counts: float(score(counts)), labels, probabilities.argmax(1), classes)
