"""Scores of detectors: scores by size and class, precision against recall, what is missed and what is false."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from skipwise.statistics import two_way_bootstrap_of
from skipwise.tasks import Predictions
from skipwise.tasks.average_precision import (
    Matches,
    coco_table,
    found_missed_false,
    precision_recall,
    resampled,
)

BOOTSTRAP_DRAWS = 300


@dataclass(frozen=True, kw_only=True)
class DetectionCounts:
    """Of one contender, on average over its runs: objects found and missed, detections that are false.

    `wrong_class` are the false ones that are in the right place.
    """

    found: float
    missed: float
    false: float
    wrong_class: float


def scores_by_size_and_class(runs: Sequence[Predictions], classes: Sequence[str]) -> dict[str, float | None]:
    """COCO's scores, on average over runs; None where there are no such objects."""
    tables = []
    for answers in runs:
        table = dict(coco_table(answers, classes))
        by_class: dict[str, float | None] = table.pop("by class")
        tables.append({**table, **{f"class {name}": value for name, value in by_class.items()}})
    return {name: _mean([table[name] for table in tables]) for name in tables[0]}


def mean_curve(runs: Sequence[Matches], iou: float) -> Float[np.ndarray, "recalls"]:
    """The precision at each recall, the mean over classes and runs."""
    curves = [precision_recall(matches, iou) for matches in runs]
    return np.asarray(np.mean(curves, axis=0))


def found_on_average(runs: Sequence[Predictions], matches: Sequence[Matches]) -> DetectionCounts:
    """Count detections with a score of at least .5, at an intersection over union of at least .5."""
    counts = [found_missed_false(*run).overall for run in zip(runs, matches, strict=True)]
    return DetectionCounts(**{name: float(np.mean([count[name] for count in counts])) for name in counts[0]})


def bootstrapped_difference(runs: Sequence[Matches], reference: Sequence[Matches]) -> tuple[float, float]:
    """The 95 % interval of the difference in mAP when seeds and images are both drawn again, repeats kept."""
    pairs = list(zip(runs, reference, strict=True))

    def difference(seed: int, counts: Int[np.ndarray, "draws images"]) -> Float[np.ndarray, "draws"]:
        one, other = pairs[seed]
        return np.asarray(resampled(one, counts) - resampled(other, counts))

    return two_way_bootstrap_of(difference, len(pairs), pairs[0][0].images, draws=BOOTSTRAP_DRAWS)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
