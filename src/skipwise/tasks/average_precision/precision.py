"""Average precision: the mean precision over 101 recalls, as COCO interpolates it."""

import numpy as np
from jaxtyping import Float, Int

from skipwise.tasks.average_precision.matching import IOUS, ClassMatches, Matches

RECALLS = np.linspace(0, 1, 101)
Times = Int[np.ndarray, "draws images"]
"""How often each image counts in each draw."""


def average_precisions(matches: Matches, counts: Times) -> Float[np.ndarray, "draws classes thresholds"]:
    """Of each class at each of IOUS, image n counting counts[draw, n] times; nan where a class has no true object."""
    return np.stack([_average_precision(found, counts) for found in matches.classes], axis=1)


def mean_average_precision(matches: Matches, iou: float | None = None) -> float:
    """Over the classes that have true objects and over all IOUS, or at one of them; 0 where no class has any."""
    precisions = average_precisions(matches, _once(matches))[0]
    chosen = precisions if iou is None else precisions[:, [threshold_of(iou)]]
    return float(mean_over_classes(chosen.mean(1)))


def precision_recall(matches: Matches, iou: float, label: int | None = None) -> Float[np.ndarray, "recalls"]:
    """The highest precision at each of RECALLS or above, 0 where a recall is not reached.

    Of one class (nan where it has no true object), or the mean over those that have any.
    """
    chosen = matches.classes if label is None else (matches.classes[label],)
    curves = np.stack([_curve(found, _once(matches), threshold_of(iou)) for found in chosen])
    return curves[0] if label is not None else mean_over_classes(curves.T)


def mean_over_classes(values: Float[np.ndarray, "*any classes"]) -> Float[np.ndarray, "*any"]:
    """Over those that are not nan; 0 where all are."""
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0).sum(-1) / known.sum(-1).clip(min=1))


def _average_precision(found: ClassMatches, counts: Times) -> Float[np.ndarray, "draws thresholds"]:
    times = counts[:, found.images]
    named = times.cumsum(1)
    passed = _recalls_passed(found, counts)
    sums = [(best * recalls).sum(1) for best, recalls in (_steps(hits, times, named, passed) for hits in found.hits)]
    without_truth = counts @ found.true_objects == 0
    return np.where(without_truth[:, None], np.nan, np.stack(sums, axis=1) / len(RECALLS))


def _curve(found: ClassMatches, once: Times, threshold: int) -> Float[np.ndarray, "recalls"]:
    if not found.true_objects.any():
        return np.full(len(RECALLS), np.nan)
    times = once[:, found.images]
    best, recalls = _steps(found.hits[threshold], times, times.cumsum(1), _recalls_passed(found, once))
    curve = np.zeros(len(RECALLS))
    reached = np.repeat(best[0], recalls[0])
    curve[: len(reached)] = reached
    return curve


def _steps(
    hits: np.ndarray, times: np.ndarray, named: np.ndarray, passed: np.ndarray
) -> tuple[Float[np.ndarray, "draws hits"], Int[np.ndarray, "draws hits"]]:
    """At each hit the highest precision from there on, and how many recalls it passes.

    Precision falls between hits, and rises through the repeats of one: its value after the last repeat is all that
    counts.
    """
    at = np.flatnonzero(hits)
    right = times[:, at].cumsum(1)
    precision = right / named[:, at].clip(min=1)
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    return best, np.diff(np.take_along_axis(passed, right, axis=1), axis=1, prepend=0)


def _recalls_passed(found: ClassMatches, counts: Times) -> Int[np.ndarray, "draws hits_and_none"]:
    """How many of RECALLS are at most j / true objects, for j = 0, 1, 2, ... hits; recall 0 needs a first hit too."""
    objects = (counts @ found.true_objects).clip(min=1)
    reached = np.arange(objects.max(initial=1) + 1) / objects[:, None]
    passed: Int[np.ndarray, "draws hits_and_none"] = np.searchsorted(RECALLS, reached, side="right")
    passed[:, 0] = 0
    return passed


def _once(matches: Matches) -> Int[np.ndarray, "1 images"]:
    return np.ones((1, matches.images), np.int64)


def threshold_of(iou: float) -> int:
    """Its place among IOUS. Raises ValueError for another."""
    near = np.flatnonzero(np.isclose(IOUS, iou))
    if not len(near):
        raise ValueError(f"Matches are known at an intersection over union of .5, .55, ... .95, not {iou:g}.")
    return int(near[0])
