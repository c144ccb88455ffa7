"""How likely a study is to find an effect."""

from scipy import stats

from skipwise.statistics.crossed import CrossedT
from skipwise.statistics.needed import projected


def power(observed: CrossedT, *, effect: float, seeds: int, examples: int, alpha: float = 0.05) -> float:
    """The probability that the crossed t interval at 1 - alpha leaves out 0, for a true difference `effect`.

    With the spread that was observed, and so many seeds and examples: a noncentral t, both sides.
    """
    expected = projected(observed, seeds=seeds, examples=examples)
    if expected.variance == 0:
        return float(effect != 0)
    freedom, shift = expected.degrees_of_freedom, effect / expected.standard_error
    edge = stats.t.ppf(1 - alpha / 2, freedom)
    return float(stats.nct.sf(edge, freedom, shift) + stats.nct.cdf(-edge, freedom, shift))
