"""Gradient norm by layer during training."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
from jaxtyping import Float

from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, counting_axis, line_colour
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study
from skipwise.studies.results import Result
from skipwise.training.metrics import EpochMetrics

ENDS = ("first block", "last block")


def gradients_section(study: Study) -> ReportSection | None:
    """Return the section with gradient norms by layer and over training; None where none were recorded."""
    noted = {label: [found for result in of if (found := _noted(result))] for label, of in study.results.items()}
    noted = {label: runs for label, runs in noted.items() if runs}
    if not noted:
        return None
    chosen = colours(study.design.contenders, study.design.points)
    tables = {
        when: {label: np.array([_row(run[epoch].gradients) for run in runs], float) for label, runs in noted.items()}
        for when, epoch in (("first", 0), ("last", -1))[: max(map(len, next(iter(noted.values()))))]
    }
    axes = Axes(places="layer, from input to output: stem, blocks, head", values="gradient norm", logarithmic=True)
    return ReportSection(
        name="gradients",
        title="Gradient norm by layer",
        lead="The norm of the gradient of the loss with respect to the weights of each layer, recorded at every tenth "
        "training step: the root mean square over an epoch. Vanishing gradients would make the lines fall towards the "
        "left, exploding ones rise. Blocks of different stages have different numbers of weights: compare contenders, "
        "not stages. This does not prove that a gradient of the right size points in a useful direction.",
        columns=("contender", *(f"{end}, {when} epoch" for when in tables for end in ENDS)),
        rows=[
            (label, *(f"{_geometric(tables[when][label][:, place]):.2g}" for when in tables for place in _ends(list(noted[label][0][0].gradients))))
            for label in noted
        ],
        charts=[
            *(by_place(tables[when], axes, chosen).properties(title=f"in the {when} epoch") for when in tables),
            *([_over_training(noted, chosen)] if len(tables) > 1 else []),
        ],
        numbers={
            label: {"places": list(runs[0][0].gradients), "by_seed": {when: tables[when][label].tolist() for when in tables}}
            for label, runs in noted.items()
        },
    )  # fmt: skip


def _noted(result: Result) -> list[EpochMetrics]:
    """Return the epochs of a run whose metrics tell of gradients."""
    return [epoch for epoch in result.history() if len(epoch.gradients) >= 2]


def _row(gradients: Mapping[str, float | None]) -> list[float]:
    return [np.nan if norm is None else norm for norm in gradients.values()]


def _ends(places: Sequence[str]) -> tuple[int, int]:
    """The first and the last block, or place where there are no blocks."""
    blocks = [number for number, place in enumerate(places) if place.startswith("stage")]
    return (blocks[0], blocks[-1]) if blocks else (0, len(places) - 1)


def _geometric(values: Float[np.ndarray, "seeds"]) -> float:
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(values).mean()))


def _over_training(noted: Mapping[str, Sequence[Sequence[EpochMetrics]]], chosen: Mapping[str, str]) -> Chart:
    """The first block (solid) and the last one (dashed) over the epochs, means over seeds."""
    values = []
    for label, runs in noted.items():
        for number in range(max(map(len, runs))):
            there = [run[number] for run in runs if number < len(run)]
            table = np.array([_row(epoch.gradients) for epoch in there], float)
            for end, place in zip(ENDS, _ends(list(there[0].gradients)), strict=True):
                mean = _geometric(table[:, place])
                if np.isfinite(mean) and mean > 0:
                    values.append({"contender": label, "epoch": there[0].epoch, "block": end, "value": mean})
    last = max(run[-1].epoch for runs in noted.values() for run in runs)
    colour = line_colour("contender:N", chosen, noted)
    dash = alt.StrokeDash(
        "block:N",
        scale=alt.Scale(domain=list(ENDS), range=[[1, 0], [5, 4]]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeColor="#444", symbolSize=300),
    )
    chart: Chart = (
        chart_of(values)
        .mark_line(size=2.5)
        .encode(
            x=alt.X("epoch:Q", title="epoch", axis=counting_axis(last)),
            y=alt.Y("value:Q", title="gradient norm", scale=alt.Scale(type="log", nice=False, padding=8), axis=alt.Axis(format="~g")),
            color=colour,
            strokeDash=dash,
        )
        .properties(width=WIDTH - 70, height=240, title="over training")
    )  # fmt: skip
    return chart
