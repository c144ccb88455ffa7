"""Mean average precision against pycocotools and torchmetrics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.tasks.average_precision import (
    IOUS,
    average_precisions,
    coco_table,
    match,
    mean_average_precision,
    precision_recall,
)
from support.average_precision_peers import answers_of, by_pycocotools

KINDS = {
    "plain": {},
    "ties": {"levels": 4},
    "overlaps at a threshold": {"whole": True},
    "ties of both": {"whole": True, "levels": 3, "most_true": 8, "images": 30},
    "one class": {"classes": 1},
    "tens of objects, so that recalls are round": {"images": 25, "most_true": 2, "classes": 2},
    "more than 100 detections of a class": {"images": 3, "most": 260, "classes": 2},
    "one image": {"images": 1},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_pycocotools(kind, seed):
    classes = KINDS[kind].get("classes", 3)
    answers = answers_of(seed, **KINDS[kind])
    matches = match(answers, classes)
    expected, table = by_pycocotools(answers, classes)
    if expected == -1:
        assert mean_average_precision(matches) == 0
        return
    assert mean_average_precision(matches) == pytest.approx(expected, abs=1e-9)
    assert mean_average_precision(matches, 0.75) == pytest.approx(by_pycocotools(answers, classes, 0.75)[0], abs=1e-9)
    once = np.ones((1, matches.images), int)
    of_classes = np.where(table == -1, np.nan, table).mean(1).T
    assert average_precisions(matches, once)[0] == pytest.approx(of_classes, abs=1e-9, nan_ok=True)
    for label in range(classes):
        expected_curve = np.where(table[2, :, label] == -1, np.nan, table[2, :, label])
        assert precision_recall(matches, IOUS[2], label) == pytest.approx(expected_curve, abs=1e-9, nan_ok=True)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    images=st.integers(1, 8),
    most=st.integers(1, 12),
    most_true=st.integers(1, 5),
    levels=st.sampled_from([None, 1, 2, 5]),
    whole=st.booleans(),
)
def test_pycocotools_on_any_set(seed, **of_set):
    answers = answers_of(seed, **of_set)
    expected = by_pycocotools(answers, 3)[0]
    assert mean_average_precision(match(answers, 3)) == pytest.approx(max(expected, 0), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_torchmetrics(kind):
    classes = KINDS[kind].get("classes", 3)
    answers = answers_of(1, **KINDS[kind])
    matches = match(answers, classes)
    table = coco_table(answers, [f"class {label}" for label in range(classes)])
    assert mean_average_precision(matches) == pytest.approx(table["mAP"], abs=1e-6)
    assert mean_average_precision(matches, 0.5) == pytest.approx(table["mAP@.5"], abs=1e-6)
    assert mean_average_precision(matches, 0.75) == pytest.approx(table["mAP@.75"], abs=1e-6)
    of_classes = average_precisions(matches, np.ones((1, matches.images), int))[0].mean(1)
    by_class = [np.nan if value is None else value for value in table["by class"].values()]
    assert of_classes == pytest.approx(by_class, abs=1e-6, nan_ok=True)
