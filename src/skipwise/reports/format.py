"""The numbers of a study as rows, and how numbers are written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skipwise.recipe import Recipe
from skipwise.statistics import accuracy_interval
from skipwise.studies import Study
from skipwise.training.deployed import Deployed


@dataclass(frozen=True, kw_only=True)
class Row:
    """A contender in the table: mean score with its 95 % interval (fractions), every seed, and costs."""

    label: str
    score: float
    interval: tuple[float, float]
    seeds: tuple[float, ...]
    parameters: int
    multiply_adds: int
    seconds: float
    failures: int
    runs: int
    deployed: Deployed | None


def summary(study: Study) -> list[Row]:
    """A row for each contender, the reference first."""
    rows = []
    for label, results in study.results.items():
        seeds = tuple(result.score for result in results)
        rows.append(
            Row(
                label=label,
                score=float(np.mean(seeds)),
                interval=accuracy_interval(study.scores[label]),
                seeds=seeds,
                parameters=results[0].parameters,
                multiply_adds=results[0].multiply_adds,
                seconds=float(np.mean([result.train_seconds for result in results])),
                failures=sum(result.failed is not None for result in results),
                runs=len(results),
                deployed=_deployed([result.deployed for result in results if result.deployed is not None]),
            )
        )
    return rows


def _deployed(several: Sequence[Deployed]) -> Deployed | None:
    """What the runs of one contender become when they are deployed, with the largest difference of all."""
    if not several:
        return None
    return replace(several[0], difference=max(deployed.difference for deployed in several))


def deployment_sentences(rows: Sequence[Row], residual: Collection[str]) -> list[str]:
    """For each contender that is trained with shortcuts and deployed without any: what that means."""
    return [
        f"{row.label} is trained with shortcuts and deployed plain: its arms merge into single convolutions, "
        f"{short_count(row.deployed.parameters)} parameters and {short_count(row.deployed.multiply_adds)} multiply-adds "
        f"instead of {short_count(row.parameters)} and {short_count(row.multiply_adds)}; "
        f"the same answers within {row.deployed.difference:.0e}"
        for row in rows
        if row.label in residual and row.deployed is not None and row.deployed.plain
    ]


def length(recipe: Recipe) -> str:
    """How long a recipe trains, in words."""
    if recipe.seconds:
        return f"{recipe.seconds:g} s of training"
    count, unit = (recipe.steps, "step") if recipe.steps else (recipe.epochs, "epoch")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def percent(fraction: float) -> str:
    """A fraction as a percentage with a digit that matters: 0.98765 is "98.8 %"."""
    return f"{100 * fraction:.1f} %"


def short_count(number: int) -> str:
    """Three digits and a unit: 463,866 is "464 k"."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:.3g} {name}"
    return str(number)


def byte_count(number: int) -> str:
    """Three digits and a unit: 131,072 is "131 kB"."""
    return f"{short_count(number)}B" if number >= 1000 else f"{number} B"


def points(difference: float) -> str:
    """A difference of fractions in percentage points, with its sign."""
    return f"{100 * difference:+.1f}"


def duration(seconds: float) -> str:
    """A time as people say it: "48 s", "12 min", "3 h 20 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
