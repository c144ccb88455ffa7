"""The interval of one contender's mean score."""

import numpy as np
from jaxtyping import Float
from scipy import stats

from skipwise.statistics.crossed import crossed_t


def accuracy_interval(scores: Float[np.ndarray, "seeds examples"], level: float = 0.95) -> tuple[float, float]:
    """For scores from 0 to 1: the crossed t over seeds and examples; for one seed Wilson's over examples (1927)."""
    if len(scores) == 1:
        right = round(float(scores.sum()))
        share = stats.binomtest(right, scores.shape[1]).proportion_ci(level, method="wilson")
        return float(share.low), float(share.high)
    low, high = crossed_t(scores).interval(level)
    return max(0.0, low), min(1.0, high)
