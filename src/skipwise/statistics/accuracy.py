"""The interval of one contender's mean score."""

import numpy as np
from jaxtyping import Float
from scipy import stats

from skipwise.statistics.crossed import crossed_t


def t_interval(values: Float[np.ndarray, "seeds"], level: float = 0.95) -> tuple[float, float]:
    """Of a mean over seeds alone (Student 1908); one seed gives its own value."""
    mean = float(values.mean())
    if len(values) == 1:
        return mean, mean
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean - half, mean + half


def accuracy_interval(scores: Float[np.ndarray, "seeds examples"], level: float = 0.95) -> tuple[float, float]:
    """For scores from 0 to 1: the crossed t over seeds and examples; for one seed Wilson's over examples (1927)."""
    if len(scores) == 1:
        right = round(float(scores.sum()))
        share = stats.binomtest(right, scores.shape[1]).proportion_ci(level, method="wilson")
        return float(share.low), float(share.high)
    low, high = crossed_t(scores).interval(level)
    return max(0.0, low), min(1.0, high)
