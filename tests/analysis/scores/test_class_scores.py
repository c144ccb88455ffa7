"""Scores over classes, against tables worked by hand and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from skipwise.analysis.scores.class_scores import (
    balanced_accuracy,
    class_score,
    macro_f1,
    many_medium_few,
    mean_recall_of,
    recalls,
)

COUNTS = np.array([[8, 2, 0], [1, 3, 0], [0, 1, 1]])
"""Of ten, four and two images of three classes (a row each), what they were called."""


def test_by_hand():
    assert recalls(COUNTS).tolist() == [0.8, 0.75, 0.5]
    assert balanced_accuracy(COUNTS) == pytest.approx((0.8 + 0.75 + 0.5) / 3)
    # F1 = 2 right / (true + named): 16 / (10 + 9), 6 / (4 + 6), 2 / (2 + 1)
    assert macro_f1(COUNTS) == pytest.approx((16 / 19 + 6 / 10 + 2 / 3) / 3)
    assert mean_recall_of([0, 2])(COUNTS) == pytest.approx(0.65)


def test_a_class_without_images_counts_in_nothing():
    counts = np.array([[3, 1, 0], [0, 0, 0], [0, 0, 4]])
    assert balanced_accuracy(counts) == pytest.approx((0.75 + 1) / 2)
    assert macro_f1(counts) == pytest.approx((6 / 7 + 1) / 2)
    assert mean_recall_of([1])(counts) == 0


def answers(seed, *, right=0.8, examples=120):
    """Probabilities and labels of three uneven classes, rightly answered with this probability."""
    generator = np.random.default_rng(seed)
    labels = np.random.default_rng(0).choice(3, examples, p=[0.7, 0.2, 0.1])
    named = np.where(generator.random(examples) < right, labels, generator.integers(0, 3, examples))
    return np.eye(3, dtype=np.float32)[named], labels


def test_values_are_scikit_learns_averaged_over_seeds():
    runs = [answers(seed) for seed in (1, 2, 3)]
    for score, theirs in (
        (balanced_accuracy, balanced_accuracy_score),
        (macro_f1, lambda truth, named: f1_score(truth, named, average="macro")),
    ):
        expected = np.mean([theirs(labels, probabilities.argmax(1)) for probabilities, labels in runs])
        assert class_score(score, runs, 3).value == pytest.approx(expected)


def test_both_intervals_hold_the_value_and_agree_roughly():
    found = class_score(macro_f1, [answers(seed, examples=400) for seed in range(8)], 3)
    for low, high in (found.interval, found.bootstrap):
        assert low < found.value < high
    crossed, bootstrap = (high - low for low, high in (found.interval, found.bootstrap))
    assert crossed == pytest.approx(bootstrap, rel=0.35)


def test_a_difference_mirrors():
    ones, others = [answers(seed) for seed in range(3)], [answers(seed, right=0.6) for seed in range(10, 13)]
    forth, back = class_score(macro_f1, ones, 3, others), class_score(macro_f1, others, 3, ones)
    assert forth.value == pytest.approx(-back.value)
    assert forth.interval == pytest.approx((-back.interval[1], -back.interval[0]))
    assert forth.value == pytest.approx(class_score(macro_f1, ones, 3).value - class_score(macro_f1, others, 3).value)


def test_one_seed_has_the_bootstrap_alone():
    found = class_score(balanced_accuracy, [answers(0)], 3)
    assert found.interval == found.bootstrap


def test_many_medium_few():
    assert many_medium_few([5, 100, 40, 9, 60, 1]) == {"many": [1, 4], "medium": [2, 3], "few": [0, 5]}
    assert many_medium_few([10, 9, 8]) is None  # balanced
    assert many_medium_few([100, 1]) is None  # two classes have no thirds
