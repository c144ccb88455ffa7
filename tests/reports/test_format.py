import numpy as np
import pytest

from skipwise.analysis.scores.confusion import confusion_counts
from skipwise.recipe import Recipe
from skipwise.reports.charts.palette import BLUE, ORANGE, colours
from skipwise.reports.format import duration, interval_words, percent, percentage, points, with_interval
from skipwise.studies.contender import parse_contender


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (48, "48 s"), (99, "99 s"), (700, "12 min"), (12_000, "3 h 20 min")]
)
def test_duration(seconds, words):
    assert duration(seconds) == words


def test_percentages():
    assert percent(0.98765) == "98.8 %"
    assert points(-0.0123) == "-1.2"
    assert points(0.05) == "+5.0"


def test_plain_is_orange_and_residual_blue_in_any_order():
    found = colours(tuple(parse_contender(text, Recipe()) for text in ["resnet8", "wide@resnet8:widths=32", "plain8"]))
    assert found["plain8"] == ORANGE
    assert found["resnet8"] == BLUE
    assert found["wide"] not in (ORANGE, BLUE)


def test_confusion_by_hand():
    """Three images of classes 0, 0, 1 called 0, 1, 1; a second run calls all of them 0."""
    labels = np.array([0, 0, 1])
    first = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    second = np.array([[1.0, 0.0]] * 3)
    assert confusion_counts([(first, labels), (second, labels)], 2).tolist() == [[3, 1], [1, 1]]


def test_an_interval_whose_ends_look_alike_is_not_written():
    assert interval_words((0.0, 0.0003), percentage) == "-"
    assert interval_words((0.0, 0.1), percentage) == "0.0 to 10.0"
    assert interval_words((-0.0002, 0.0002), points) == "-"
    assert with_interval("+1.0", (0.01, 0.01), points) == "+1.0"
    assert with_interval("+1.0", (-0.01, 0.03), points) == "+1.0 (-1.0 to +3.0)"
