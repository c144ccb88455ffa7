"""Detections matched to objects, and labels and thresholds that cannot be."""

import numpy as np
import pytest

from skipwise.tasks.average_precision import match, mean_average_precision
from support.average_precision_peers import THREE, one_image


def test_the_later_of_two_objects_is_taken_when_both_are_covered_alike():
    """The first detection covers both objects alike; then the second one hits only if the first object is left free."""
    answers = one_image(
        [[0, 0, 10, 10], [10, 0, 20, 10]],
        [0, 0],
        [[0, 0, 20, 10], [0, 0, 10, 10]],
        [0, 0],
        [0.9, 0.8],
    )
    assert match(answers, 1).classes[0].hits[0].tolist() == [True, True]


def test_refusals():
    with pytest.raises(ValueError, match="Labels of 2 classes are 0 to 1, not 2"):
        match(THREE | {"labels": np.array([[0, 0, 2]])}, 2)
    with pytest.raises(ValueError, match=r"\.5, \.55, \.\.\. \.95, not 0\.6[^0-9]*2"):
        mean_average_precision(match(THREE, 1), 0.62)
