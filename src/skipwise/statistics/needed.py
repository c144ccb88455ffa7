"""How many seeds, or test images, an undecided comparison would still need."""

from dataclasses import replace

from scipy import stats

from skipwise.statistics.crossed import CrossedT

MOST_SEEDS = 1_000
MOST_TIMES_IMAGES = 1_000
POWER_Z = 0.84
"""The normal quantile of a power of 80 %."""


def projected(observed: CrossedT, *, seeds: int, examples: int) -> CrossedT:
    """What the same spread would give with other numbers of seeds and examples: components truncated at 0."""
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
    t = float(stats.t.ppf(quantile, comparison.degrees_of_freedom))
    return (t + POWER_Z) * comparison.standard_error < distance


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
