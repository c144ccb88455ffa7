"""The two-way bootstrap: a check beside the crossed t."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float, Int

Score = Callable[[int, Int[np.ndarray, "draws examples"]], Float[np.ndarray, "draws"]]
DRAWS_AT_ONCE = 100
"""Keeps the weights of 10,000 examples to a few MB."""


def two_way_bootstrap(
    table: Float[np.ndarray, "seeds examples"], *, level: float = 0.95, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """The percentile interval of the mean when seeds and examples are both drawn again, repeats kept."""
    return percentile_interval(resampled_means([table], draws=draws, seed=seed)[:, 0], level)


def resampled_means(
    tables: Sequence[Float[np.ndarray, "seeds examples"]], *, draws: int = 2_000, seed: int = 0
) -> Float[np.ndarray, "draws tables"]:
    """The mean of each table when seeds and examples are drawn again, the same ones for all tables, repeats kept."""
    seeds, examples = tables[0].shape
    generator = np.random.default_rng(seed)
    of_seeds = generator.multinomial(seeds, np.full(seeds, 1 / seeds), draws) / seeds
    means = []
    for weights in np.array_split(of_seeds, -(-draws // DRAWS_AT_ONCE)):
        counts = generator.multinomial(examples, np.full(examples, 1 / examples), len(weights))
        means.append(np.stack([((weights @ table) * counts).sum(1) / examples for table in tables], axis=1))
    return np.concatenate(means)


def two_way_bootstrap_of(
    score: Score, seeds: int, examples: int, *, level: float = 0.95, draws: int = 1_000, seed: int = 0
) -> tuple[float, float]:
    """The same for a score that is no mean over examples, as macro-F1 or its difference between two contenders.

    `score(run, counts)` gives that of one seed's run for several draws at once, example n being drawn counts[draw, n]
    times; it is averaged over the drawn seeds.
    """
    generator = np.random.default_rng(seed)
    of_seeds = generator.multinomial(seeds, np.full(seeds, 1 / seeds), draws) / seeds
    values = []
    for weights in np.array_split(of_seeds, -(-draws // DRAWS_AT_ONCE)):
        counts = generator.multinomial(examples, np.full(examples, 1 / examples), len(weights))
        values.append((weights * np.stack([score(run, counts) for run in range(seeds)], axis=1)).sum(1))
    return percentile_interval(np.concatenate(values), level)


def percentile_interval(values: Float[np.ndarray, "draws"], level: float) -> tuple[float, float]:
    """The middle share `level` of the values."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
