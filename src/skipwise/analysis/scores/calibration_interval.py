"""A confidence interval of the expected calibration error, corrected for chance, which alone makes it larger than 0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import optimize, stats

DRAWS = 400
DRAWS_AT_ONCE = 100
"""Keeps the draws of 10,000 examples to a few MB."""
LEVEL = 0.95
MOST = 20.0
"""How many times the measured gaps the true ones are taken to be, at most."""

Gaps = Float[np.ndarray, "examples bins"]
"""Of one run: in each example's own bin of confidence whether it is right less how sure the run was, and 0
elsewhere.
"""
Draws = Float[np.ndarray, "draws runs bins"]


@dataclass(frozen=True, kw_only=True)
class ErrorInterval:
    """An interval for the true error, the mean over runs. `middle` is what is left of the measured one without
    chance.
    """

    middle: float
    low: float
    high: float


def error_interval(
    gaps: Sequence[Gaps], confidences: Sequence[Float[np.ndarray, "examples"]], *, seed: int = 0
) -> ErrorInterval:
    """The errors under which what was measured is neither too high nor too low for chance, at 95 %.

    True gaps between confidence and share of right answers are taken to be some multiple of the measured ones, from 0
    on, and right answers are drawn: the ends are the multiples at which 97.5 % of what is measured then lies below, or
    above, what was measured (a parametric bootstrap whose test is inverted: Carpenter 1999). Of several runs the
    interval is widened by their spread, as by Student's t.
    """
    measured = np.stack([table.mean(0) for table in gaps])
    error, sampled = float(np.abs(measured).sum(1).mean()), _sampled(gaps, confidences, seed)

    def share_below(multiple: float) -> float:
        return float((sampled(multiple) < error).mean())

    middle, low, high = (
        error * _multiple_where(share_below, share) for share in (0.5, (1 + LEVEL) / 2, (1 - LEVEL) / 2)
    )
    if len(gaps) > 1:
        spread = float(np.abs(measured).sum(1).std(ddof=1)) / np.sqrt(len(gaps))
        normal, student = stats.norm.ppf((1 + LEVEL) / 2), stats.t.ppf((1 + LEVEL) / 2, len(gaps) - 1)
        low = middle - max(np.hypot(middle - low, normal * spread), student * spread)
        high = middle + max(np.hypot(high - middle, normal * spread), student * spread)
    return ErrorInterval(middle=middle, low=max(0.0, float(low)), high=min(1.0, float(high)))


def _multiple_where(share_below: Callable[[float], float], share: float) -> float:
    """The multiple of the gaps at which this share of what is measured is below what was; the more, the smaller a
    share.
    """
    if share_below(0.0) <= share:
        return 0.0
    if share_below(MOST) >= share:
        return MOST
    return float(optimize.bisect(lambda multiple: share_below(multiple) - share, 0.0, MOST, xtol=1e-3))


def _sampled(
    gaps: Sequence[Gaps], confidences: Sequence[Float[np.ndarray, "examples"]], seed: int
) -> Callable[[float], Float[np.ndarray, "draws"]]:
    """From a multiple of the measured gaps to errors as they would be measured, the mean over runs."""
    counts = np.stack([(table != 0).sum(0) for table in gaps]).clip(1)
    sums = np.stack([table.sum(0) for table in gaps])
    sure = np.stack([
        np.abs(np.sign(table)).T @ confidence for table, confidence in zip(gaps, confidences, strict=True)
    ]) / counts  # fmt: skip
    examples = len(gaps[0])
    noise = _noise(gaps, confidences, seed)

    def sampled(multiple: float) -> Float[np.ndarray, "draws"]:
        right = (sure + multiple * sums / counts).clip(0, 1)
        deviation = np.sqrt(right * (1 - right) * counts)
        return np.asarray(np.abs(multiple * sums + deviation * noise).sum(2).mean(1) / examples)

    return sampled


def _noise(gaps: Sequence[Gaps], confidences: Sequence[Float[np.ndarray, "examples"]], seed: int) -> Draws:
    """Standard normal numbers for each bin of each run; runs that see the same examples err together, as far as they
    do.
    """
    generator = np.random.default_rng(seed)
    shared = _correlation(gaps)
    weights = []
    for table, confidence in zip(gaps, confidences, strict=True):
        of_run = (table != 0) * np.sqrt(confidence * (1 - confidence)).clip(1e-6)[:, None]
        weights.append(of_run / np.sqrt((of_run**2).sum(0)).clip(1e-12))
    blocks = []
    for _ in range(DRAWS // DRAWS_AT_ONCE):
        together = np.sqrt(shared) * generator.standard_normal((DRAWS_AT_ONCE, len(gaps[0])))
        alone = generator.standard_normal((len(gaps), DRAWS_AT_ONCE, len(gaps[0]))) * np.sqrt(1 - shared)
        blocks.append(np.stack([(together + own) @ of_run for own, of_run in zip(alone, weights, strict=True)], axis=1))
    return np.concatenate(blocks)


def _correlation(gaps: Sequence[Gaps]) -> float:
    """Of the gaps of one example in two runs, about 0; 0 to 1, and 0 for a single run."""
    table = np.stack([of_run.sum(1) for of_run in gaps])
    products = table @ table.T
    apart = ~np.eye(len(table), dtype=bool)
    whole = np.trace(products) / len(table)
    return float(np.clip(products[apart].mean() / whole, 0, 1)) if apart.any() and whole > 0 else 0.0
