"""Mean average precision of images left out, and of images drawn again."""

import numpy as np
from jaxtyping import Float, Int

from skipwise.tasks.average_precision.matching import ClassMatches, Matches
from skipwise.tasks.average_precision.precision import average_precisions, mean_over_classes

DRAWS_AT_ONCE = 100
"""Keeps the tables of 10,000 detections of a class to some MB."""


def resampled(matches: Matches, counts: Int[np.ndarray, "draws images"]) -> Float[np.ndarray, "draws"]:
    """Mean average precision with image n in the set counts[draw, n] times; classes a draw has no object of are left
    out.

    Nothing is matched again. Of detections of equal score the order decides: here all repeats of the first come before
    the second, as if the repeats of an image followed it. A draw without any true object scores 0.
    """
    draws = np.array_split(counts, -(-len(counts) // DRAWS_AT_ONCE) or 1)
    return np.concatenate([mean_over_classes(average_precisions(matches, some).mean(2)) for some in draws])


def pseudo_values(matches: Matches) -> Float[np.ndarray, "images"]:
    """Jackknife pseudo-values of mean average precision: n times it less n - 1 times that without the image (Tukey
    1958).
    """
    images = matches.images
    once = np.ones((1, images), np.int64)
    of_classes = average_precisions(matches, once)[0].mean(1)
    without = np.tile(of_classes, (images, 1))
    for label, found in enumerate(matches.classes):
        involved = np.union1d(found.images, np.flatnonzero(found.true_objects))
        without[involved, label] = _without_each(found, involved, images)
    return images * float(mean_over_classes(of_classes)) - (images - 1) * mean_over_classes(without)


def _without_each(
    found: ClassMatches, involved: Int[np.ndarray, "involved"], images: int
) -> Float[np.ndarray, "involved"]:
    """The average precision of one class without each of the images that it is in."""
    alone = Matches(classes=(found,), images=images)
    values = [np.empty(0)]
    for some in np.array_split(involved, -(-len(involved) // DRAWS_AT_ONCE) or 1):
        counts = np.ones((len(some), images), np.int64)
        counts[np.arange(len(some)), some] = 0
        values.append(average_precisions(alone, counts)[:, 0].mean(1))
    return np.concatenate(values)
