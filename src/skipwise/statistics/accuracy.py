"""The interval of one contender's mean score."""

import numpy as np
from jaxtyping import Float
from scipy import special, stats

from skipwise.statistics.crossed import crossed_t
from skipwise.statistics.paired import paired_t


def t_interval(values: Float[np.ndarray, "seeds"], level: float = 0.95) -> tuple[float, float]:
    """Of a mean over seeds alone (Student 1908); one seed gives its own value."""
    mean = float(values.mean())
    if len(values) == 1:
        return mean, mean
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean - half, mean + half


def accuracy_interval(scores: Float[np.ndarray, "seeds examples"], level: float = 0.95) -> tuple[float, float]:
    """For scores from 0 to 1: the crossed t over seeds and examples, taken on the logit scale.

    There the interval cannot leave 0 to 1 and reaches further towards the middle, where an accuracy near 1 has its room
    to vary (the delta method). Of one seed, or where nothing varies, it is Wilson's over examples (1927); of one seed
    whose scores are not just right or wrong, Student's.
    """
    if len(scores) == 1 and not np.isin(scores, (0, 1)).all():
        low, high = paired_t(scores[0]).interval(level)
        return max(0.0, low), min(1.0, high)
    found = crossed_t(scores) if len(scores) > 1 else None
    if found is None or found.variance == 0 or not 0 < found.mean < 1:
        right = round(float(scores.mean(0).sum()))
        share = stats.binomtest(right, scores.shape[1]).proportion_ci(level, method="wilson")
        return float(share.low), float(share.high)
    half = found.half_width((1 + level) / 2) / (found.mean * (1 - found.mean))
    low, high = special.expit(special.logit(found.mean) + np.array([-half, half]))
    return float(low), float(high)
