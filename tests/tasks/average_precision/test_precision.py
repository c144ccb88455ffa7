"""Mean average precision and its curve, worked by hand."""

import numpy as np
import pytest

from skipwise.tasks.average_precision import match, mean_average_precision, precision_recall
from support.average_precision_peers import THREE


def test_three_detections_by_hand():
    """Precision 1 up to recall 1/2 (51 points), then 2/3 (50 points) where the third is a hit: up to .8, 7 of 10."""
    with_third = (51 + 50 * 2 / 3) / 101
    assert mean_average_precision(match(THREE, 1), 0.5) == pytest.approx(with_third)
    assert mean_average_precision(match(THREE, 1), 0.85) == pytest.approx(51 / 101)
    assert mean_average_precision(match(THREE, 1)) == pytest.approx((7 * with_third + 3 * 51 / 101) / 10)


def test_precision_recall_by_hand():
    curve = precision_recall(match(THREE, 2), 0.5, 0)
    assert curve == pytest.approx([1.0] * 51 + [2 / 3] * 50)
    assert precision_recall(match(THREE, 2), 0.85) == pytest.approx([1.0] * 51 + [0.0] * 50)
    assert np.isnan(precision_recall(match(THREE, 2), 0.5, 1)).all()
