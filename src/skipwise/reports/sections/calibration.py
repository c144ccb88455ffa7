"""Calibration: reliability diagram, expected calibration error and temperature of each contender."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from skipwise.analysis.scores.calibration import Calibration, calibration
from skipwise.analysis.scores.confusion import answers_of
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, line_colour
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import interval_words, percent
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

FEWEST = 10
"""Examples in a bin that is drawn."""


def calibration_section(study: Study) -> ReportSection:
    """Return the section with reliability diagram, expected calibration error and temperature scaling."""
    found = {
        label: calibration(
            [answers_of(result) for result in results], [answers_of(result, "validation") for result in results]
        )
        for label, results in study.results.items()
    }
    examples = study.design.to_learn.examples
    worse = [label for label, one in found.items() if one.spoiled]
    spoiled = (
        f" The temperature of {', '.join(worse)} lowers the likelihood of the true classes on test {examples} by more "
        "than chance: do not use it."
        if worse
        else ""
    )
    return ReportSection(
        name="calibration",
        title="Calibration (reliability diagram)",
        lead=f"A calibrated network that is 90 % confident is right on 90 % of such test {examples}: it lies on the "
        "dashed line. Below the line it is overconfident, above it underconfident. The expected calibration error "
        "(ECE) is the mean distance from the line over 15 bins of confidence (Guo et al. 2017); bins of fewer than "
        f"{FEWEST} {examples}, all seeds together, are not drawn. Chance alone makes the ECE larger than 0, and the "
        f"more so with few {examples}: the third column corrects for it. This does not prove that a better calibrated "
        "network is right more often.",
        columns=("contender", "ECE", "ECE corrected for chance", "95 % interval", "temperature", "ECE after scaling"),
        rows=[
            (
                label,
                percent(one.error),
                percent(one.without_chance),
                interval_words(one.interval, percent),
                _temperatures(one.temperatures),
                percent(one.scaled_error),
            )
            for label, one in found.items()
        ],
        note=f"The interval is of the corrected ECE, over seeds and {examples}. Temperature scaling divides the logits "
        f"by a temperature fitted on validation {examples} (the geometric mean over seeds, with the smallest and the "
        "largest); above 1 it lowers the confidence. It changes no prediction, and the saved model does not use "
        f"it.{spoiled}",
        charts=[_reliability(found, colours(study.design.contenders, study.design.points))],
        numbers={
            label: {
                "error": one.error,
                "without_chance": one.without_chance,
                "interval": one.interval,
                "temperatures": one.temperatures,
                "scaled_error": one.scaled_error,
                "spoiled": one.spoiled,
                "bins": [
                    {"examples": count, "confidence": confidence, "right": right}
                    for count, confidence, right in zip(
                        one.examples.tolist(), one.confidence.tolist(), one.right.tolist(), strict=True
                    )
                    if count
                ],
            }
            for label, one in found.items()
        },
    )


def _temperatures(fitted: Sequence[float]) -> str:
    """Format the geometric mean of temperatures, with the smallest and the largest of several."""
    mean = f"{np.exp(np.log(fitted).mean()):.2f}"
    return mean if len(fitted) == 1 else f"{mean} ({min(fitted):.2f} to {max(fitted):.2f})"


def _reliability(found: Mapping[str, Calibration], chosen: Mapping[str, str]) -> Chart:
    """Draw accuracy against confidence, by bin; the size of a dot is the fraction of examples in its bin."""
    values = [
        {"contender": label, "confidence": confidence, "right": right, "fraction": count / one.examples.sum()}
        for label, one in found.items()
        for count, confidence, right in zip(
            one.examples.tolist(), one.confidence.tolist(), one.right.tolist(), strict=True
        )
        if count >= FEWEST
    ]
    x = alt.X("confidence:Q", title="confidence (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("right:Q", title="accuracy (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    colour = line_colour("contender:N", chosen, chosen)
    size = alt.Size(
        "fraction:Q",
        title="fraction of examples",
        scale=alt.Scale(domain=[0, 1], range=[12, 320]),
        legend=alt.Legend(
            orient="bottom", format="%", values=[0.01, 0.1, 0.5], symbolFillColor="#888", symbolStrokeWidth=0
        ),
    )
    diagonal = chart_of([{"confidence": 0, "right": 0}, {"confidence": 1, "right": 1}])
    return alt.layer(
        diagonal.mark_line(strokeDash=[5, 4], color="#888", size=1.2).encode(x=x, y=y),
        chart_of(values).mark_line(size=1.5).encode(x=x, y=y, color=colour),
        chart_of(values).mark_circle(opacity=0.8).encode(x=x, y=y, color=colour, size=size),
    ).properties(width=WIDTH - 70, height=WIDTH - 70)
