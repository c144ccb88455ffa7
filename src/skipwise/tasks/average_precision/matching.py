"""Which detections hit a true object: decided once for each image, class and overlap, as COCO does."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from skipwise.tasks.average_precision.overlap import intersection_over_union

Detections = Mapping[str, np.ndarray]
"""Detections and the truth. Images are the first axis, the lists of each are padded.

`boxes` (images, most, 4: left, top, right, bottom in pixels), `scores` and `labels` (images, most; label -1 where there
is no detection), `true_boxes` (images, most_true, 4) and `true_labels` (images, most_true; -1 where there is no
object).
"""
IOUS = np.linspace(0.5, 0.95, 10)
"""COCO's thresholds of intersection over union, from .5 to .95."""
MOST_DETECTIONS = 100
"""Of a class in an image; those of lower score are left out."""


@dataclass(frozen=True, kw_only=True)
class ClassMatches:
    """The detections of one class, highest score first, of equal ones the earlier image's (then position's) first.

    Detection d is number `places[d]` of image `images[d]`; `hits` says at each of IOUS whether it is the one that a
    true object is given to. `true_objects` counts those of each image.
    """

    images: Int[np.ndarray, "detections"]
    places: Int[np.ndarray, "detections"]
    scores: Float[np.ndarray, "detections"]
    hits: Bool[np.ndarray, "thresholds detections"]
    true_objects: Int[np.ndarray, "images"]


@dataclass(frozen=True, kw_only=True)
class Matches:
    """All that a score of detections is computed from: the matches of each class, and the number of images."""

    classes: tuple[ClassMatches, ...]
    images: int


class _Listed(NamedTuple):
    """Detections or true objects of all images in one list; a cell is a class in an image."""

    images: Int[np.ndarray, "listed"]
    places: Int[np.ndarray, "listed"]
    labels: Int[np.ndarray, "listed"]
    cells: Int[np.ndarray, "listed"]

    def take(self, which: np.ndarray) -> "_Listed":
        return _Listed(*(column[which] for column in self))


def match(answers: Detections, classes: int) -> Matches:
    """Gives true objects to detections greedily, highest score first (Lin et al. 2014).

    A detection takes the object of its class and image that it overlaps most of those still free, at least by the
    threshold. Raises ValueError for a label that is none of the classes.
    """
    images = len(answers["labels"])
    detections, objects = _listed(answers["labels"], classes), _listed(answers["true_labels"], classes)
    scores = answers["scores"][detections.images, detections.places]
    order = np.lexsort((-scores, detections.cells))
    order = order[_number_in_run(detections.cells[order]) < MOST_DETECTIONS]
    detections, scores = detections.take(order), scores[order]
    hits = _hits(
        detections,
        answers["boxes"][detections.images, detections.places],
        objects,
        answers["true_boxes"][objects.images, objects.places],
    )
    order = np.lexsort((-scores, detections.labels))
    ends = np.searchsorted(detections.labels[order], np.arange(classes + 1))
    true_objects = np.bincount(objects.cells, minlength=classes * images).reshape(classes, images)
    return Matches(
        classes=tuple(
            ClassMatches(
                images=detections.images[own],
                places=detections.places[own],
                scores=scores[own],
                hits=hits[:, own],
                true_objects=true_objects[label],
            )
            for label, own in enumerate(order[start:end] for start, end in pairwise(ends))
        ),
        images=images,
    )


def _listed(labels: Int[np.ndarray, "images most"], classes: int) -> _Listed:
    if labels.size and labels.max() >= classes:
        raise ValueError(f"Labels of {classes} classes are 0 to {classes - 1}, not {labels.max()}.")
    images, places = np.nonzero(labels >= 0)
    own = labels[images, places]
    return _Listed(images, places, own, own * len(labels) + images)


def _number_in_run(values: Int[np.ndarray, "listed"]) -> Int[np.ndarray, "listed"]:
    """0, 1, 2, ... within each run of equal values of a sorted list."""
    return np.arange(len(values)) - np.searchsorted(values, values)


def _hits(
    detections: _Listed,
    boxes: Float[np.ndarray, "detections 4"],
    objects: _Listed,
    true_boxes: Float[np.ndarray, "objects 4"],
) -> Bool[np.ndarray, "thresholds detections"]:
    """Detections are ordered by cell, highest score first: those of one rank are matched in all cells at once."""
    cells, candidates = _in_cells(objects.cells, true_boxes)
    hits = np.zeros((len(IOUS), len(detections.cells)), bool)
    free = np.ones((len(cells), len(IOUS), candidates.shape[1]), bool)
    with_truth = np.flatnonzero(np.isin(detections.cells, cells))
    ranks = _number_in_run(detections.cells)[with_truth]
    for rank in range(ranks.max(initial=-1) + 1):
        own = with_truth[ranks == rank]
        cell = np.searchsorted(cells, detections.cells[own])
        overlaps = intersection_over_union(boxes[own], candidates[cell])
        near = overlaps.max(1) >= IOUS[0]
        own, cell, overlaps = own[near], cell[near], overlaps[near, None]
        possible = np.where(free[cell] & (overlaps >= IOUS[:, None]), overlaps, 0)
        chosen = possible.argmax(2)
        hit, threshold = np.nonzero(possible.max(2))
        free[cell[hit], threshold, chosen[hit, threshold]] = False
        hits[threshold, own[hit]] = True
    return hits


def _in_cells(
    of_objects: Int[np.ndarray, "objects"], true_boxes: Float[np.ndarray, "objects 4"]
) -> tuple[Int[np.ndarray, "cells"], Float[np.ndarray, "cells most 4"]]:
    """The cells with true objects and the boxes of each, empty ones to fill up.

    The last object comes first: of two that are overlapped alike COCO takes the later one, argmax the earlier.
    """
    order = np.lexsort((-np.arange(len(of_objects)), of_objects))
    cells, rows, sizes = np.unique(of_objects[order], return_inverse=True, return_counts=True)
    candidates = np.zeros((len(cells), sizes.max(initial=1), 4))
    candidates[rows, _number_in_run(of_objects[order])] = true_boxes[order]
    return cells, candidates
