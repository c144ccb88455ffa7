"""How often 'equivalent' is false when some runs collapse."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from calibrating.drawing import again, binomial_error, some
from calibrating.pools import Pool
from skipwise.statistics import crossed_t, decide

SEEDS, IMAGES = (5, 10), 1_000
FALL = 0.05
MARGINS = (0.01, 0.03)
RATES = (0.12, 0.16, 0.2, 0.3)


def real_collapses(pool: Pool, draws: int) -> Iterator[dict[str, Any]]:
    """A contender against itself if it never collapsed: verdicts and coverage, where a run 5 points below the median is
    one.

    The pool's other runs are the reference, so that all the difference is made by the collapses.
    """
    table = pool.right(pool.contenders[0])
    collapsed = table.mean(1) < np.median(table.mean(1)) - FALL
    reference = table[~collapsed]
    truth = float(table.mean() - reference.mean())
    for seeds in (3, *SEEDS):
        generator = np.random.default_rng(seeds)
        said = {"better": 0, "worse": 0, "undecided": 0, "equivalent": 0, "covered": 0}
        for _ in range(draws):
            rows, others = generator.integers(0, len(table), seeds), generator.integers(0, len(reference), seeds)
            columns = generator.integers(0, table.shape[1], IMAGES)
            one, other = table[np.ix_(rows, columns)], reference[np.ix_(others, columns)]
            verdict = decide("a", {"a": other, "b": one}, {"a": [False] * seeds, "b": [False] * seeds})["b"]
            said[verdict.direction] += 1
            said["equivalent"] += verdict.equivalent
            said["covered"] += verdict.interval[0] <= truth <= verdict.interval[1]
        rate = float(collapsed.mean())
        yield {
            "rate": rate,
            "truth": truth,
            "seeds": seeds,
            **{name: count / draws for name, count in said.items()},
        }


def rare_collapses(pool: Pool, deep: Pool, draws: int) -> Iterator[dict[str, Any]]:
    """A contender against itself, where each run is replaced at a given rate by a collapsed one of the deep net.

    'Equivalent' is then false: the true difference is the rate times the depth of a fall, far beyond the margin. The
    fallen runs are the worst tenth of `deep`, whose test images are the same.
    """
    steady, fallen = pool.right(pool.contenders[1]), deep.right(deep.contenders[0])
    worst = fallen[np.argsort(fallen.mean(1))[: max(1, len(fallen) // 10)]]
    for rate in RATES:
        for seeds in SEEDS:
            generator = np.random.default_rng([int(1000 * rate), seeds])
            equivalent = np.zeros(len(MARGINS))
            for _ in range(draws):
                columns = some(generator, steady.shape[1], IMAGES)
                one, other = (again(generator, steady[:, columns], seeds, len(columns)) for _ in range(2))
                falls = generator.random(seeds) < rate
                one[falls] = worst[generator.integers(0, len(worst), falls.sum())][:, columns]
                test = crossed_t(one - other)
                equivalent += [test.equivalence_p_value(margin) < 0.05 for margin in MARGINS]
            truth = rate * float(worst.mean() - steady.mean())
            for margin, share in zip(MARGINS, equivalent / draws, strict=True):
                row = {"rate": rate, "seeds": seeds, "margin": margin, "truth": truth, "share": float(share)}
                yield {**row, "error": binomial_error(float(share), draws), "bound": (1 - rate) ** seeds}
