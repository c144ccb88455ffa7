"""Learning curves: a power law from exact data, and fractions read off a line."""

import numpy as np
import pytest

from skipwise.analysis.scores.learning_curve import images_needed_instead, power_law


def table(error):
    """Two seeds on 1,000 images, with this error exactly and without any spread between the draws of seeds."""
    return np.full((2, 1000), 1 - error)


def test_an_exact_law_with_a_floor_is_recovered():
    """error = 2 * n ** -0.5 + 0.05: at n = 100 it is 0.25, at 10,000 it is 0.07."""
    images = [100, 300, 1000, 3000, 10_000]
    law = power_law(images, [table(2 * n**-0.5 + 0.05) for n in images])
    assert law.scale == pytest.approx(2, rel=1e-3)
    assert law.exponent == pytest.approx(0.5, rel=1e-3)
    assert law.floor == pytest.approx(0.05, rel=1e-3)
    assert law.exponent_interval == pytest.approx((0.5, 0.5), rel=1e-3)
    assert law.misfit < 1e-4
    assert law.error(100) == pytest.approx(0.25, rel=1e-3)


def test_three_points_leave_no_room_for_a_floor():
    """error = 10 / n, a line of slope -1 in logarithms."""
    law = power_law([100, 200, 400], [table(10 / n) for n in (100, 200, 400)])
    assert (law.scale, law.exponent, law.floor) == pytest.approx((10, 1, 0))


def test_two_points_are_no_curve():
    assert power_law([100, 200], [table(0.2), table(0.1)]) is None


def test_an_error_of_zero_is_no_accident():
    law = power_law([100, 200, 400, 800], [table(error) for error in (0.1, 0.01, 0.0, 0.0)])
    assert np.isfinite([law.scale, law.exponent, law.floor, law.misfit]).all()


def needed(mine, wanted):
    scores = {"b": [table(error) for error in mine], "a": [table(1.0)] * (len(mine) - 1) + [table(wanted)]}
    return images_needed_instead((0.1, 0.4, 1.0), scores, "b", "a")


def test_between_two_fractions_the_error_is_linear_in_the_logarithm():
    """b errs 40 % at a tenth and 20 % at four tenths; a's 30 % lie halfway, at sqrt(.1 * .4) = .2."""
    found = needed([0.4, 0.2, 0.1], 0.3)
    assert (found.fraction, found.low, found.high) == pytest.approx((0.2, 0.2, 0.2))


@pytest.mark.parametrize(
    ("mine", "wanted", "fraction"),
    [
        ([0.4, 0.2, 0.1], 0.2, 0.4),
        ([0.4, 0.2, 0.1], 0.5, 0.1),  # the least fraction that was tried is enough
        ([0.4, 0.2, 0.1], 0.1, 1.0),
        ([0.4, 0.2, 0.1], 0.05, None),  # not even with all of them
        ([0.4, 0.2, 0.3], 0.2, 0.4),  # more images that do worse do not take back what fewer reached
    ],
)
def test_fractions_at_the_ends(mine, wanted, fraction):
    found = needed(mine, wanted)
    assert found.fraction == (None if fraction is None else pytest.approx(fraction))
    assert found.high == found.fraction


def test_what_varies_between_seeds_opens_the_interval():
    """b with all errs 0 with one seed and 20 % with the other, a 15 %: where the worse one is drawn twice (a quarter),
    b does not reach a."""
    worse = np.concatenate([table(0.0)[:1], table(0.2)[:1]])
    scores = {"b": [table(0.4), table(0.3), worse], "a": [table(1.0), table(1.0), table(0.15)]}
    found = images_needed_instead((0.1, 0.4, 1.0), scores, "b", "a")
    assert found.fraction is not None
    assert found.high is None


def test_errors_that_fall_to_nothing_have_a_law_all_the_same():
    """Logarithms of errors of 0 are cut at 1e-4: the straight line that the fit begins with is very steep."""
    right = [np.ones((2, 100)), np.ones((2, 100))]
    wrong = [np.concatenate([np.zeros((2, some)), np.ones((2, 100 - some))], axis=1) for some in (2, 1)]
    law = power_law([500, 600, 800, 1000], [*wrong, *right])
    assert law is not None
    assert law.error(1000) < law.error(500)
