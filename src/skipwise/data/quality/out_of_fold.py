"""Probabilities of the classes of every example, by a model that was not trained on it: cheap models, without a
network.
"""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, UInt8
from scipy.optimize import minimize_scalar
from torch import Tensor

from skipwise.data.folds import fold_numbers
from skipwise.data.quality.patch_features import patch_features
from skipwise.data.text.bag_of_words import bag_of_words
from skipwise.data.text.dataset import Texts

FOLDS = 5
PENALTY = 0.1
"""Of a ridge regression, as a share of the mean square of a feature summed over the examples."""
STEEPEST = 30.0


def by_patches(
    images: UInt8[np.ndarray, "images height width channels"],
    labels: Int[np.ndarray, "images"],
    together: Int[np.ndarray, "images"],
) -> Float[np.ndarray, "images classes"]:
    """Ridge regression on patch features, its answers sharpened to fit the labels as probabilities."""
    folds = fold_numbers(labels, together, FOLDS, "labels")
    scores = ridge_by_folds(patch_features(images), torch.from_numpy(labels), torch.from_numpy(folds))
    targets = torch.from_numpy(labels)

    def loss(steepness: float) -> float:
        return F.cross_entropy(scores * steepness, targets).item()

    steepness = float(minimize_scalar(loss, bounds=(0.01, STEEPEST), method="bounded").x)
    return (scores.double() * steepness).softmax(1).numpy()


def ridge_by_folds(
    features: Float[Tensor, "examples features"], labels: Int[Tensor, "examples"], folds: Int[Tensor, "examples"]
) -> Float[Tensor, "examples classes"]:
    """The answer on each example of a regression on the other folds, towards 1 for its class and 0 for others.

    The sums of squares of a fold are taken from those of all, so that the features are gone through once.
    """
    targets = F.one_hot(labels).to(features.dtype)
    members = [torch.nonzero(folds == fold)[:, 0] for fold in range(FOLDS)]
    sums = [(features[of].T @ features[of], features[of].T @ targets[of]) for of in members]
    squares, products = (torch.stack(several).sum(0) for several in zip(*sums, strict=True))
    scores = torch.zeros_like(targets)
    for of, (own_squares, own_products) in zip(members, sums, strict=True):
        rest = squares - own_squares
        penalty = PENALTY * rest.diagonal().mean() * torch.eye(len(rest), dtype=rest.dtype)
        scores[of] = features[of] @ torch.linalg.solve(rest + penalty, products - own_products)
    return scores


def by_words(dataset: Texts) -> Float[np.ndarray, "texts classes"]:
    """The baseline of texts, by folds."""
    folds = fold_numbers(dataset.labels, dataset.together, FOLDS, "labels")
    probabilities = np.zeros((len(dataset.labels), len(dataset.classes)))
    for fold in range(FOLDS):
        rest, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        probabilities[tested] = bag_of_words(
            list(dataset.texts.of(rest)),
            dataset.labels[rest],
            list(dataset.texts.of(tested)),
            spaced=dataset.manifest.texts.spaced,
        )
    return probabilities
