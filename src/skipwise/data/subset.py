"""A subset of the training images, for learning curves."""

import numpy as np

from skipwise import keyed_rng
from skipwise.data.dataset import Dataset


def subset_of(dataset: Dataset, fraction: float, seed: int) -> Dataset:
    """The data set with this fraction of each training class, at least one image of each; the other parts stay.

    Each seed draws its own, so that the luck of the draw is part of what differs between seeds; twins of one seed get
    the same images, and a smaller subset is part of a larger one.
    """
    if fraction >= 1:
        return dataset
    labels = dataset.labels[dataset.train]
    order = keyed_rng.order(len(labels), seed, "share")
    kept = []
    for label in np.unique(labels):
        of_class = order[labels[order] == label]
        kept.append(of_class[: max(1, round(fraction * len(of_class)))])
    return dataset.with_train(dataset.train[np.sort(np.concatenate(kept))])
