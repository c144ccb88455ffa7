"""Several verdicts held to one error (Holm 1979)."""

from collections.abc import Sequence


def holm_levels(p_values: Sequence[float], alpha: float) -> list[float]:
    """The alpha at which each hypothesis is tested and its interval drawn.

    By rising p the tests are at alpha/m, alpha/(m - 1), ... until one is not rejected; that one's alpha serves all
    that follow, so that an interval leaves out 0 exactly when its hypothesis is rejected.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    levels = [0.0] * len(p_values)
    stopped: float | None = None
    for rank, index in enumerate(order):
        levels[index] = stopped or alpha / (len(p_values) - rank)
        if stopped is None and p_values[index] >= levels[index]:
            stopped = levels[index]
    return levels
