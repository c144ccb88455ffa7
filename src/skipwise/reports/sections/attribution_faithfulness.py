"""Attribution faithfulness (deletion, insertion, sanity check) and the pointing game, by method and network."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
from jaxtyping import Float

from skipwise.analysis.inside.attribution import METHODS
from skipwise.analysis.inside.attribution_faithfulness import RANDOM, SHARES, AttributionFaithfulness
from skipwise.reports.charts.charts import Chart, chart_of, line_colour
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import interval_words, with_interval
from skipwise.reports.sections.report_section import ReportSection
from skipwise.statistics import accuracy_interval, t_interval
from skipwise.studies import Study

MEASURES = {"deletion": 0, "insertion": 0, "similarity_to_untrained": -1}
"""The measures of an attribution map, with its lowest possible value."""
CURVES = {"deletion": "pixels deleted (%)", "insertion": "pixels inserted (%)"}
"""Each a figure, with the title of its x axis."""
SIDE = 150
"""Of one method's field in such a picture, in px."""
Runs = Mapping[str, Sequence[AttributionFaithfulness]]
"""Of each contender, what was found in each of its runs, by method."""


def attribution_faithfulness_section(study: Study, found: Runs) -> ReportSection:
    """Return the section with deletion, insertion and the similarity to the maps of untrained networks."""
    rows = []
    for label, runs in found.items():
        same = len({run.shown for run in runs}) == 1
        for number, method in enumerate(runs[0].methods):
            cells = [
                _cell([getattr(run.methods[method], name) for run in runs], lowest, same=same)
                for name, lowest in MEASURES.items()
            ]
            rows.append(("" if number else label, method, *cells))
    return ReportSection(
        name="attribution_faithfulness",
        title="Attribution faithfulness (deletion and insertion)",
        lead="Deletion and insertion (Petsiuk et al. 2018) show the mean probability of a network's own prediction "
        "while the pixels that an attribution map ranks highest are removed first (deletion: lower is better) or "
        "added to an empty image first (insertion: higher is better), on test images, with 95 % intervals over seeds "
        "and images (with folds over seeds alone). A method that does no better than a random order of pixels shows "
        "nothing about the network. The sanity check (Adebayo et al. 2018) is the rank correlation with the map of "
        "the same network before training: a high one means that the map shows edges of the image and not what was "
        "learned. An image with deleted pixels is unlike the training images, which affects all methods alike.",
        columns=("contender", "method", "deletion", "insertion", "similarity to untrained"),
        rows=rows,
        note=f"{_images(found)} of each seed. Thick curves are means over images and seeds, thin ones single seeds; "
            "dashed: random order of pixels.",
        charts=[_curves(found, name, colours(study.design.contenders, study.design.points)) for name in CURVES],
        numbers=found,
    )  # fmt: skip


def _images(found: Runs) -> str:
    """Format how many images were used: fewer where networks are expensive."""
    counts = [len(run.methods[RANDOM].deletion) for runs in found.values() for run in runs]
    return f"{min(counts)} images" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)} images"


def _curves(found: Runs, name: str, chosen: Mapping[str, str]) -> Chart:
    """Draw a panel for each method, a line for each network; the random order is in every panel."""
    values = [
        {"network": label, "method": method, "seed": seed, "share": share, "value": value, "random": drawn == RANDOM}
        for label, runs in found.items()
        for seed, run in enumerate(runs)
        for method in METHODS
        for drawn in (method, RANDOM)
        for share, value in zip(SHARES.tolist(), getattr(run.methods[drawn], f"{name}_curve"), strict=True)
    ]
    y_title = "mean probability (%)"
    axis, scale = alt.Axis(format="~%", tickCount=5), alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", title=CURVES[name], axis=alt.Axis(format="~%", tickCount=5, grid=False))
    y, colour = alt.Y("value:Q", title=y_title, axis=axis, scale=scale), line_colour("network:N", chosen, found)
    mean = alt.Y("mean(value):Q", title=y_title, axis=axis, scale=scale)
    dash = alt.StrokeDash("random:N", scale=alt.Scale(domain=[False, True], range=[[1, 0], [5, 4]]), legend=None)
    base = chart_of(values)
    layers = [
        base.transform_filter("!datum.random")
        .mark_line(size=1, opacity=0.35)
        .encode(x=x, y=y, color=colour, detail="seed:N"),
        base.mark_line(size=2).encode(x=x, y=mean, color=colour, strokeDash=dash),
    ]
    fields = alt.layer(*layers, data=base.data).properties(width=SIDE, height=SIDE)
    return fields.facet(alt.Facet("method:N", title=None, sort=list(METHODS)), columns=2).properties(title=name)


def pointing_game_section(_: Study, found: Mapping[str, Sequence[Mapping[str, Sequence[float]]]]) -> ReportSection:
    """Return the section with how often the maximum of a box's map lies in the true box."""
    rows = []
    for label, runs in found.items():
        for number, method in enumerate(runs[0]):
            values = np.concatenate([np.asarray(run[method], float) for run in runs])
            rows.append(("" if number else label, method, str(len(values)), _share(values, method)))
    return ReportSection(
        name="pointing_game",
        title="Pointing game",
        lead="The pointing game (Zhang et al. 2016): for each correctly detected box, whether the maximum of its "
        "attribution map lies within the true box. The row of the random order gives the chance level, the fraction "
        "of the image that the box covers. Intervals are Wilson's over the boxes of all seeds, treated as "
        "independent, so they are slightly too narrow. A miss does not prove an error: a network may rightly use the "
        "surroundings of an object.",
        columns=("contender", "method", "boxes", "hit rate (95 % interval)"),
        rows=rows,
        numbers=found,
    )  # fmt: skip


def _share(values: Float[np.ndarray, "boxes"], method: str) -> str:
    if not len(values):
        return "-"
    if method == RANDOM:
        return f"{values.mean():.2f}"
    low, high = accuracy_interval(values[None])
    return with_interval(f"{values.mean():.2f}", (low, high), "{:.2f}".format)


def _cell(runs: Sequence[Sequence[float]], lowest: float, *, same: bool) -> str:
    """The mean of numbers from `lowest` to 1 with its interval; how many examples it is of, if not of all.

    Where all runs saw the `same` examples, of those that have a number in each of them. Runs of different folds saw
    different ones: then the interval is over the means of runs.
    """
    if not same:
        means = np.array(
            [np.mean(numbers) for run in runs if (numbers := [each for each in run if not np.isnan(each)])]
        )
        low, high = np.clip(t_interval(means), lowest, 1) if len(means) > 1 else (np.nan, np.nan)
        return _told(float(means.mean()), (low, high)) if len(means) > 1 else "-"
    table = np.array(runs, float)
    known = table[:, ~np.isnan(table).any(0)] if table.size else table
    if known.shape[1] < 2:
        return "-"
    low, high = accuracy_interval((known - lowest) / (1 - lowest))
    few = f", {known.shape[1]} images" if known.shape[1] < table.shape[1] else ""
    return _told(float(known.mean()), (lowest + (1 - lowest) * low, lowest + (1 - lowest) * high), few)


def _told(mean: float, interval: tuple[float, float], few: str = "") -> str:
    said = interval_words(interval, "{:.2f}".format)
    return f"{mean:.2f}" if said == "-" else f"{mean:.2f} ({said}{few})"
