"""Arrays of a file are refused by type, axes and range before anything computes with them."""

import numpy as np
import pytest

from skipwise.data.array_checks import FRACTIONS, WHOLE, Expected, check_arrays, check_ends, check_range

EXPECTED = {"scores": Expected(FRACTIONS, ("images", "classes")), "labels": Expected(WHOLE, ("images",))}
GOOD = {"scores": np.zeros((3, 2), np.float32), "labels": np.zeros(3, np.uint8)}


def test_arrays_that_fit_are_passed_over():
    check_arrays(GOOD, EXPECTED, {"classes": 2})
    check_range("labels", GOOD["labels"], 0, 0)
    check_range("none", np.zeros(0, int), 5, 6)
    check_ends("ends", np.array([2, 2, 5], np.uint8), 5)
    check_ends("ends", np.zeros(0, int), 0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"labels": np.zeros(3, complex)}, "labels holds numbers of another type .complex128."),
        ({"labels": np.zeros(4, int)}, r"labels has the shape .4,., not .3."),
        ({"labels": np.zeros((3, 1), int)}, "labels has 2 axes, not 1"),
        ({"scores": np.zeros((3, 5))}, r"scores has the shape .3, 5., not .images, 2."),
        ({"scores": np.array("a")}, "scores holds numbers of another type"),
    ],
)
def test_an_array_that_does_not_fit_is_named(changed, words):
    with pytest.raises(ValueError, match=words):
        check_arrays(GOOD | changed, EXPECTED, {"classes": 2})


def test_a_missing_array_is_named():
    with pytest.raises(ValueError, match="it holds no labels"):
        check_arrays({"scores": GOOD["scores"]}, EXPECTED)


@pytest.mark.parametrize("numbers", [[-1, 0], [0, 2]])
def test_numbers_out_of_range_are_told(numbers):
    with pytest.raises(ValueError, match=r"labels holds numbers from .* not from 0 to 1"):
        check_range("labels", np.array(numbers), 0, 1)


@pytest.mark.parametrize("ends", [[2, 1, 5], [-1, 5], [2, 6], [2, 4], []])
def test_ends_that_do_not_divide_the_whole(ends):
    with pytest.raises(ValueError, match="ends does not divide 5"):
        check_ends("ends", np.array(ends, int), 5)
