"""The two-way bootstrap: a check beside the crossed t."""

import numpy as np
from jaxtyping import Float

DRAWS_AT_ONCE = 100
"""Keeps the weights of 10,000 examples to a few MB."""


def two_way_bootstrap(
    table: Float[np.ndarray, "seeds examples"], *, level: float = 0.95, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """The percentile interval of the mean when seeds and examples are both drawn again, repeats kept."""
    seeds, examples = table.shape
    generator = np.random.default_rng(seed)
    of_seeds = generator.multinomial(seeds, np.full(seeds, 1 / seeds), draws) / seeds
    means = []
    for weights in np.array_split(of_seeds, -(-draws // DRAWS_AT_ONCE)):
        counts = generator.multinomial(examples, np.full(examples, 1 / examples), len(weights))
        means.extend(((weights @ table) * counts).sum(1) / examples)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
