"""How good verdicts by folds are, over many small data sets."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

from calibrating.drawing import binomial_error
from skipwise.statistics import crossed_t

Right = Float[np.ndarray, "sets contenders seeds images"]
LEVEL = 0.95
Interval = tuple[float, float]


def fold_rates(right: Right, folds: Int[np.ndarray, "sets seeds images"], learner: str) -> list[dict[str, Any]]:
    """False verdicts of a contender against itself, and coverage of the mean difference to another over all sets.

    The mean over these sets is itself known with an error only; the one of a single set is beside it by so much more
    that with 60 sets and more it matters little: it adds 1 / sets to the variance.
    """
    first, again, second = np.moveaxis(right, 1, 0)
    rules = {"crossed t": crossed, "Nadeau and Bengio": nadeau_bengio}
    rows = []
    for rule, interval in rules.items():
        for what, tables, truth in (
            ("itself", again - first, 0.0),
            ("another", second - first, float((second - first).mean())),
        ):
            found = np.array([interval(table, of_set) for table, of_set in zip(tables, folds, strict=True)])
            low, high = found.T
            share = float(((low <= truth) & (truth <= high)).mean())
            rows.append({
                "learner": learner,
                "rule": rule,
                "against": what,
                "sets": len(right),
                "images": right.shape[-1],
                "coverage": share,
                "error": binomial_error(share, len(right)),
                "half_width": float(np.median(high - low) / 2),
                "truth": truth,
                "spread": float(tables.mean((1, 2)).std(ddof=1)),
                "expected": float(np.mean([crossed_t(table).standard_error for table in tables])),
            })  # fmt: skip
    return rows


def crossed(table: Float[np.ndarray, "seeds images"], _: Int[np.ndarray, "seeds images"]) -> Interval:
    """The rule of skipwise: out-of-fold predictions as if they were those on a test set, whatever the folds."""
    return crossed_t(table).interval(LEVEL)


def nadeau_bengio(table: Float[np.ndarray, "seeds images"], folds: Int[np.ndarray, "seeds images"]) -> Interval:
    """The corrected resampled t (Nadeau and Bengio 2003), for repeated folds (Bouckaert and Frank 2004).

    Over the means of all folds of all seeds, which share training images: 1 / values becomes 1 / values + test / train.
    """
    count = int(folds.max()) + 1
    means = np.array(
        [row[of_seed == fold].mean() for row, of_seed in zip(table, folds, strict=True) for fold in range(count)]
    )
    error = math.sqrt(means.var(ddof=1) * (1 / len(means) + 1 / (count - 1)))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(means) - 1)) * error
    return float(means.mean()) - half, float(means.mean()) + half
