"""An analysis of the trials of a search: which choices mattered, and what accuracy costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.studies.tuning.journal import optuna
from skipwise.studies.tuning.trials import SearchResult, Trial

DRAWS = 40
"""Of trials with replacement for the intervals, and of shuffled accuracies for chance."""
LEVEL = 0.9
TREES = 16
FEWEST = 8
"""Trials below which importance is not told."""


@dataclass(frozen=True, kw_only=True)
class Importance:
    """The fraction of the accuracy's variance that one dimension explains by itself, of what all explain.

    `low` and `high` hold 90 % of what drawing the trials again gives; `chance` is what 95 % of shuffled accuracies
    stay below.
    """

    name: str
    share: float
    low: float
    high: float
    chance: float


def importances(found: SearchResult) -> list[Importance]:
    """Of every dimension, the most important first; [] for a search of few trials, or of one dimension.

    The shares are those of functional analysis of variance on a random forest (Hutter et al. 2014). Where trials were
    dropped, the accuracy is the one that all of them came to, before the first was dropped.
    """
    trials = [(trial, accuracy) for trial in found.trials if (accuracy := compared(trial, found)) is not None]
    names = [name for name in found.dimensions if len({trial.values[name] for trial, _ in trials}) > 1]
    if len(trials) < FEWEST or len(names) < 2:
        return []
    table = [
        [np.log10(trial.values[name]) if name in found.logarithmic else trial.values[name] for name in names]
        for trial, _ in trials
    ]
    accuracies = np.array([accuracy for _, accuracy in trials])
    random = np.random.default_rng(found.seed)
    shares = _shares(table, accuracies)
    drawn, shuffled = [], []
    for _ in range(DRAWS):
        again = random.integers(len(trials), size=len(trials))
        drawn.append(_shares([table[i] for i in again], accuracies[again]))
        shuffled.append(_shares(table, random.permutation(accuracies)))
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    chance = np.quantile(shuffled, 0.95, axis=0)
    every = [
        Importance(name=name, share=float(shares[i]), low=float(low[i]), high=float(high[i]), chance=float(chance[i]))
        for i, name in enumerate(names)
    ]
    return sorted(every, key=lambda one: -one.share)


def compared(trial: Trial, found: SearchResult) -> float | None:
    """The accuracy of a trial that importance goes by, None where it came to none."""
    return trial.early if found.halving else trial.accuracy if trial.state == "finished" else None


def front(trials: Sequence[Trial]) -> list[Trial]:
    """The finished trials that no cheaper one equals in validation accuracy, the cheapest first."""
    kept: list[Trial] = []
    finished = [trial for trial in trials if trial.state == "finished"]
    for trial in sorted(finished, key=lambda trial: (trial.multiply_adds or 0, -(trial.accuracy or 0))):
        if not kept or (trial.accuracy or 0) > (kept[-1].accuracy or 0):
            kept.append(trial)
    return kept


def _shares(table: Sequence[Sequence[Any]], accuracies: Float[np.ndarray, "trials"]) -> Float[np.ndarray, "dimensions"]:
    """The share of the forest's variance that each column explains by itself; zero where nothing varies."""
    library = optuna()
    columns = list(zip(*table, strict=True))
    if np.ptp(accuracies) == 0:
        return np.zeros(len(columns))
    distributions = {str(i): _distribution(library, column) for i, column in enumerate(columns)}
    study = library.create_study(direction="maximize")
    study.add_trials([
        library.trial.create_trial(
            params={str(i): value for i, value in enumerate(row)}, distributions=distributions, value=float(accuracy)
        )
        for row, accuracy in zip(table, accuracies, strict=True)
    ])  # fmt: skip
    evaluator = library.importance.FanovaImportanceEvaluator(n_trees=TREES, seed=0)
    found = evaluator.evaluate(study)
    return np.array([float(found[str(i)]) for i in range(len(columns))])


def _distribution(library: ModuleType, column: Sequence[Any]) -> Any:
    """Numbers with a fraction lie on an axis; whole ones and words are choices."""
    if all(isinstance(value, float) for value in column) and len(set(column)) > 1:
        return library.distributions.FloatDistribution(min(column), max(column))
    return library.distributions.CategoricalDistribution(sorted(set(column), key=str))
