"""Folds: every example is a test example once."""

import numpy as np
from jaxtyping import Int

from skipwise import keyed_rng
from skipwise.data.clusters import Clusters
from skipwise.data.dataset import Dataset
from skipwise.data.split import VALIDATION_SIZE
from skipwise.errors import UserError


def fold_numbers(
    labels: Int[np.ndarray, "examples"], together: Int[np.ndarray, "examples"], folds: int, *key: int | str
) -> Int[np.ndarray, "examples"]:
    """The fold of each example: classes are spread evenly, and examples with one number in `together` share a fold.

    Which examples go where is drawn by `key`.
    """
    clusters = Clusters.of(together)
    sizes, class_of = clusters.sizes.tolist(), labels[clusters.first]
    for mixed in np.unique(clusters.number[labels != class_of[clusters.number]]).tolist():
        class_of[mixed] = np.bincount(labels[clusters.members(mixed)]).argmax()
    filled = np.zeros((int(labels.max()) + 1, folds), np.int64).tolist()
    in_all = [0] * folds
    fold_of_cluster = np.zeros(len(sizes), np.int64)
    every, labels_of = range(folds), class_of.tolist()
    for position in keyed_rng.order(len(sizes), *key).tolist():
        of_class, size = filled[labels_of[position]], sizes[position]
        fold = min(every, key=lambda each, counts=of_class: (counts[each], in_all[each]))  # type: ignore[misc]
        fold_of_cluster[position] = fold
        of_class[fold] += size
        in_all[fold] += size
    numbers: Int[np.ndarray, examples] = fold_of_cluster[clusters.number]
    return numbers


def fewest_clusters(labels: Int[np.ndarray, "examples"], together: Int[np.ndarray, "examples"]) -> int:
    """Return how many clusters the class has that has the fewest; a cluster counts for each class in it."""
    number = Clusters.of(together).number
    both = np.unique(labels * len(number) + number)
    counts = np.bincount(both // len(number))
    return int(counts[counts > 0].min())


def fold_of(dataset: Dataset, fold: int, folds: int, seed: int) -> Dataset:
    """The data set whose test examples are those of one fold; a part of the others is for validation.

    Each seed divides the examples anew, so that the luck of the division is part of what differs between seeds; twins
    of one seed have the same folds. Raises UserError for a class too small to be in every fold.
    """
    together = dataset.together
    fewest = fewest_clusters(dataset.labels, together)
    if fewest < max(4, folds):
        raise UserError(
            f"--folds is {folds}, and the smallest class has {fewest} examples that differ: each fold needs one of every "
            "class, and at least 4 are needed."
        )
    numbers = fold_numbers(dataset.labels, together, folds, dataset.fingerprint, seed, "folds")
    rest = np.flatnonzero(numbers != fold)
    parts = max(2, round(1 / VALIDATION_SIZE))
    if fewest * (folds - 1) / folds < parts:
        parts = 3
    inner = fold_numbers(dataset.labels[rest], together[rest], parts, dataset.fingerprint, seed, fold, "validation")
    missing = np.setdiff1d(np.unique(dataset.labels), dataset.labels[rest[inner != 0]])
    if len(missing):
        raise UserError(
            f"--folds is {folds}, and no example of {dataset.classes[missing[0]]} is left to train on in fold {fold} of seed {seed}: "
            "take fewer or more folds, or give the class more examples."
        )
    return dataset.with_parts(train=rest[inner != 0], validation=rest[inner == 0], test=np.flatnonzero(numbers == fold))
