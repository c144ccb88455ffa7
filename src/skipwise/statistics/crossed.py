"""The crossed t interval: seeds and test examples both vary, and both count."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class CrossedT:
    """The mean of a table of seeds x examples, with its variance in parts (Satterthwaite 1946).

    `v_seed`, `v_img` and `v_res` are the shares of the variance of the mean that seeds, examples and what is left
    contribute.
    """

    mean: float
    v_seed: float
    v_img: float
    v_res: float
    seeds: int
    examples: int

    @property
    def variance(self) -> float:
        """Of the mean, never below what seeds or examples alone give.

        Where all row means and all column means agree by chance, what is left over stands in, rather than nothing.
        """
        return max(self.v_seed + self.v_img - self.v_res, self.v_seed, self.v_img) or self.v_res

    @property
    def degrees_of_freedom(self) -> float:
        """Infinite where nothing varies."""
        seeds, examples = self.seeds - 1, self.examples - 1
        spread = self.v_seed**2 / seeds + self.v_img**2 / examples + self.v_res**2 / (seeds * examples)
        return self.variance**2 / spread if spread > 0 else math.inf

    @property
    def standard_error(self) -> float:
        return math.sqrt(self.variance)

    def interval(self, level: float) -> tuple[float, float]:
        """The two-sided interval for the mean; a point where nothing varies."""
        half = float(stats.t.ppf((1 + level) / 2, self.degrees_of_freedom)) * self.standard_error
        return self.mean - half, self.mean + half

    def p_value(self) -> float:
        """Two-sided, against a mean of 0."""
        if self.variance == 0:
            return float(self.mean == 0)
        return float(2 * stats.t.sf(abs(self.mean) / self.standard_error, self.degrees_of_freedom))

    def equivalence_p_value(self, margin: float) -> float:
        """The larger of the two one-sided tests against -margin and +margin (Schuirmann 1987)."""
        room = margin - abs(self.mean)
        if self.variance == 0:
            return float(room <= 0)
        return float(stats.t.sf(room / self.standard_error, self.degrees_of_freedom))


def crossed_t(table: Float[np.ndarray, "seeds examples"]) -> CrossedT:
    """Of at least two seeds and two examples. Raises ValueError for a smaller table."""
    seeds, examples = table.shape
    if seeds < 2 or examples < 2:
        raise ValueError(f"A crossed t needs at least 2 seeds and 2 examples, not {seeds} and {examples}.")
    # Counted from a first entry, what does not vary is exactly 0 and not a rounding error that looks like a variance.
    deviations = table - table[0, 0]
    rows, columns = deviations.mean(1), deviations.mean(0)
    rows, columns = rows - rows[0], columns - columns[0]
    residuals = deviations - rows[:, None] - columns
    residuals -= residuals.mean()
    return CrossedT(
        mean=float(table.mean()),
        v_seed=float(rows.var(ddof=1)) / seeds,
        v_img=float(columns.var(ddof=1)) / examples,
        v_res=float((residuals**2).sum()) / ((seeds - 1) * (examples - 1)) / (seeds * examples),
        seeds=seeds,
        examples=examples,
    )
