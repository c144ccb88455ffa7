"""Robustness to image corruptions: accuracy by corruption and severity."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from skipwise.analysis.inside.robustness import CLEAN, Robustness, advantage_over, fraction_correct
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, line_colour
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import percent, points, with_interval
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

COLUMNS = 2
"""Of small charts."""
Runs = Mapping[str, Mapping[int, Robustness]]
"""By contender and seed."""


def robustness_section(study: Study, found: Mapping[str, Sequence[Robustness]]) -> ReportSection:
    """Return the section with accuracy by corruption and severity, and differences to the reference."""
    runs = {label: {run.seed: run for run in several} for label, several in found.items()}
    first, *others = runs
    names = [CLEAN, *next(iter(runs[first].values())).scores]
    differences = {
        (name, label, less_clean): advantage_over(runs[label], runs[first], name, less_clean=less_clean)
        for name in names
        for label in others
        for less_clean in (False, True)
        if name != CLEAN or not less_clean
    }
    examples = study.design.to_learn.examples
    missing = any(value is None for value in differences.values())
    return ReportSection(
        name="robustness",
        title="Robustness to corruptions",
        lead=f"Accuracy on the same test {examples} with noise, blur, less contrast, JPEG compression, a shift and a "
        "rotation, each at five severities (after Hendrycks and Dietterich 2019); severity 0 is the clean image. A "
        "contender that starts higher often stays higher, so the last column compares the loss of accuracy against "
        "clean images: below 0 a contender loses more. This does not prove that a contender withstands other "
        "corruptions; networks trained with random crops have seen small shifts.",
        columns=("corruption", "contender", "accuracy", f"difference to {first}, in points", f"loses less than {first}, in points"),
        rows=[
            (
                name if label == first else "",
                label,
                percent(_mean(runs[label], name)),
                _text(differences.get((name, label, False))),
                _text(differences.get((name, label, True))),
            )
            for name in names
            for label in runs
        ],
        note="Accuracy is the mean over the five severities and the seeds. Brackets hold 95 % intervals over seeds "
        f"and {examples} (crossed t; with one seed Student's t over {examples}), each without correction for the "
        f"others: one of {len(names) - 1} may exclude 0 by chance."
        + (f" No interval stands where runs were tested on other {examples}." if missing else ""),
        charts=[_panels(runs, colours(study.design.contenders, study.design.points))],
        numbers=_numbers(runs, differences),
    )  # fmt: skip


def _mean(runs: Mapping[int, Robustness], name: str) -> float:
    return float(np.mean([fraction_correct(run, name).mean() for run in runs.values()]))


def _text(difference: tuple[float, float, float] | None) -> str:
    if difference is None:
        return ""
    value, low, high = difference
    return with_interval(points(value), (low, high), points)


def _numbers(runs: Runs, differences: Mapping[tuple[str, str, bool], tuple[float, float, float] | None]) -> Any:
    """Return scores by contender, corruption, seed and severity, clean first, and both differences with intervals."""
    return {
        label: {
            "clean": [run.clean for run in of_label.values()],
            "scores": {
                name: [run.scores[name] for run in of_label.values()] for name in next(iter(of_label.values())).scores
            },
            "above_reference": {
                name: found for (name, other, less), found in differences.items() if other == label and not less
            },
            "loses_less": {
                name: found for (name, other, less), found in differences.items() if other == label and less
            },
        }
        for label, of_label in runs.items()
    }


def _panels(runs: Runs, chosen: Mapping[str, str]) -> Chart:
    """Draw a small chart for each corruption: lines are means, dots are seeds."""
    values = [
        {"contender": label, "seed": seed, "corruption": name, "severity": severity, "value": value}
        for label, of_label in runs.items()
        for seed, run in of_label.items()
        for name, scores in run.scores.items()
        for severity, value in enumerate([run.clean, *scores])
    ]
    colour = line_colour("contender:N", chosen, runs)
    x = alt.X("severity:Q", title="severity", axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    title = "accuracy (%)"
    y = alt.Y("value:Q", title=title, axis=alt.Axis(format="~%", tickCount=5), scale=alt.Scale(domain=[0, 1]))
    layer = alt.Chart(alt.Undefined)  # a layer with data of its own would show all of them in each panel
    dots = layer.mark_circle(size=14, opacity=0.35).encode(x=x, y=y, color=colour)
    means = layer.mark_line(size=2.2).encode(x=x, y=alt.Y("mean(value):Q", title=title), color=colour)
    panel = alt.layer(dots, means).properties(width=(WIDTH - 90) // COLUMNS, height=120)
    order = list(dict.fromkeys(str(value["corruption"]) for value in values))
    by = alt.Facet("corruption:N", title=None, sort=order, header=alt.Header(labelFontSize=12, labelFontWeight="bold"))
    chart: Chart = panel.facet(facet=by, columns=COLUMNS, data=chart_of(values).data)
    return chart
