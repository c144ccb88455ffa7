"""Mean average precision against pycocotools and torchmetrics, and worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.tasks.average_precision import (
    IOUS,
    average_precisions,
    coco_table,
    found_missed_false,
    match,
    mean_average_precision,
    precision_recall,
)
from support.average_precision_peers import answers_of, by_pycocotools, taken

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


def one_image(true_boxes, true_labels, boxes, labels, scores):
    return {
        "boxes": np.array([boxes], np.float32),
        "labels": np.array([labels]),
        "scores": np.array([scores], np.float32),
        "true_boxes": np.array([true_boxes], np.float32),
        "true_labels": np.array([true_labels]),
    }


THREE = one_image(
    [[0, 0, 10, 10], [20, 0, 30, 10]],
    [0, 0],
    [[0, 0, 10, 10], [50, 50, 60, 60], [20, 0, 30, 8]],
    [0, 0, 0],
    [0.9, 0.8, 0.7],
)
"""A hit, a false one, and a hit that covers .8 of its object."""


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


def test_table_says_nothing_of_what_has_no_objects(capfd, recwarn):
    """Boxes of 10 x 10 pixels are small."""
    table = coco_table(THREE, ["cat", "dog"])
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    assert list(table) == ["mAP", "mAP@.5", "mAP@.75", "small", "medium", "large", "by class"]
    assert table["small"] == pytest.approx(table["mAP"])
    assert table["medium"] is None
    assert table["large"] is None
    assert table["by class"] == {"cat": pytest.approx(table["mAP"]), "dog": None}
    empty = taken(THREE, [0]) | {"true_labels": np.array([[-1, -1]])}
    assert coco_table(empty, ["cat", "dog"])["mAP"] is None


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


def counted(answers, classes, **thresholds):
    return found_missed_false(answers, match(answers, classes), **thresholds)


def test_without_detections_or_truth():
    nothing = one_image(np.zeros((0, 4)), np.zeros(0, int), np.zeros((0, 4)), np.zeros(0, int), [])
    assert mean_average_precision(match(nothing, 2)) == 0
    missed = THREE | {"labels": np.array([[-1, -1, -1]])}
    assert mean_average_precision(match(missed, 1)) == 0
    assert counted(missed, 1).overall == {"found": 0, "missed": 2, "false": 0, "wrong_class": 0}
    assert counted(nothing, 2).overall == {"found": 0, "missed": 0, "false": 0, "wrong_class": 0}


def test_refusals():
    with pytest.raises(ValueError, match="Labels of 2 classes are 0 to 1, not 2"):
        match(THREE | {"labels": np.array([[0, 0, 2]])}, 2)
    with pytest.raises(ValueError, match=r"\.5, \.55, \.\.\. \.95, not 0\.6[^0-9]*2"):
        mean_average_precision(match(THREE, 1), 0.62)


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
