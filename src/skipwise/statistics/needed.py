"""How many seeds, or test images, an undecided comparison would still need."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from skipwise.statistics.crossed import CrossedT

LEAST_PAIRS_FOR_EQUIVALENCE = 5
MOST_SEEDS = 1_000
MOST_TIMES_IMAGES = 1_000
POWER_Z = 0.84
"""The normal quantile of a power of 80 %."""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """How much more would decide: so many seeds, or else so many test images, or neither (both None)."""

    kind: Literal["direction", "equivalence"] = "direction"
    seeds: int | None = None
    images: int | None = None


def examples_if_all_agree(margin: float) -> int:
    """The least number of examples on which full agreement shows a difference below the margin: 3 / N < margin."""
    return math.floor(3 / margin) + 1


def needed_for_direction(observed: CrossedT, *, alpha: float) -> Needed:
    distance, quantile = abs(observed.mean), 1 - alpha / 2
    seeds = seeds_needed(observed, distance=distance, quantile=quantile)
    images = images_needed(observed, distance=distance, quantile=quantile) if seeds is None else None
    return Needed(seeds=seeds, images=images)


def needed_for_equivalence(observed: CrossedT, *, margin: float, alpha: float) -> Needed:
    """Seeds only where the examples are enough, and images only where the pairs are."""
    distance, quantile = margin - abs(observed.mean), 1 - alpha
    least_examples = 2 if observed.variance > 0 else examples_if_all_agree(margin)
    if observed.examples >= least_examples:
        seeds = seeds_needed(observed, distance=distance, quantile=quantile)
        if seeds is not None:
            return Needed(kind="equivalence", seeds=max(seeds, LEAST_PAIRS_FOR_EQUIVALENCE))
    if observed.seeds < LEAST_PAIRS_FOR_EQUIVALENCE:
        return Needed(kind="equivalence")
    images = images_needed(observed, distance=distance, quantile=quantile)
    return Needed(kind="equivalence", images=None if images is None else max(images, least_examples))


def projected(observed: CrossedT, *, seeds: int, examples: int) -> CrossedT:
    """Return the variance that the same spread would give with other numbers of seeds and examples: components
    truncated at 0.
    """
    k, n = observed.seeds, observed.examples
    residual = observed.v_res * k * n
    seed = max(0.0, observed.v_seed * k - residual / n)
    image = max(0.0, observed.v_img * n - residual / k)
    return replace(
        observed,
        v_seed=seed / seeds + residual / (seeds * examples),
        v_img=image / examples + residual / (seeds * examples),
        v_res=residual / (seeds * examples),
        seeds=seeds,
        examples=examples,
    )


def decides(comparison: CrossedT, distance: float, quantile: float) -> bool:
    """Whether an effect at this distance would be found with a power of 80 %."""
    return comparison.half_width(quantile) + POWER_Z * comparison.standard_error < distance


def seeds_needed(observed: CrossedT, *, distance: float, quantile: float) -> int | None:
    """The least number of seeds that would decide, or None where not even 1,000 would."""
    if distance <= 0 or not decides(
        projected(observed, seeds=MOST_SEEDS, examples=observed.examples), distance, quantile
    ):
        return None
    low, high = observed.seeds, MOST_SEEDS
    while low < high:
        middle = (low + high) // 2
        enough = decides(projected(observed, seeds=middle, examples=observed.examples), distance, quantile)
        low, high = (low, middle) if enough else (middle + 1, high)
    return high


def images_needed(observed: CrossedT, *, distance: float, quantile: float) -> int | None:
    """The least number of test images that would decide with the seeds there are, or None where none would."""
    low, high = observed.examples, MOST_TIMES_IMAGES * observed.examples
    if distance <= 0 or not decides(projected(observed, seeds=observed.seeds, examples=high), distance, quantile):
        return None
    while low < high:
        middle = (low + high) // 2
        enough = decides(projected(observed, seeds=observed.seeds, examples=middle), distance, quantile)
        low, high = (low, middle) if enough else (middle + 1, high)
    return high
