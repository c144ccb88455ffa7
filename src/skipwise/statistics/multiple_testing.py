"""One error for several tests: several verdicts of a study (Holm 1979), and several looks at it (Bonferroni)."""

from collections.abc import Sequence

DECLARED_LOOKS = (3, 5, 10)
"""Numbers of seeds at which a growing study is looked at, declared before its first run."""


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


def shared_alpha(alpha: float, looks: Sequence[int] = DECLARED_LOOKS) -> float:
    """The error of each look, so that all of them together stay within `alpha` (Bonferroni); no looks share nothing."""
    return alpha / max(1, len(looks))
