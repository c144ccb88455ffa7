"""Shattered gradients: how fast the gradients of neighbouring inputs lose their correlation."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from skipwise.analysis.inside.shattered import GradientCorrelations
from skipwise.reports.charts.along_axis import Measured, along_line
from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

WHEN = {"untrained": "before training", "trained": "after training"}


def shattered_section(study: Study, found: Mapping[str, Sequence[GradientCorrelations]]) -> ReportSection:
    """Return the section with autocorrelations of the output's gradient, and of neighbours layer by layer."""
    chosen = colours(study.design.contenders, study.design.points)
    distances = next(iter(found.values()))[0].distances
    measured = Measured(x="distance (fraction of the line between two examples)", y="gradient correlation")
    whole = {when: _tables(found, when, lambda of_place: list(of_place.values())[-1]) for when in WHEN}
    steps = {when: _tables(found, when, lambda of_place: [row[1] for row in of_place.values()]) for when in WHEN}
    charts = [
        along_line(whole[when], distances, measured, chosen).properties(title=f"gradient of the output, {words}")
        for when, words in WHEN.items()
        if whole[when]
    ]
    charts += [
        by_place(
            steps[when],
            Axes(places="layer, from input to output (up to 12)", values="correlation of neighbours"),
            chosen,
        ).properties(title=f"one step apart, {words}")
        for when, words in WHEN.items()
        if steps[when]
    ]
    return ReportSection(
        name="shattered",
        title="Shattered gradients",
        lead="The figures show how similar the gradients with respect to the input are at two points of a straight "
        "line between test examples (Balduzzi et al. 2017): the mean cosine similarity by distance, and layer by "
        f"layer for neighbours {100 * distances[1]:.1f} % of the line apart. A curve that falls at once means "
        "gradients like white noise: a step of gradient descent then says nothing about its neighbourhood. Gradients "
        "with respect to the weights are not measured. This does not prove that shattered gradients are why a network "
        "trains badly.",
        columns=("contender", "neighbours, before", "neighbours, after", "half-distance, before", "half-distance, after"),
        rows=[
            (
                label,
                *(f"{whole[when][label][:, 1].mean():.2f}" if label in whole[when] else "-" for when in WHEN),
                *(_half(whole[when][label].mean(0), distances) if label in whole[when] else "-" for when in WHEN),
            )
            for label in found
        ],
        note="Half-distance: the fraction of a line after which the correlation is at most half. Before training: "
        "networks initialised again from the runs' seeds, with batch statistics of test examples. Both in eval mode, "
        "so that an input's gradient does not depend on its batch.",
        charts=charts,
        numbers=found,
    )  # fmt: skip


def _tables(
    found: Mapping[str, Sequence[GradientCorrelations]],
    when: str,
    take: Callable[[Mapping[str, list[float]]], list[float]],
) -> dict[str, Float[np.ndarray, "seeds _"]]:
    """Apply `take` to each run's autocorrelations by layer; of the contenders that were measured at that time."""
    return {
        label: np.array([take(getattr(run, when)) for run in runs])
        for label, runs in found.items()
        if all(getattr(run, when) for run in runs)
    }


def _half(correlation: Float[np.ndarray, "shifts"], distances: Sequence[float]) -> str:
    below = np.flatnonzero(correlation <= 0.5)
    return f"{100 * distances[below[0]]:.0f} %" if len(below) else "never"
