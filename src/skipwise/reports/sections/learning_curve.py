"""Section of a learning curve: test error by training-set size, power laws, and examples saved."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.analysis.scores.learning_curve import ImagesNeeded, PowerLaw, images_needed_instead, power_law
from skipwise.reports.charts.charts import Chart, lines
from skipwise.reports.format import percent, points
from skipwise.reports.sections.sweep import SweepSection, interval_text, level_text, needed_text, series_of
from skipwise.statistics import accuracy_interval
from skipwise.studies import Study
from skipwise.tasks import Task

LEAST_EXPONENT = 0.05
"""Twice the images then save 3 % of the error: what may be smaller cannot be told from nothing."""


def learning_curve_section(study: Study) -> SweepSection:
    """Return the section: which contender needs fewer examples, their power laws, and a verdict at each fraction."""
    task, series = study.design.to_learn, series_of(study)
    examples, first = task.examples, next(iter(series))
    numbers = {name: [_images(study, label) for _, label in members] for name, members in series.items()}
    scores = {name: [study.scores[label] for _, label in members] for name, members in series.items()}
    laws = {name: power_law(numbers[name], scores[name]) for name in series}
    compared = ("difference in points", f"{level_text(study)} % interval", "verdict", "still needed")
    return SweepSection(
        headline=" ".join(_needed_instead(study, scores))
        or f"{first} was trained on {len(series[first])} fractions of the {examples}.",
        facts=[law_sentence(name, law, examples) for name, law in laws.items() if law],
        explanation=(
            f"Each seed draws its own fraction of every class; contenders of one seed get the same {examples}, and "
            "smaller subsets are contained in larger ones. Without a budget all runs take the same number of training "
            f"steps, so that a small subset is seen more often. Validation and test {examples} stay the same. The "
            f"dashed lines are power laws, error = a * {examples}^-b + c, fitted to the means."
        ),
        limits=(
            f"A power law that fits these fractions does not prove how many {examples} would reach a given "
            f"{task.score_name} beyond them. A subset smaller than a batch is trained in smaller batches. Choosing the "
            f"epoch by all validation {examples} favours small subsets slightly."
        ),
        charts={"learning-curve": _charts(task, numbers, scores, laws)},
        columns=(
            "fraction",
            "contender",
            examples,
            f"test {task.score_name}",
            *(compared if study.verdicts else [""] * 4),
        ),
        rows=_rows(study, numbers),
    )


Scores = dict[str, list[Float[np.ndarray, "seeds examples"]]]
"""Of each series at its fractions."""


def _needed_instead(study: Study, scores: Scores) -> list[str]:
    """A sentence for each series but the first: how many examples the better one needs instead."""
    task, series = study.design.to_learn, series_of(study)
    first, *others = series
    fractions = [at for at, _ in series[first]]
    said = []
    for other in others:
        fewer, more = (other, first) if scores[other][-1].mean() >= scores[first][-1].mean() else (first, other)
        found = images_needed_instead(fractions, scores, fewer, more)
        said.append(needed_sentence(found, fewer, more, fractions, task.examples, task.score_name))
    return said


def _rows(study: Study, numbers: dict[str, list[int]]) -> list[tuple[str, ...]]:
    """One for each fraction and contender."""
    series = series_of(study)
    return [
        (
            f"{100 * at:g} %",
            name,
            f"{numbers[name][position]:,}",
            percent(study.scores[label].mean()),
            points(verdict.difference) if verdict else "",
            interval_text(verdict) if verdict else "",
            verdict.outcome if verdict else "reference",
            needed_text(verdict) if verdict else "",
        )
        for position, (at, _) in enumerate(next(iter(series.values())))
        for name, members in series.items()
        for label in [members[position][1]]
        for verdict in [study.verdicts.get(label)]
    ]


def _charts(task: Task, numbers: dict[str, list[int]], scores: Scores, laws: dict[str, PowerLaw | None]) -> list[Chart]:
    """Errors with their power laws on logarithmic axes, and the scores themselves."""
    errors, series = _errors(numbers, scores), list(scores)
    fitted = [
        {"series": name, "at": n, "value": max(1e-3, law.error(n))}
        for name, law in laws.items()
        if law is not None
        for n in np.geomspace(numbers[name][0], numbers[name][-1], 40).tolist()
    ]
    right = {
        "means": [
            {**point, "value": 1 - point["value"], "low": 1 - point["high"], "high": 1 - point["low"]}
            for point in errors["means"]
        ],
        "seeds": [{**point, "value": 1 - point["value"]} for point in errors["seeds"]],
    }
    trained = f"training {task.examples}"
    return [
        lines(errors, trained, "test error (%)", series, logarithmic=True, logarithmic_values=True, fitted=fitted),
        lines(right, trained, f"test {task.score_name} (%)", series, logarithmic=True),
    ]


def _errors(
    images: dict[str, list[int]], scores: dict[str, list[Float[np.ndarray, "seeds examples"]]]
) -> dict[str, list[dict[str, Any]]]:
    """Test errors of each series at its numbers of images: means with intervals, and single seeds."""
    errors: dict[str, list[dict[str, Any]]] = {"means": [], "seeds": []}
    for name in scores:
        for n, table in zip(images[name], scores[name], strict=True):
            low, high = accuracy_interval(table)
            mean = float(1 - table.mean())
            errors["means"].append({
                "series": name, "at": n, "value": max(mean, 1e-3), "low": max(1 - high, 1e-3), "high": max(1 - low, 1e-3),
            })  # fmt: skip
            errors["seeds"] += [{"series": name, "at": n, "value": max(1e-3, float(1 - v))} for v in table.mean(1)]
    return errors


def _images(study: Study, label: str) -> int:
    return study.results[label][0].training_examples or 1


def needed_sentence(
    needed: ImagesNeeded, fewer: str, more: str, fractions: Sequence[float], examples: str, score_name: str
) -> str:
    """How many examples one contender needs to be as good as the other with the largest fraction that was tried."""
    smallest, largest = fractions[0], fractions[-1]
    most = "all" if largest == 1 else f"{_percent(largest)} %"
    if needed.fraction is None or needed.low is None:
        return f"{fewer} does not reach the {score_name} of {more}."
    fraction = f"{'at most ' * (needed.fraction <= smallest)}{_percent(needed.fraction)} %"
    low = f"{'at most ' * (needed.low <= smallest)}{_percent(needed.low)}"
    high = f"more than {most}" if needed.high is None else f"{_percent(needed.high)} %"
    interval = f"95 % interval {f'{low} %' if high == f'{_percent(needed.low)} %' else f'{low} to {high}'}"
    if needed.high is None:
        return (
            f"It is open whether {fewer} needs fewer {examples} than {more}: to be as good with {most} of them it "
            f"needs {fraction} ({interval})."
        )
    return f"{fewer} needs {fraction} of the {examples} to be as good as {more} with {most} of them ({interval})."


def _percent(fraction: float) -> str:
    """In percent, small ones with the digits that matter."""
    return f"{100 * fraction:.0f}" if fraction >= 0.1 else f"{100 * fraction:.2g}"


def law_sentence(name: str, law: PowerLaw, examples: str) -> str:
    """The exponent in words."""
    low, high = law.exponent_interval
    if low < LEAST_EXPONENT:
        return f"These fractions do not determine a power law of {name} (exponent's 95 % interval {low:.2f} to {high:.2f})."
    return (
        f"With twice the {examples} the part of {name}'s error above its floor of {percent(law.floor)} is multiplied "
        f"by {2**-law.exponent:.2f} (exponent {law.exponent:.2f}, 95 % interval {low:.2f} to {high:.2f}; the fit "
        f"misses the means by {100 * law.misfit:.0f} %)."
    )
