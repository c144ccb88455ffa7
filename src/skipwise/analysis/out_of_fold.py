"""Probabilities of the classes of every example, by a model that was not trained on it: cheap models, without a network."""

import numpy as np
from jaxtyping import Float, Int, UInt8

from skipwise.data import Texts
from skipwise.data.folds import fold_numbers
from skipwise.tasks.bag_of_words import bag_of_words

FOLDS = 5
MOST_VALUES, MOST_IMAGES = 1_024, 20_000
"""Pixel values of an image, and images, up to which pixels themselves tell classes apart well and quickly: digits, but no photos."""
COMPONENTS, STRENGTH = 500, 10.0
"""Points that stand for the kernel, and the inverse of the penalty."""


def by_pixels(
    images: UInt8[np.ndarray, "images height width channels"],
    labels: Int[np.ndarray, "images"],
    together: Int[np.ndarray, "images"],
) -> Float[np.ndarray, "images classes"]:
    """Logistic regression on a radial kernel of the pixels, approximated as by Williams and Seeger 2001 (Nystroem)."""
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from threadpoolctl import threadpool_limits

    values = images.reshape(len(images), -1) / np.float32(255)
    width = 1 / max(values.shape[1] * float(values.var()), 1e-9)
    classes = int(labels.max()) + 1
    probabilities = np.zeros((len(labels), classes))
    folds = fold_numbers(labels, together, FOLDS, "labels")
    with threadpool_limits(1):  # the matrices are small: threads would wait for each other
        for fold in range(FOLDS):
            rest, tested = folds != fold, folds == fold
            kernel = Nystroem(gamma=width, n_components=min(COMPONENTS, int(rest.sum())), random_state=0)
            model = make_pipeline(kernel, LogisticRegression(C=STRENGTH, max_iter=200))
            model.fit(values[rest], labels[rest])
            probabilities[np.ix_(tested, model.classes_)] = model.predict_proba(values[tested])
    return probabilities


def by_words(dataset: Texts) -> Float[np.ndarray, "texts classes"]:
    """The baseline of texts, by folds."""
    folds = fold_numbers(dataset.labels, np.array(dataset.found["together"], np.int64), FOLDS, "labels")
    probabilities = np.zeros((len(dataset.labels), len(dataset.classes)))
    for fold in range(FOLDS):
        rest, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        probabilities[tested] = bag_of_words(
            list(dataset.texts.of(rest)),
            dataset.labels[rest],
            list(dataset.texts.of(tested)),
            spaced=dataset.found["text"]["spaced"],
        )
    return probabilities
