"""How often intervals of the expected calibration error hold the true one, where the truth is known.

    PYTHONPATH=benchmarks python -m calibrating.calibration_errors

Two classes by the sign of a hidden normal number seen through noise, each run through noise of its own: its true
probability is known, and logits are multiplied to make it sure of itself too much or too little, in each run a little
differently.
"""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import expit, logit

from skipwise.analysis.scores.calibration import BINS, bin_of
from skipwise.analysis.scores.calibration_interval import error_interval
from skipwise.analysis.scores.confusion import Classified
from skipwise.statistics import two_way_bootstrap_of

LEVELS = ((2.0, 1.0), (6.0, 1.0), (2.0, 1.3), (6.0, 1.5), (2.0, 3.0), (6.0, 3.0))
"""Deviation of the hidden number (2: about 75 % are right, 6: about 90 %), and what logits are multiplied by."""
APART = 0.1
"""Standard deviation of the logarithm of that factor over runs."""
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)


def errors_coverage(
    studies: int, examples: int = 300, seeds: tuple[int, ...] = (1, 2, 3, 5)
) -> Iterator[dict[str, Any]]:
    """For each setting and rule: the share of intervals that hold the true error, and half their median width."""
    for spread, times in LEVELS:
        truth = _truth(spread, times)
        for runs in seeds:
            generator = np.random.default_rng(runs)
            found = np.empty((studies, 2, 2))
            for study in range(studies):
                test = _drawn(generator, examples, runs, spread, times)
                found[study, 0] = _inverted(test)
                found[study, 1] = _turned_round(test)
            for rule, (low, high) in zip(("inverted", "turned round"), found.transpose(1, 2, 0), strict=True):
                yield {
                    "rule": rule, "spread": spread, "times": times, "runs": runs, "truth": truth,
                    "share": float(((low <= truth) & (truth <= high)).mean()),
                    "half_width": float(np.median(high - low) / 2),
                }  # fmt: skip


def _drawn(generator: np.random.Generator, examples: int, runs: int, spread: float, times: float) -> list[Classified]:
    """Probabilities and labels of each run on the same examples."""
    hidden = generator.normal(0, spread, examples)
    labels = (generator.random(examples) < expit(hidden)).astype(np.int64)
    found = []
    for _ in range(runs):
        true = _true(hidden + generator.normal(0, spread / 3, examples), spread)
        factor = times * np.exp(generator.normal(0, APART))
        second = expit(factor * logit(true))
        found.append((np.stack([1 - second, second], 1), labels))
    return found


def _true(seen: np.ndarray, spread: float) -> np.ndarray:
    """The probability of the second class, given the hidden number plus noise of a third of its deviation."""
    kept = 1 / (1 + 1 / 9)
    nodes = kept * seen[:, None] + spread * np.sqrt(1 - kept) * NODES
    return np.asarray((expit(nodes) @ WEIGHTS / WEIGHTS.sum()).clip(1e-9, 1 - 1e-9))


def _truth(spread: float, times: float, examples: int = 20_000, runs: int = 200) -> float:
    """The error without chance in the labels, the mean over runs."""
    generator = np.random.default_rng(0)
    true = _true(generator.normal(0, spread * np.sqrt(1 + 1 / 9), examples), spread)
    errors = []
    for factor in times * np.exp(generator.normal(0, APART, runs)):
        second = expit(factor * logit(true))
        probabilities = np.stack([1 - second, second], 1)
        gaps = np.maximum(true, 1 - true) - probabilities.max(1)
        errors.append(np.abs(np.bincount(bin_of(probabilities), gaps, BINS)).sum() / examples)
    return float(np.mean(errors))


def _inverted(test: list[Classified]) -> tuple[float, float]:
    found = error_interval(_tables(test), [probabilities.max(1) for probabilities, _ in test])
    return found.low, found.high


def _tables(test: list[Classified]) -> list[np.ndarray]:
    """In each example's own bin whether it is right less how sure the run was."""
    tables = []
    for probabilities, labels in test:
        table = np.zeros((len(labels), BINS))
        right = probabilities.argmax(1) == labels
        table[np.arange(len(labels)), bin_of(probabilities)] = right - probabilities.max(1)
        tables.append(table)
    return tables


def _turned_round(test: list[Classified]) -> tuple[float, float]:
    """2 * error less the quantiles of the two-way bootstrap."""
    tables = _tables(test)
    error = np.mean([np.abs(table.sum(0)).sum() / len(table) for table in tables])

    def error_of(run: int, counts: np.ndarray) -> np.ndarray:
        return np.asarray(np.abs(counts @ tables[run]).sum(1) / counts.sum(1))

    low, high = two_way_bootstrap_of(error_of, len(test), len(test[0][1]), draws=300)
    return max(0.0, float(2 * error - high)), max(0.0, float(2 * error - low))


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    for row in errors_coverage(studies):
        print(
            f"{row['rule']:>13} {row['spread']:g} {row['times']:g} {row['runs']} runs: true error {100 * row['truth']:.2f}, "
            f"{100 * row['share']:.1f} % hold it, +- {100 * row['half_width']:.1f} points",
            flush=True,
        )


if __name__ == "__main__":
    main()
