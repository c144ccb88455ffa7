"""Values as programs write them."""

import numpy as np
import pytest
from pycocotools import mask

from skipwise.data.boxes.formats.outlines import round_outline
from skipwise.data.boxes.formats.written import flag, four, identity, number, round_centre, size_of
from skipwise.errors import UserError


@pytest.mark.parametrize("value", ["", "0", "False", "false", "no", " N ", "Unspecified", 0, None, False, 0.0])
def test_flags_that_are_not_set(value):
    assert not flag(value)


@pytest.mark.parametrize("value", ["1", "True", "yes", 1, True, "x"])
def test_flags_that_are_set(value):
    assert flag(value)


@pytest.mark.parametrize("value", [12, 12.0, "12", "000012", "12.0", " 12 "])
def test_ids_that_are_one(value):
    assert identity(value) == "12"


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), ("000", "0"), ("1.5", "1.5"), ("a1", "a1"), (float("nan"), "nan")]
)
def test_ids_that_stay(value, expected):
    assert identity(value) == expected


@pytest.mark.parametrize("value", [True, None, "a", "nan", float("inf"), 10**400, [], {}])
def test_what_is_no_number(value):
    assert number(value) is None


@pytest.mark.parametrize("value", [[1, 2, 3, 4], "[1, 2, 3, 4]", "1, 2,3,4", ["1", 2.0, "3", 4]])
def test_four_numbers(value):
    assert four(value, "a", "b", "c") == [1, 2, 3, 4]


@pytest.mark.parametrize("value", ["[1, 2, 3]", "[" * 100_000, [1, 2, 3, 1e8], [1, 2, 3, [4]], {"a": 1}, 4, None])
def test_what_is_not_four_numbers(value):
    with pytest.raises(UserError, match="must be four numbers"):
        four(value, "a", "b", "c")


def test_sizes():
    assert size_of("40", 30.0) == (30, 40)
    assert size_of(0, 30) is None
    assert size_of(None, 30) is None


def test_the_box_round_a_turned_rectangle():
    np.testing.assert_allclose(round_centre(10, 10, 4, 2, 90), [8, 6, 12, 14])
    np.testing.assert_allclose(round_centre(0, 0, 1, 1, 45), np.array([-1, -1, 1, 1]) * 2**0.5)


@pytest.mark.parametrize("seed", range(20))
def test_boxes_round_masks_are_those_of_pycocotools(seed):
    generator = np.random.default_rng(seed)
    height, width = (int(side) for side in generator.integers(1, 30, 2))
    inside = (generator.random((height, width)) < generator.choice([0.02, 0.5])).astype(np.uint8)
    inside[generator.integers(height), generator.integers(width)] = 1
    packed = mask.encode(np.asfortranarray(inside))
    left, top, across, down = mask.toBbox(packed).tolist()
    written = {"counts": packed["counts"].decode(), "size": [height, width]}
    expected = [left, top, left + across, top + down]
    assert round_outline(written, "a") == expected
    flat = inside.flatten(order="F")
    ends = [*np.flatnonzero(np.diff(np.concatenate([[0], flat]))).tolist(), len(flat)]
    assert round_outline({"counts": np.diff([0, *ends]).tolist(), "size": [height, width]}, "a") == expected


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        ([[1, 2, 3]], "must be x, y, x, y and so on"),
        ([[1, 2, "a", 4]], "must be pairs of numbers"),
        ([], "must be pairs of numbers"),
        ({"counts": [1, -1], "size": [2, 2]}, "the runs of its mask do not fit 2x2 px"),
        ({"counts": [5], "size": [2, 2]}, "the runs of its mask do not fit 2x2 px"),
        ({"counts": "\x7f\x7f", "size": [2, 2]}, "the runs of its mask do not fit"),
        ({"counts": [1], "size": [1e9, 2]}, "must have height and width"),
        ({"counts": [1]}, "must have height and width"),
    ],
)
def test_outlines_that_cannot_be(outline, words):
    with pytest.raises(UserError) as error:
        round_outline(outline, "a")
    assert words in str(error.value)
