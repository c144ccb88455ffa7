"""Counts of objects found and missed, and of false detections, when only detections above a score are believed."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from skipwise.tasks.average_precision.matching import Detections, Matches
from skipwise.tasks.average_precision.overlap import intersection_over_union
from skipwise.tasks.average_precision.precision import threshold_of


@dataclass(frozen=True, kw_only=True)
class Counts:
    """For each class: true objects found and missed, and detections that are false.

    `wrong_class` are the false ones that are in the right place: the true object that they overlap most, by at least
    the threshold, is of another class. They count under the class that was named.
    """

    found: Int[np.ndarray, "classes"]
    missed: Int[np.ndarray, "classes"]
    false: Int[np.ndarray, "classes"]
    wrong_class: Int[np.ndarray, "classes"]

    @property
    def overall(self) -> dict[str, int]:
        """The same over all classes."""
        return {name: int(values.sum()) for name, values in vars(self).items()}


def found_missed_false(answers: Detections, matches: Matches, *, score: float = 0.5, iou: float = 0.5) -> Counts:
    """Of the detections with at least `score`; `matches` are theirs, and `iou` is one of IOUS."""
    threshold = threshold_of(iou)
    found, objects, false, wrong_class = [], [], [], []
    for label, own in enumerate(matches.classes):
        believed = own.scores >= score
        # A detection of lower score takes no object away, so that those believed match as if they were alone.
        wrong = believed & ~own.hits[threshold]
        nearest, overlap = _nearest(answers, own.images[wrong], own.places[wrong])
        found.append(int((believed & own.hits[threshold]).sum()))
        objects.append(int(own.true_objects.sum()))
        false.append(int(wrong.sum()))
        wrong_class.append(int(((overlap >= iou) & (nearest != label)).sum()))
    return Counts(
        found=np.array(found, np.int64),
        missed=np.array(objects, np.int64) - np.array(found, np.int64),
        false=np.array(false, np.int64),
        wrong_class=np.array(wrong_class, np.int64),
    )


def _nearest(
    answers: Detections, images: Int[np.ndarray, "detections"], places: Int[np.ndarray, "detections"]
) -> tuple[Int[np.ndarray, "detections"], Float[np.ndarray, "detections"]]:
    """The class of the true object that each detection overlaps most, and by how much; -1 and 0 where there is none."""
    labels = answers["true_labels"][images]
    if not labels.size:
        return np.full(len(images), -1), np.zeros(len(images))
    overlaps = intersection_over_union(answers["boxes"][images, places], answers["true_boxes"][images])
    overlaps = np.where(labels >= 0, overlaps, 0)
    nearest = overlaps.argmax(1)[:, None]
    return np.take_along_axis(labels, nearest, 1)[:, 0], np.take_along_axis(overlaps, nearest, 1)[:, 0]
