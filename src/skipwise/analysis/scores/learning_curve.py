"""Error against the number of training images: a power law, and how many images one network saves another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import least_squares

from skipwise.statistics import percentile_interval, resampled_means

DRAWS = 300
LEAST_ERROR = 1e-4
"""An error of 0 has no logarithm."""


@dataclass(frozen=True, kw_only=True)
class PowerLaw:
    """error = scale * images ** -exponent + floor (Hestness et al. 2017, arXiv 1712.00409).

    `exponent_interval` is the bootstrap's at 95 %; `misfit` is the root mean square of the relative residuals.
    """

    scale: float
    exponent: float
    floor: float
    exponent_interval: tuple[float, float]
    misfit: float

    def error(self, images: float) -> float:
        return float(self.scale * images**-self.exponent + self.floor)


@dataclass(frozen=True, kw_only=True)
class ImagesNeeded:
    """The fraction of all training images with which one contender is as good as another with the largest one tried.

    None where it is not even with that. The interval is the bootstrap's at 95 %; its upper end is None where the
    contender may need more than was tried. At the smallest one that was tried, `fraction` and `low` mean that or less.
    """

    fraction: float | None
    low: float | None
    high: float | None


def power_law(images: Sequence[float], scores: Sequence[Float[np.ndarray, "seeds examples"]]) -> PowerLaw | None:
    """Fit to the mean errors 1 - score at rising numbers of images; None for fewer than three of them."""
    if len(images) < 3:
        return None
    n = np.array(images, float)
    scale, exponent, floor = _fit(n, np.array([1 - table.mean() for table in scores]))
    exponents = [_fit(n, errors)[1] for errors in 1 - resampled_means(scores, draws=DRAWS)]
    fitted = scale * n**-exponent + floor
    errors = np.array([1 - table.mean() for table in scores]).clip(LEAST_ERROR)
    return PowerLaw(
        scale=scale,
        exponent=exponent,
        floor=floor,
        exponent_interval=percentile_interval(np.array(exponents), 0.95),
        misfit=float(np.sqrt(np.mean((errors / fitted - 1) ** 2))),
    )


def _fit(images: Float[np.ndarray, "points"], errors: Float[np.ndarray, "points"]) -> tuple[float, float, float]:
    """Least squares of the logarithms; three points leave no room for a floor."""
    logs = np.log(errors.clip(LEAST_ERROR))
    slope, offset = np.polyfit(np.log(images), logs, 1)
    exponent = float(np.clip(-slope, 1e-3, 3))
    start = [float(np.clip(offset, -19, 19)), exponent]
    if len(images) == 3:
        return float(np.exp(offset)), float(-slope), 0.0

    def residuals(parameters: Float[np.ndarray, "three"]) -> Float[np.ndarray, "points"]:
        log_scale, power, floor = parameters
        found: Float[np.ndarray, points] = np.log(np.exp(log_scale) * images**-power + floor) - logs
        return found

    most = float(errors.clip(LEAST_ERROR).min())
    found = least_squares(
        residuals, [start[0], start[1], most / 10], bounds=([-20, 0, 0], [20, 5, most]), x_scale=[1, 1, most]
    ).x
    return float(np.exp(found[0])), float(found[1]), float(found[2])


def images_needed_instead(
    fractions: Sequence[float],
    scores: Mapping[str, Sequence[Float[np.ndarray, "seeds examples"]]],
    contender: str,
    instead_of: str,
) -> ImagesNeeded:
    """With which fraction of the images `contender` is as good as `instead_of` with the last of the rising `fractions`.

    Between two fractions the error is taken to be linear in the logarithm of the fraction.
    """
    tables = [*scores[contender], scores[instead_of][-1]]
    fraction = _fraction_needed(np.array(fractions), 1 - np.array([table.mean() for table in tables]))
    resampled = np.array(
        [_fraction_needed(np.array(fractions), errors) for errors in 1 - resampled_means(tables, draws=2_000)]
    )
    low, high = np.quantile(resampled, [0.025, 0.975], method="inverted_cdf")
    return ImagesNeeded(
        fraction=float(fraction) if np.isfinite(fraction) else None,
        low=float(low) if np.isfinite(low) else None,
        high=float(high) if np.isfinite(high) else None,
    )


def _fraction_needed(fractions: Float[np.ndarray, "points"], errors: Float[np.ndarray, "points_and_one"]) -> float:
    """The least fraction at which an error is at most the last of `errors`; infinite where none is."""
    *mine, wanted = errors
    best = np.minimum.accumulate(mine)
    if best[-1] > wanted:
        return float("inf")
    after = int(np.argmax(best <= wanted))
    if after == 0:
        return float(fractions[0])
    before = after - 1
    way = (best[before] - wanted) / (best[before] - best[after])
    logs = np.log(fractions)
    return float(np.exp(logs[before] + way * (logs[after] - logs[before])))
