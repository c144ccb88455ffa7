"""The sentences on images needed and on power laws, with intervals that are open at either end."""

import pytest

from skipwise.analysis.scores.learning_curve import ImagesNeeded, PowerLaw
from skipwise.reports.sections.learning_curve import law_sentence, needed_sentence


@pytest.mark.parametrize(
    ("fraction", "low", "high", "sentence"),
    [
        (0.25, 0.2, 0.5, "b needs 25 % of the images to be as good as a with all of them (95 % interval 20 to 50 %)."),
        (0.25, 0.2, None, "It is open whether b needs fewer images than a: to be as good with all of them it needs 25 % (95 % interval 20 to more than all)."),
        (0.1, 0.1, 0.5, "b needs at most 10 % of the images to be as good as a with all of them (95 % interval at most 10 to 50 %)."),
        (0.1, 0.1, 0.1, "b needs at most 10 % of the images to be as good as a with all of them (95 % interval at most 10 %)."),
        (None, 1.0, None, "b does not reach the accuracy of a."),
    ],
)  # fmt: skip
def test_the_images_needed_in_words(fraction, low, high, sentence):
    assert (
        needed_sentence(
            ImagesNeeded(fraction=fraction, low=low, high=high), "b", "a", (0.1, 0.5, 1.0), "images", "accuracy"
        )
        == sentence
    )


def test_the_largest_fraction_that_was_tried_is_named():
    found = ImagesNeeded(fraction=0.004, low=0.002, high=None)
    assert needed_sentence(found, "b", "a", (0.002, 0.02, 0.2), "images", "accuracy") == (
        "It is open whether b needs fewer images than a: to be as good with 20 % of them it needs 0.4 % "
        "(95 % interval at most 0.2 to more than 20 %)."
    )


def test_a_power_law_in_words():
    """An exponent of 1 halves the part above the floor with twice the images."""
    law = PowerLaw(scale=10.0, exponent=1.0, floor=0.05, exponent_interval=(0.9, 1.1), misfit=0.02)
    assert law_sentence("b", law, "images") == (
        "With twice the images the part of b's error above its floor of 5.0 % is multiplied by 0.50 (exponent 1.00, 95 % "
        "interval 0.90 to 1.10; the fit misses the means by 2 %)."
    )


def test_a_law_that_the_data_do_not_tell():
    law = PowerLaw(scale=1.0, exponent=0.01, floor=0.0, exponent_interval=(0.0, 3.49), misfit=0.01)
    assert law_sentence("b", law, "images") == (
        "These fractions do not determine a power law of b (exponent's 95 % interval 0.00 to 3.49)."
    )
