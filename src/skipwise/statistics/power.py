"""How likely a study is to find an effect."""

import numpy as np
from jaxtyping import Float
from scipy import stats

from skipwise.statistics.crossed import CrossedT, satterthwaite, variance_of_mean
from skipwise.statistics.needed import projected

POINTS = 60
"""Values that each estimated variance is tried at: the middles of equally likely parts of its distribution."""


def power(observed: CrossedT, *, effect: float, seeds: int, examples: int, alpha: float = 0.05) -> float:
    """The probability that the crossed t interval at 1 - alpha leaves out 0, for a true difference `effect`.

    With the spread that was observed, and so many seeds and examples. The mean is normal, and the estimated variances
    are chi-squares about what they are expected to be (as for a noncentral t, but for the interval's own width).
    """
    expected = projected(observed, seeds=seeds, examples=examples)
    if expected.variance == 0:
        return float(effect != 0)
    v_seed = expected.v_seed * _factors(seeds - 1)[:, None]
    v_img = expected.v_img * _factors(examples - 1)
    variance = variance_of_mean(v_seed, v_img, expected.v_res)
    freedom = satterthwaite(v_seed, v_img, expected.v_res, seeds, examples)
    quantile = 1 - alpha / 2
    widths = np.sqrt(variance) * stats.t.ppf(quantile, freedom)
    for alone, rest in ((v_seed, seeds - 1), (v_img, examples - 1)):
        widths = np.maximum(widths, np.sqrt(alone) * stats.t.ppf(quantile, rest))
    edges, shift = widths / expected.standard_error, effect / expected.standard_error
    return float((stats.norm.sf(edges - shift) + stats.norm.cdf(-edges - shift)).mean())


def _factors(freedom: int) -> Float[np.ndarray, "points"]:
    """Return quantiles of an estimated variance, as multiples of the true one."""
    found: Float[np.ndarray, points] = stats.chi2.ppf((np.arange(POINTS) + 0.5) / POINTS, freedom) / freedom
    return found
