"""Section of a depth sweep: crossover depth, degradation, and a verdict at each depth."""

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from skipwise.analysis.scores.depth import Crossover, crossover
from skipwise.reports.charts.charts import lines
from skipwise.reports.format import percent, points
from skipwise.reports.sections.sweep import SweepSection, interval_text, level_text, needed_text, series_of
from skipwise.statistics import accuracy_interval, t_interval
from skipwise.studies import Study

Members = Sequence[tuple[float, str]]
"""The contenders of a series, each with its depth."""


def depth_section(study: Study) -> SweepSection:
    series = series_of(study)
    plain, residual = list(series)
    task = study.design.to_learn
    return SweepSection(
        headline=_headline(study, series[plain], series[residual]),
        explanation=(
            f"At each depth the plain network and its residual twin saw the same {task.examples} in the same order. "
            "The crossover is the smallest depth from which on every deeper residual network was better on average; "
            f"its interval comes from a bootstrap over seeds and test {task.examples}. The training error separates "
            "degradation, where a deep network is harder to train, from overfitting, where it fits and does not "
            "generalise."
        ),
        limits=(
            "This does not prove that depth alone is the cause: all depths share one recipe, and a deep plain network "
            "often wants a lower learning rate (--tune lr gives each its own). Depths between those tried were not "
            "trained."
        ),
        charts={
            "depth": [
                lines(_accuracy_points(study, series), "layers", f"test {task.score_name} (%)", list(series)),
                lines(_fit_points(study, series), "layers", "training error (%)", list(series)),
            ]
        },
        columns=(
            "layers",
            plain,
            residual,
            "difference in points",
            f"{level_text(study)} % interval",
            "pairs won",
            "verdict",
            "still needed",
        ),
        rows=_rows(study, series[plain], series[residual]),
    )


def _headline(study: Study, plain: Members, residual: Members) -> str:
    if len(plain) == 1:
        return "One depth has no crossover."
    depths = [at for at, _ in plain]
    tables = [study.scores[deep] - study.scores[flat] for (_, flat), (_, deep) in zip(plain, residual, strict=True)]
    return headline(
        crossover(depths, tables),
        depths,
        seeds=len(study.seeds),
        shown=any(verdict.direction == "better" for verdict in study.verdicts.values()),
    )


def _rows(study: Study, plain: Members, residual: Members) -> list[tuple[str, ...]]:
    """The table of verdicts, depth by depth."""
    return [
        (
            f"{at:g}",
            percent(study.scores[flat].mean()),
            percent(study.scores[deep].mean()),
            points(verdict.difference),
            interval_text(verdict),
            f"{verdict.wins} of {verdict.pairs}",
            verdict.outcome,
            needed_text(verdict),
        )
        for (at, flat), (_, deep) in zip(plain, residual, strict=True)
        for verdict in [study.verdicts[deep]]
    ]


def headline(found: Crossover, depths: Sequence[float], *, seeds: int, shown: bool) -> str:
    """The crossover, behind a caution where no verdict bears it out (`shown`: one at least does)."""
    sentence = crossover_sentence(found, depths)
    if seeds == 1:
        return f"One seed tells of checkpoints, not of networks. {sentence}"
    if not shown:
        return f"At no depth that was tried is the residual network shown to be better. {sentence}"
    return sentence


def crossover_sentence(found: Crossover, depths: Sequence[float]) -> str:
    """Describe the crossover, with an interval that may be open at either end."""
    low = f"at or below {depths[0]:g}" if found.low is None else f"{found.low:g}"
    high = f"beyond {depths[-1]:g}" if found.high is None else f"{found.high:g}"
    interval = f"{100 * found.level:g} % interval {low} to {high} layers"
    if found.low is None and found.high is None:
        interval = f"{100 * found.level:g} % interval open at both ends"
    if found.low == inf:
        interval = f"{100 * found.level:g} % interval beyond {depths[-1]:g} layers"
    if found.low is not None and found.low == found.high:
        interval = f"{100 * found.level:g} % interval {low} layers, among the depths that were tried"
    if found.depth is None:
        return f"Up to {depths[-1]:g} layers there is no depth from which on shortcuts pay on average ({interval})."
    if found.depth == depths[0]:
        return f"On average shortcuts pay at every depth that was tried, from {depths[0]:g} layers on ({interval})."
    return f"On average shortcuts pay from {found.depth:g} layers on ({interval})."


def _accuracy_points(study: Study, series: dict[str, list[tuple[float, str]]]) -> dict[str, Any]:
    """Means with intervals, and single seeds."""
    means, seeds = [], []
    for name, members in series.items():
        for at, label in members:
            low, high = accuracy_interval(study.scores[label])
            means.append(
                {"series": name, "at": at, "value": float(study.scores[label].mean()), "low": low, "high": high}
            )
            seeds += [{"series": name, "at": at, "value": float(value)} for value in study.scores[label].mean(1)]
    return {"means": means, "seeds": seeds}


def _fit_points(study: Study, series: dict[str, list[tuple[float, str]]]) -> dict[str, Any]:
    """Errors on training examples as they are; a failed run without weights counts as all wrong."""
    means, seeds = [], []
    for name, members in series.items():
        for at, label in members:
            errors = np.array([1 - (result.fitted_score or 0.0) for result in study.results[label]])
            low, high = t_interval(errors)
            means.append(
                {"series": name, "at": at, "value": float(errors.mean()), "low": max(0.0, low), "high": min(1.0, high)}
            )
            seeds += [{"series": name, "at": at, "value": float(value)} for value in errors]
    return {"means": means, "seeds": seeds}
