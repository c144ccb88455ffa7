"""Whether contenders are right as often as they are sure."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from skipwise.analysis.scores.calibration import Calibration, calibration
from skipwise.analysis.scores.confusion import answers_of
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, line_colour
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import percent
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

FEWEST = 10
"""Examples in a bin that is drawn."""


def calibration_section(study: Study) -> ReportSection:
    """The reliability diagram, the expected calibration error, and what a temperature mends."""
    found = {
        label: calibration(
            [answers_of(result) for result in results], [answers_of(result, "validation") for result in results]
        )
        for label, results in study.results.items()
    }
    examples = study.design.to_learn.examples
    worse = [label for label, one in found.items() if one.spoiled]
    spoiled = (
        f" The temperature of {', '.join(worse)} makes the true classes of test {examples} less likely, by more than chance: do not use it."
        if worse
        else ""
    )
    return ReportSection(
        name="calibration",
        title="Are they as often right as they are sure?",
        lead=f"Of test {examples} on which a network is 90 % sure it should be right on 90 %: on the dashed line. Below it, it is too "
        f"sure. Bins of fewer than {FEWEST} {examples}, all seeds together, are not drawn. The calibration error is how far it is off on average over 15 bins of confidence (Guo et al. 2017). "
        f"Chance alone makes it larger than 0, the more so the fewer {examples}: without chance it is what the third column says. A network that is better calibrated need not be right more often.",
        columns=("contender", "calibration error", "without chance", "95 % interval", "temperature", "error with it"),
        rows=[
            (
                label,
                percent(one.error),
                percent(one.without_chance),
                f"{percent(one.interval[0])} to {percent(one.interval[1])}",
                _temperatures(one.temperatures),
                percent(one.scaled_error),
            )
            for label, one in found.items()
        ],
        note="The interval is of the error without chance, over seeds and "
        f"{examples}. The temperature, fitted on validation {examples} (of several seeds the geometric mean, the least and the largest), is what logits are to be divided by; above 1 it "
        f"makes a network less sure. It changes no answer. The model that is handed over does not use it.{spoiled}",
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
    """Their geometric mean, and of several the least and the largest."""
    mean = f"{np.exp(np.log(fitted).mean()):.2f}"
    return mean if len(fitted) == 1 else f"{mean} ({min(fitted):.2f} to {max(fitted):.2f})"


def _reliability(found: Mapping[str, Calibration], chosen: Mapping[str, str]) -> Chart:
    """Share of right answers against confidence, by bin; a dot is as large as its share of the examples."""
    values = [
        {"contender": label, "confidence": confidence, "right": right, "share": count / one.examples.sum()}
        for label, one in found.items()
        for count, confidence, right in zip(
            one.examples.tolist(), one.confidence.tolist(), one.right.tolist(), strict=True
        )
        if count >= FEWEST
    ]
    x = alt.X("confidence:Q", title="how sure (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("right:Q", title="how often right (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    colour = line_colour("contender:N", chosen, chosen)
    size = alt.Size(
        "share:Q",
        title="share of examples",
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
