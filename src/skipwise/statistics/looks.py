"""Looks at a growing study that are declared before its first run, and share its error."""

from collections.abc import Sequence

DECLARED_LOOKS = (3, 5, 10)
"""Numbers of seeds."""


def shared_alpha(alpha: float, looks: Sequence[int] = DECLARED_LOOKS) -> float:
    """The error of each look, so that all of them together stay within `alpha` (Bonferroni); no looks share nothing."""
    return alpha / max(1, len(looks))
