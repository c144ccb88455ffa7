"""Folds: every example is a test example once."""

import numpy as np
from jaxtyping import Int

from skipwise import keyed_rng
from skipwise.data.dataset import Dataset
from skipwise.data.split import VALIDATION_SIZE
from skipwise.errors import UserError


def fold_numbers(
    labels: Int[np.ndarray, "examples"], together: Int[np.ndarray, "examples"], folds: int, *key: int | str
) -> Int[np.ndarray, "examples"]:
    """The fold of each example: classes are spread evenly, and examples with one number in `together` share a fold.

    Which examples go where is drawn by `key`.
    """
    of_cluster: dict[int, list[int]] = {}
    for example, number in enumerate(together.tolist()):
        of_cluster.setdefault(number, []).append(example)
    clusters = list(of_cluster.values())
    filled = np.zeros((folds, int(labels.max()) + 1))
    sizes = np.zeros(folds)
    numbers = np.zeros(len(labels), np.int64)
    for position in keyed_rng.order(len(clusters), *key):
        cluster = clusters[position]
        label = int(np.bincount(labels[cluster]).argmax())
        fold = int(np.lexsort((sizes, filled[:, label]))[0])
        numbers[cluster] = fold
        filled[fold, label] += len(cluster)
        sizes[fold] += len(cluster)
    return numbers


def fold_of(dataset: Dataset, fold: int, folds: int, seed: int) -> Dataset:
    """The data set whose test examples are those of one fold; a part of the others is for validation.

    Each seed divides the examples anew, so that the luck of the division is part of what differs between seeds; twins
    of one seed have the same folds. Raises UserError for a class too small to be in every fold.
    """
    together = dataset.together
    fewest = min(len(np.unique(together[dataset.labels == label])) for label in np.unique(dataset.labels))
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
