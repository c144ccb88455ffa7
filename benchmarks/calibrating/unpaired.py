"""How much pairing by seed and stream truly reduces the variance of a difference."""

from typing import Any

import numpy as np

from calibrating.pools import Pool

BOOTSTRAPS = 4_000


def pairing(pool: Pool) -> list[dict[str, Any]]:
    """The variance of a pair's difference in accuracy on all images, with pairs of one seed and with pairs at random.

    Their ratio is 1 - 2 cov / (var + var); its interval is the percentile bootstrap's over seeds.
    """
    first, second = (pool.right(contender).mean(1) for contender in pool.contenders[:2])
    generator = np.random.default_rng(0)
    drawn = generator.integers(0, len(first), (BOOTSTRAPS, len(first)))
    ratios = _ratio(first[drawn], second[drawn])
    low, high = np.quantile(ratios, [0.025, 0.975])
    row = {
        "pool": pool.name,
        "deviations": [float(first.std(ddof=1)), float(second.std(ddof=1))],
        "correlation": float(np.corrcoef(first, second)[0, 1]),
        "ratio": float(_ratio(first[None], second[None])[0]),
        "low": float(low),
        "high": float(high),
    }
    return [row]


def _ratio(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    paired: np.ndarray = (second - first).var(axis=1, ddof=1)
    ratio: np.ndarray = paired / (first.var(axis=1, ddof=1) + second.var(axis=1, ddof=1))
    return ratio
