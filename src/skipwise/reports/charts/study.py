"""The charts of a study as altair values; single seeds are dots or thin lines, intervals are drawn."""

import json
from collections.abc import Callable, Sequence
from functools import partial

import altair as alt
import vl_convert

from skipwise.reports.charts.charts import LEGEND_COLUMNS, WIDTH, Chart, chart_of, counting_axis, line_colour
from skipwise.reports.charts.names import drawable
from skipwise.reports.charts.palette import colours
from skipwise.reports.summary import StudySummary
from skipwise.studies import Study


def _colour(study: Study, *, legend: bool = True) -> alt.Color:
    chosen = colours(study.design.contenders, study.design.points)
    return alt.Color(
        "contender:N",
        scale=alt.Scale(domain=list(chosen), range=list(chosen.values())),
        legend=alt.Legend(
            title=None, orient="top", labelLimit=WIDTH, symbolType="circle", symbolOpacity=1, columns=LEGEND_COLUMNS
        )
        if legend
        else None,
    )


def _score_axis(title: str, *, channel: type[alt.X] | type[alt.Y]) -> alt.X | alt.Y:
    return channel(
        "score:Q", title=title, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format="%", tickCount=5)
    )


def scores(summary: StudySummary) -> Chart:
    """Return a chart of test scores: every seed a dot, the mean with its 95 % interval."""
    study, rows = summary.study, summary.contenders
    dots = [
        {"contender": row.label, "score": score, "seed": seed}
        for row in rows
        for seed, score in zip(study.seeds, row.seeds, strict=True)
    ]
    means = [
        {"contender": row.label, "score": row.score, "low": row.interval[0], "high": row.interval[1]} for row in rows
    ]
    order, title = [row.label for row in rows], f"test {study.design.to_learn.score_name} (%)"
    y = alt.Y("contender:N", title=None, sort=order, axis=alt.Axis(labelLimit=140))
    x = _score_axis(title, channel=alt.X)
    colour = _colour(study, legend=False)
    interval = (
        chart_of(means)
        .mark_rule(size=3, opacity=0.5)
        .encode(x=alt.X("low:Q", title=title, scale=alt.Scale(zero=False)), x2="high:Q", y=y, color=colour)
    )
    mean = chart_of(means).mark_tick(size=22, thickness=3).encode(x=x, y=y, color=colour)
    seeds = chart_of(dots).mark_circle(size=45, opacity=0.75, yOffset=12).encode(x=x, y=y, color=colour)
    return alt.layer(interval, mean, seeds).properties(width=WIDTH - 90, height=alt.Step(56))


def pairs(study: Study) -> Chart:
    """Both runs of each seed, joined: a pair saw the same examples in the same order."""
    values = [
        {"contender": label, "score": result.score, "seed": result.seed}
        for label, results in study.results.items()
        for result in results
    ]
    data, title = chart_of(values), f"test {study.design.to_learn.score_name} (%)"
    x = alt.X("seed:O", title="seed", axis=alt.Axis(labelAngle=0))
    y = _score_axis(title, channel=alt.Y)
    lines = data.mark_line(color="#999999").encode(x=x, y=y, detail="seed:N")
    dots = data.mark_circle(size=70, opacity=1).encode(x=x, y=y, color=_colour(study))
    return alt.layer(lines, dots).properties(width=WIDTH - 70, height=220)


def learning_curves(study: Study, quantity: str, title: str) -> Chart:
    """Training (dashed) and validation (solid) over the epochs; thin lines are seeds, thick ones their means."""
    percentage = quantity == "score"
    values = [
        {"contender": label, "seed": result.seed, "epoch": epoch.epoch, "part": part,
         "value": max(value, 0 if percentage else 1e-4)}
        for label, results in study.results.items()
        for result in results
        for epoch in result.history()
        for part, key in (("validation", "validation"), ("training", "train"))
        if (value := getattr(epoch, f"{key}_{quantity}")) is not None
    ]  # fmt: skip
    data = chart_of(values)
    last = max((value["epoch"] for value in values), default=1)
    x = alt.X("epoch:Q", title="epoch", axis=counting_axis(last, grid=True), scale=alt.Scale(nice=False))
    scale = alt.Scale(zero=False) if percentage else alt.Scale(type="log", nice=False, padding=8)
    axis = alt.Axis(format="%") if percentage else alt.Axis(format="~g", tickCount=5)
    colour = line_colour("contender:N", colours(study.design.contenders, study.design.points), study.results)
    dash = alt.StrokeDash(
        "part:N",
        scale=alt.Scale(domain=["validation", "training"], range=[[1, 0], [5, 4]]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeColor="#444", symbolSize=300),
    )
    seeds = data.mark_line(size=0.8, opacity=0.35, clip=True).encode(
        x=x, y=alt.Y("value:Q", title=title, scale=scale, axis=axis), color=colour, strokeDash=dash,
        detail="seed:N",
    )  # fmt: skip
    single = len({value["epoch"] for value in values}) == 1  # no line: the points are what there is
    means = data.mark_line(size=2.5, clip=True, point=single).encode(
        x=x, y=alt.Y("mean(value):Q", title=title), color=colour, strokeDash=dash
    )
    return alt.layer(seeds, means).properties(width=WIDTH - 70, height=220)


def to_svg(chart: Chart) -> str:
    """The chart as an SVG element that scales down with the page and asks for nothing from outside."""
    styled = chart.configure(font="sans-serif", background="transparent").configure_axis(
        labelFontSize=11, titleFontSize=12
    )
    svg: str = vl_convert.vegalite_to_svg(json.dumps(drawable(styled.to_dict(validate=False))))
    return svg


def all_charts(summary: StudySummary) -> dict[str, Sequence[Callable[[], Chart]]]:
    """Return what makes each chart of the report, by the name of its file; of a sweep only its own and the scores."""
    study, section = summary.study, summary.section
    task = study.design.to_learn
    makers: dict[str, Sequence[Callable[[], Chart]]] = {"scores": [lambda: scores(summary)]}
    if section is not None:
        return {name: [partial(same, chart) for chart in charts] for name, charts in section.charts.items()} | makers
    return makers | {
        "pairs": [lambda: pairs(study)],
        "learning_curves": [
            lambda: learning_curves(study, "score", f"{task.score_name} (%)"),
            lambda: learning_curves(study, "loss", task.loss_name),
        ],
    }


def same(chart: Chart) -> Chart:
    """Return a chart that is made already."""
    return chart
