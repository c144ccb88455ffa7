"""Two learners that need a millisecond each, so that folds can be judged on thousands of small data sets.

Neither is a convolutional network. They stand for a steady learner and an unsteady one: ridge regression on random
features, and a tree with random splits. Each comes in a first form, the same again with other draws, and a second form.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from calibrating.fold_sets import shrunk

Pixels = Float[np.ndarray, "images pixels"]
Labels = Int[np.ndarray, "images"]
FOLDS, SEEDS = 5, 3
CLASSES = 10
LEARNERS = ("ridge", "tree")
FORMS = {"ridge": (60, 60, 120), "tree": (6, 6, 12)}
"""Random features, or the depth of the tree."""


def right_out_of_fold(
    pixels: Pixels, labels: Labels, learner: str, number: int
) -> tuple[Float[np.ndarray, "contenders seeds images"], Int[np.ndarray, "seeds images"]]:
    """Right (1) or wrong (0) of the three contenders on one data set, and the fold of each image.

    Each seed divides the images anew, alike for all three.
    """
    from skipwise.data.folds import fold_numbers

    folds = np.stack([fold_numbers(labels, np.arange(len(labels)), FOLDS, number, seed) for seed in range(SEEDS)])
    right = np.zeros((3, SEEDS, len(labels)))
    for seed in range(SEEDS):
        for fold in range(FOLDS):
            test = folds[seed] == fold
            for contender, form in enumerate(FORMS[learner]):
                draw = [number, seed, fold, contender]
                answers = _answers(learner, form, draw, pixels[~test], labels[~test], pixels[test])
                right[contender, seed, test] = answers == labels[test]
    return right, folds


def many_sets(data: Path, learner: str, sets: int, images: int, cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """The same for many data sets, each drawn from all 70,000 images of an .npz; kept in the .npz `cache`."""
    if not cache.exists():
        with np.load(data) as arrays:
            pixels = shrunk(np.concatenate([arrays["x_train"], arrays["x_test"]]))
            labels = np.concatenate([arrays["y_train"], arrays["y_test"]]).astype(np.int64)
        shares = pixels.reshape(len(pixels), -1) / 255
        found = []
        for number in range(sets):
            chosen = np.random.default_rng([images, number]).permutation(len(labels))[:images]
            found.append(right_out_of_fold(shares[chosen], labels[chosen], learner, number))
        right, folds = (np.stack(parts).astype(np.uint8) for parts in zip(*found, strict=True))
        np.savez_compressed(cache, right=right, folds=folds)
    with np.load(cache) as kept:
        return kept["right"].astype(np.float64), kept["folds"]


def _answers(learner: str, form: int, draw: list[int], pixels: Pixels, labels: Labels, unseen: Pixels) -> Labels:
    answers: np.ndarray
    if learner == "tree":
        from sklearn.tree import DecisionTreeClassifier

        seed = int(np.random.SeedSequence(draw).generate_state(1)[0])
        tree = DecisionTreeClassifier(max_depth=form, splitter="random", random_state=seed)
        answers = tree.fit(pixels, labels).predict(unseen)
        return answers
    generator = np.random.default_rng(draw)
    weights, bias = generator.normal(0, 0.5, (pixels.shape[1], form)), generator.normal(0, 0.5, form)
    features, new = (np.maximum(0, part @ weights + bias) for part in (pixels, unseen))
    penalty = 0.1 * len(features) * np.eye(form)
    answers = (new @ np.linalg.solve(features.T @ features + penalty, features.T @ np.eye(CLASSES)[labels])).argmax(1)
    return answers
