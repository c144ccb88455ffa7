"""Labels planted wrongly are found, and the answers come from folds that did not see them."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge

from skipwise.data.quality.label_errors import label_errors
from skipwise.data.quality.out_of_fold import PENALTY, by_patches, ridge_by_folds


def test_a_sure_answer_against_the_label_is_told_and_a_doubtful_one_is_not():
    labels = np.array([0] * 10 + [1] * 10)
    probabilities = np.full((20, 2), 0.05)
    probabilities[np.arange(20), labels] = 0.95
    probabilities[3] = [0.02, 0.98]
    probabilities[14] = [0.55, 0.45]
    found = label_errors(probabilities, labels)
    assert found.indices.tolist() == [3]
    assert found.suggested.tolist() == [1]
    assert found.probability.tolist() == [0.98]


def test_the_most_certain_comes_first_and_without_any_there_is_none():
    labels = np.array([0] * 10 + [1] * 10)
    probabilities = np.full((20, 2), 0.05)
    probabilities[np.arange(20), labels] = 0.95
    assert not len(label_errors(probabilities, labels).indices)
    probabilities[3], probabilities[4] = [0.05, 0.95], [0.01, 0.99]
    assert label_errors(probabilities, labels).indices.tolist() == [4, 3]


def test_the_regression_of_each_fold_is_that_of_scikit_learn_on_the_others():
    chance = np.random.default_rng(0)
    features = torch.from_numpy(chance.normal(size=(60, 7)))
    labels = torch.from_numpy(chance.integers(0, 3, 60))
    folds = torch.from_numpy(np.arange(60) % 5)
    scores = ridge_by_folds(features, labels, folds)
    targets = np.eye(3)[labels.numpy()]
    for fold in range(5):
        rest, tested = (folds != fold).numpy(), (folds == fold).numpy()
        strength = PENALTY * float(features[rest].square().sum(0).mean())
        model = Ridge(alpha=strength, fit_intercept=False).fit(features[rest], targets[rest])
        np.testing.assert_allclose(scores[tested], model.predict(features[tested]), atol=1e-8)


def test_wrong_labels_of_digits_are_found():
    digits = load_digits()
    images = (digits.images[:600] * 15).astype(np.uint8)[..., None]
    labels = digits.target[:600].astype(np.int64)
    wrong = np.arange(0, 600, 20)
    mistaken = labels.copy()
    mistaken[wrong] = (labels[wrong] + 3) % 10
    probabilities = by_patches(images, mistaken, np.arange(600))
    found = label_errors(probabilities, mistaken)
    assert np.isin(found.indices, wrong).mean() >= 0.8
    assert np.isin(wrong, found.indices).mean() >= 0.6
    at = np.isin(found.indices, wrong)
    assert (found.suggested[at] == labels[found.indices[at]]).mean() >= 0.9
