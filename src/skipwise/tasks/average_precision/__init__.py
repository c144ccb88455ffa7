"""The score of object detection: mean average precision as COCO measures it, also of images drawn again or left out."""

from skipwise.tasks.average_precision.counting import Counts, found_missed_false
from skipwise.tasks.average_precision.gradient import influence_values
from skipwise.tasks.average_precision.left_out import pseudo_values, resampled
from skipwise.tasks.average_precision.matching import IOUS, ClassMatches, Detections, Matches, match
from skipwise.tasks.average_precision.precision import (
    RECALLS,
    average_precisions,
    mean_average_precision,
    precision_recall,
)
from skipwise.tasks.average_precision.table import coco_table

__all__ = [
    "IOUS",
    "RECALLS",
    "ClassMatches",
    "Counts",
    "Detections",
    "Matches",
    "average_precisions",
    "coco_table",
    "found_missed_false",
    "influence_values",
    "match",
    "mean_average_precision",
    "precision_recall",
    "pseudo_values",
    "resampled",
]
