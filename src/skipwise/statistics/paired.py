"""One seed and scores that are not just right or wrong: the paired t test of two checkpoints (Student 1908)."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from skipwise.statistics.mcnemar import McNemar, mcnemar


@dataclass(frozen=True, kw_only=True)
class PairedT:
    """The mean difference of two checkpoints over examples, with its standard error."""

    mean: float
    standard_error: float
    examples: int

    def p_value(self) -> float:
        """Two-sided, against a mean of 0."""
        if self.standard_error == 0:
            return float(self.mean == 0)
        return 2 * float(stats.t.sf(abs(self.mean) / self.standard_error, self.examples - 1))

    def interval(self, level: float) -> tuple[float, float]:
        """The two-sided interval for the mean; a point where nothing varies."""
        half = float(stats.t.ppf((1 + level) / 2, self.examples - 1)) * self.standard_error
        return self.mean - half, self.mean + half


def paired_t(differences: Float[np.ndarray, "examples"]) -> PairedT:
    """From the difference on each example."""
    examples = len(differences)
    error = float(differences.std(ddof=1)) / math.sqrt(examples)
    return PairedT(mean=float(differences.mean()), standard_error=error, examples=examples)


def one_seed(differences: Float[np.ndarray, "examples"]) -> McNemar | PairedT:
    """The exact test where answers are right or wrong, Student's where scores lie between."""
    return mcnemar(differences) if np.isin(differences, (-1, 0, 1)).all() else paired_t(differences)
