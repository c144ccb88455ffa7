"""One seed: the exact test of two checkpoints on the same examples (McNemar 1947)."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class McNemar:
    """How often one of two checkpoints is right where the other is wrong."""

    won: int
    lost: int
    examples: int

    @property
    def mean(self) -> float:
        return (self.won - self.lost) / self.examples

    def p_value(self) -> float:
        """Two-sided and exact: discordant examples fall to either side like a fair coin."""
        discordant = self.won + self.lost
        return float(stats.binomtest(self.won, discordant).pvalue) if discordant else 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """Of the mean difference, given the number of discordant examples; it leaves out 0 when p < 1 - level."""
        discordant = self.won + self.lost
        if not discordant:
            return 0.0, 0.0
        share = stats.binomtest(self.won, discordant).proportion_ci(level, method="exact")
        low, high = ((2 * bound - 1) * discordant / self.examples for bound in (share.low, share.high))
        return low, high


def mcnemar(differences: Float[np.ndarray, "examples"]) -> McNemar:
    """From differences of -1, 0 or 1. Raises ValueError for other scores."""
    if not np.isin(differences, (-1, 0, 1)).all():
        raise ValueError("McNemar's test needs right or wrong answers: scores of 0 or 1.")
    return McNemar(won=int((differences > 0).sum()), lost=int((differences < 0).sum()), examples=len(differences))
