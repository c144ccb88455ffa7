"""The two-way bootstrap: a check beside the crossed t."""

import numpy as np
from jaxtyping import Float


def two_way_bootstrap(
    table: Float[np.ndarray, "seeds examples"], *, level: float = 0.95, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """The percentile interval of the mean when seeds and examples are both drawn again, repeats kept."""
    seeds, examples = table.shape
    generator = np.random.default_rng(seed)
    of_seeds = generator.multinomial(seeds, np.full(seeds, 1 / seeds), draws) / seeds
    of_examples = (generator.multinomial(examples, np.full(examples, 1 / examples)) / examples for _ in range(draws))
    means = [weights @ table @ columns for weights, columns in zip(of_seeds, of_examples, strict=True)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
