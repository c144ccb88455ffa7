"""How fast the gradients of neighbouring inputs become unlike each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.reports.charts.along_network import Measured, along_line
from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

WHEN = {"untrained": "before training", "trained": "after training"}


def shattered_section(study: Study, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> ReportSection:
    """Autocorrelations of the answer's gradient, and along the network the correlation of neighbours."""
    chosen = colours(study.design.contenders, study.design.points)
    distances = next(iter(found.values()))[0]["distances"]
    measured = Measured(x="distance (share of the way from one example to another)", y="correlation of gradients")
    whole = {when: _tables(found, when, lambda of_place: list(of_place.values())[-1]) for when in WHEN}
    steps = {when: _tables(found, when, lambda of_place: [row[1] for row in of_place.values()]) for when in WHEN}
    charts = [
        along_line(whole[when], distances, measured, chosen).properties(title=f"gradient of the answer, {words}")
        for when, words in WHEN.items()
        if whole[when]
    ]
    charts += [
        by_place(
            steps[when], Axes(places="some places from input to answer", values="correlation of neighbours"), chosen
        ).properties(title=f"one step apart, {words}")
        for when, words in WHEN.items()
        if steps[when]
    ]
    return ReportSection(
        name="shattered",
        title="Whether gradients shatter",
        lead="How alike the gradients with respect to the input are at two points of a straight line between test examples "
        "(Balduzzi et al. 2017): the mean cosine, along the line, and along the network for neighbours "
        f"{100 * distances[1]:.1f} % of the line apart. "
        "A line that falls at once is white noise, to which a step of descent means nothing a little further on. Gradients "
        "with respect to the weights are not looked at, and that this is why a network trains badly it does not prove.",
        columns=("contender", "neighbours, before", "neighbours, after", "falls to half, before", "falls to half, after"),
        rows=[
            (
                label,
                *(f"{whole[when][label][:, 1].mean():.2f}" if label in whole[when] else "-" for when in WHEN),
                *(_half(whole[when][label].mean(0), distances) if label in whole[when] else "-" for when in WHEN),
            )
            for label in found
        ],
        note="Falls to half: after this share of a line. Before training: networks drawn anew from the runs' seeds, normalised by the statistics of test examples. "
        "Both in eval mode, so that an input's gradient is its own and not its batch's.",
        charts=charts,
        numbers=found,
    )  # fmt: skip


def _tables(
    found: Mapping[str, Sequence[Mapping[str, Any]]], when: str, take: Any
) -> dict[str, Float[np.ndarray, "seeds _"]]:
    """What `take` makes of each run's autocorrelations by place; of the contenders that have been looked at then."""
    return {
        label: np.array([take(run[when]) for run in runs])
        for label, runs in found.items()
        if all(when in run for run in runs)
    }


def _half(correlation: Float[np.ndarray, "shifts"], distances: Sequence[float]) -> str:
    below = np.flatnonzero(correlation <= 0.5)
    return f"{100 * distances[below[0]]:.0f} %" if len(below) else "never"
