"""Objects that are found and missed, and detections that are false."""

import numpy as np

from skipwise.tasks.average_precision import found_missed_false, match, mean_average_precision
from support.average_precision_peers import THREE, answers_of, one_image


def counted(answers, classes, **thresholds):
    return found_missed_false(answers, match(answers, classes), **thresholds)


COUNTED = one_image(
    [[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]],
    [0, 0, 1],
    [[0, 0, 10, 10], [0, 0, 10, 9], [40, 0, 50, 10], [80, 0, 90, 10], [20, 0, 30, 10]],
    [0, 0, 0, 1, 0],
    [0.9, 0.8, 0.7, 0.6, 0.4],
)
"""A hit, its double, a dog taken for a cat, a dog where nothing is, and a hit of low score."""


def test_found_missed_and_false():
    counts = counted(COUNTED, 2)
    assert counts.found.tolist() == [1, 0]
    assert counts.missed.tolist() == [1, 1]
    assert counts.false.tolist() == [2, 1]
    assert counts.wrong_class.tolist() == [1, 0]
    assert counts.overall == {"found": 1, "missed": 2, "false": 3, "wrong_class": 1}
    assert counted(COUNTED, 2, score=0.4).found.tolist() == [2, 0]
    assert counted(COUNTED, 2, score=0.85).overall == {"found": 1, "missed": 2, "false": 0, "wrong_class": 0}


def test_counts_are_those_of_the_believed_detections_alone():
    answers = answers_of(3, images=20)
    alone = answers | {"labels": np.where(answers["scores"] >= np.float32(0.5), answers["labels"], -1)}
    believed, all_of_them = counted(answers, 3), counted(alone, 3, score=0)
    assert believed.overall == all_of_them.overall
    assert believed.overall["found"] > 0
    assert believed.overall["wrong_class"] > 0


def test_without_detections_or_truth():
    nothing = one_image(np.zeros((0, 4)), np.zeros(0, int), np.zeros((0, 4)), np.zeros(0, int), [])
    assert mean_average_precision(match(nothing, 2)) == 0
    missed = THREE | {"labels": np.array([[-1, -1, -1]])}
    assert mean_average_precision(match(missed, 1)) == 0
    assert counted(missed, 1).overall == {"found": 0, "missed": 2, "false": 0, "wrong_class": 0}
    assert counted(nothing, 2).overall == {"found": 0, "missed": 0, "false": 0, "wrong_class": 0}
