"""Scores in which each class counts alike, however many images it has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from skipwise.analysis.confusion import Answers
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.statistics import crossed_t, pseudo_values_of_counts, two_way_bootstrap_of

Counts = Int[np.ndarray, "classes classes"]
Score = Callable[[Counts], float]
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


def recalls(counts: Counts) -> Float[np.ndarray, "classes"]:
    """Of each class the share of its images that is answered rightly; nan where there are none."""
    images = counts.sum(1)
    return np.where(images > 0, np.diag(counts) / images.clip(min=1), np.nan)


def balanced_accuracy(counts: Counts) -> float:
    """The mean recall over the classes that have images."""
    return float(np.nanmean(recalls(counts)))


def macro_f1(counts: Counts) -> float:
    """The harmonic mean of precision and recall, 2 right / (true + named), averaged over the classes that have images."""
    true, named = counts.sum(1), counts.sum(0)
    f1 = 2 * np.diag(counts) / (true + named).clip(min=1)
    return float(f1[true > 0].mean())


def mean_recall_of(members: Sequence[int]) -> Score:
    """The score that is the mean recall over some classes."""

    def score(counts: Counts) -> float:
        some = recalls(counts)[list(members)]
        return float(np.nanmean(some)) if not np.isnan(some).all() else 0.0

    return score


SCORES: dict[str, Score] = {"balanced accuracy": balanced_accuracy, "macro-F1": macro_f1}


def class_score(
    score: Score, runs: Sequence[Answers], classes: int, less: Sequence[Answers] | None = None
) -> ClassScore:
    """A score of one contender's runs, a run a seed; with `less`, by how much it is above that of other runs."""
    pairs = [(run, None if less is None else less[seed]) for seed, run in enumerate(runs)]

    def counted(answers: Answers, times: Int[np.ndarray, "examples"] | None = None) -> float:
        return score(_counts(answers, classes, times))

    def difference(seed: int, times: Int[np.ndarray, "examples"] | None) -> float:
        run, other = pairs[seed]
        return counted(run, times) - (0.0 if other is None else counted(other, times))

    examples = len(runs[0][1])
    bootstrap = two_way_bootstrap_of(difference, len(runs), examples, draws=BOOTSTRAP_DRAWS)
    interval = bootstrap
    if len(runs) > 1:
        table = np.stack([
            _pseudo(score, run, classes) - (0.0 if other is None else _pseudo(score, other, classes))
            for run, other in pairs
        ])  # fmt: skip
        interval = crossed_t(table).interval(0.95)
    value = float(np.mean([difference(seed, None) for seed in range(len(runs))]))
    return ClassScore(value=value, interval=interval, bootstrap=bootstrap)


def many_medium_few(training_images: Sequence[int]) -> dict[str, list[int]] | None:
    """Classes in thirds by their training images, most first; None where classes are balanced or fewer than three."""
    counts = np.array(training_images)
    if len(counts) < 3 or ratio_of(counts) < UNBALANCED:
        return None
    thirds = np.array_split(np.argsort(-counts, kind="stable"), 3)
    return {name: third.tolist() for name, third in zip(("many", "medium", "few"), thirds, strict=True)}


def _counts(answers: Answers, classes: int, times: Int[np.ndarray, "examples"] | None) -> Counts:
    """Confusion counts (row: true class), each example so many times."""
    probabilities, labels = answers
    cells = labels * classes + probabilities.argmax(1)
    counts = np.bincount(cells, weights=times, minlength=classes**2).reshape(classes, classes)
    return counts.astype(np.int64)


def _pseudo(score: Score, answers: Answers, classes: int) -> Float[np.ndarray, "examples"]:
    probabilities, labels = answers
    return pseudo_values_of_counts(score, labels, probabilities.argmax(1), classes)
