"""The charts of a hyperparameter search."""

from collections.abc import Collection
from typing import Any

import altair as alt
import numpy as np

from skipwise.analysis.scores.tuning import Importance, front
from skipwise.reports.charts.charts import FEW_TICKS, WIDTH, Chart, chart_of
from skipwise.reports.charts.palette import BLUE, ORANGE, OTHERS
from skipwise.statistics import accuracy_interval, t_interval
from skipwise.studies import Study
from skipwise.studies.tuning.trials import SearchResult, Trial

GREY = "#777777"
GREEN = OTHERS[0]
NETWORKS = alt.Color(
    "network:N",
    scale=alt.Scale(domain=["plain", "residual"], range=[ORANGE, BLUE]),
    legend=alt.Legend(title=None, orient="top", symbolType="circle", symbolOpacity=1),
)


def selection_bias_chart(study: Study, searched: dict[str, Trial]) -> Chart:
    """Draw the validation score in the search beside that of fresh seeds, on the same examples."""
    labels = list(study.results)
    dots, means, tops = [], [], []
    for label, results in study.results.items():
        values = np.array([result.validation_score or 0.0 for result in results])
        low, high = t_interval(values)
        of = {"contender": label, "what": "fresh seeds"}
        dots += [{**of, "value": float(value)} for value in values]
        means.append({**of, "value": float(values.mean()), "low": max(0.0, low), "high": min(1.0, high)})
        if label in searched and searched[label].state == "finished":
            tops.append({"contender": label, "what": "in the search", "value": searched[label].accuracy})
    y = alt.Y("contender:N", title=None, sort=labels, axis=alt.Axis(labelLimit=120))
    title = f"validation {study.design.to_learn.score_name} (%)"
    scale, axis = alt.Scale(zero=False, nice=True), alt.Axis(format="~%")
    x = alt.X("value:Q", title=title, scale=scale, axis=axis)
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=["in the search", "fresh seeds"], range=["#000000", GREEN]),
        legend=alt.Legend(title=None, orient="top", symbolType="circle", symbolOpacity=1),
    )
    rule = chart_of(means).mark_rule(size=3, opacity=0.5).encode(
        x=alt.X("low:Q", title=title, scale=scale, axis=axis), x2="high:Q", y=y, color=colour
    )  # fmt: skip
    tick = chart_of(means).mark_tick(size=20, thickness=3).encode(x=x, y=y, color=colour)
    seeds = chart_of(dots).mark_circle(size=30, opacity=0.7, yOffset=11).encode(x=x, y=y, color=colour)
    layers: list[Any] = [rule, tick, seeds]
    if tops:
        layers.append(
            chart_of(tops).mark_point(shape="diamond", size=90, filled=True, opacity=1, yOffset=-10).encode(
                x=x, y=y, color=colour
            )
        )  # fmt: skip
    return alt.layer(*layers).properties(
        width=WIDTH - 90, height=alt.Step(50), title="Selection bias: search against fresh seeds"
    )


def importance_chart(mattered: list[Importance], found: SearchResult, score_name: str) -> Chart:
    """Draw the fraction of the score's variance that each field explains alone (fANOVA), with the chance level."""
    values = [
        {"name": one.name, "share": one.share, "low": one.low, "high": one.high, "chance": one.chance}
        for one in mattered
    ]
    y = alt.Y("name:N", title=None, sort=[one.name for one in mattered], axis=alt.Axis(labelLimit=140))
    title = "fraction of the variance explained (%)"
    x = alt.X("share:Q", title=title, axis=alt.Axis(format="~%"), scale=alt.Scale(domainMin=0))
    bars = chart_of(values).mark_bar(color="#56B4E9", height=12).encode(x=x, y=y)
    rules = chart_of(values).mark_rule(size=2, color="#1b1b1b").encode(x=alt.X("low:Q", title=title), x2="high:Q", y=y)
    ticks = chart_of(values).mark_tick(size=20, thickness=2.5, color=GREY).encode(x=alt.X("chance:Q", title=title), y=y)
    when = " at 25 % of a run" if found.halving else ""
    return alt.layer(bars, rules, ticks).properties(
        width=WIDTH - 140,
        height=alt.Step(24),
        title=alt.Title(
            f"Hyperparameter importance for {score_name}{when}",
            subtitle="grey tick: 95 % of shuffled scores stay below",
        ),
    )


def cost_chart(found: SearchResult, confirmed: Collection[str], score_name: str) -> Chart:
    """Draw finished trials by score and multiply-adds, with their Pareto front."""
    finished = [trial for trial in found.trials if trial.state == "finished"]
    names = {trial.number: _name(trial, found, confirmed) for trial in finished}
    points = [_point(trial, found) | {"name": names[trial.number]} for trial in finished]
    along = [_point(trial, found) for trial in front(finished)]
    titles = "multiply-adds of one example (log axis)", f"validation {score_name} (%)"
    x = alt.X(
        "cost:Q",
        title=titles[0],
        scale=alt.Scale(type="log", nice=False, padding=40),
        axis=alt.Axis(format="~s", tickCount=5),
    )
    scale, axis = alt.Scale(zero=False, nice=True), alt.Axis(format="~%")
    y = alt.Y("value:Q", title=titles[1], scale=scale, axis=axis)
    step = chart_of(along).mark_line(interpolate="step-after", color=GREY, strokeDash=[5, 3]).encode(x=x, y=y)
    rules = chart_of(points).mark_rule(size=1.5, opacity=0.3).encode(
        x=x, y=alt.Y("low:Q", title=titles[1], scale=scale, axis=axis), y2="high:Q", color=NETWORKS
    )  # fmt: skip
    dots = chart_of(points).mark_circle(size=60, opacity=0.85).encode(x=x, y=y, color=NETWORKS)
    labelled = sorted((point for point in points if point["name"]), key=lambda point: (point["cost"], -point["value"]))
    named = [  # in turn at four corners, since equal scores are common
        chart_of(labelled[turn::4])
        .mark_text(fontSize=10, align="left" if dx > 0 else "right", dx=dx, dy=dy)
        .encode(x=x, y=y, text="name:N")
        for turn, (dx, dy) in enumerate(((-5, -9), (5, 12), (5, -9), (-5, 12)))
        if labelled[turn::4]
    ]
    return alt.layer(step, rules, dots, *named).properties(
        width=WIDTH - 60,
        height=240,
        title=alt.Title(
            f"{score_name[0].upper()}{score_name[1:]} against cost",
            subtitle="finished trials; dashed: Pareto front",
        ),
    )


def history_chart(found: SearchResult, score_name: str) -> Chart:
    """Draw every trial in order, the dropped and failed ones marked, and the best score so far."""
    states = {"finished": "circle", "dropped": "triangle-down", "failed": "cross"}
    told = [trial for trial in found.trials if trial.state in states]
    lowest = min((trial.accuracy for trial in told if trial.accuracy is not None), default=0.0)
    values = [
        {**_point(trial, found), "value": lowest if trial.accuracy is None else trial.accuracy, "state": trial.state}
        for trial in told
    ]
    best, so_far = [], 0.0
    for trial in found.trials:
        so_far = max(so_far, (trial.accuracy or 0.0) if trial.state == "finished" else 0.0)
        best += [{"number": trial.number, "value": so_far}] if so_far else []
    last = max(trial.number for trial in found.trials)
    few = list(range(last + 1)) if last < FEW_TICKS else alt.Undefined
    x = alt.X(
        "number:Q",
        title="trial",
        axis=alt.Axis(tickMinStep=1, format="d", grid=False, values=few),
        scale=alt.Scale(padding=8, nice=False),
    )
    y = alt.Y(
        "value:Q",
        title=f"validation {score_name} (%)",
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format="~%"),
    )
    shape = alt.Shape(
        "state:N",
        scale=alt.Scale(domain=list(states), range=list(states.values())),
        legend=alt.Legend(title=None, orient="top"),
    )
    opacity = alt.condition("datum.state == 'finished'", alt.value(1), alt.value(0.45))
    line = chart_of(best).mark_line(interpolate="step-after", color=GREY).encode(x=x, y=y)
    dots = (
        chart_of(values).mark_point(size=50, filled=True).encode(x=x, y=y, color=NETWORKS, shape=shape, opacity=opacity)
    )
    return alt.layer(line, dots).properties(
        width=WIDTH - 60,
        height=240,
        title=alt.Title("Optimisation history", subtitle="dropped trials at their last score; line: best so far"),
    )


def _name(trial: Trial, found: SearchResult, confirmed: Collection[str]) -> str:
    if trial.usual:
        return found.usual
    return trial.label if trial.label in confirmed else ""


def _point(trial: Trial, found: SearchResult) -> dict[str, Any]:
    """A trial with the interval that so few validation examples leave."""
    right = round((trial.accuracy or 0.0) * found.validation_images)
    low, high = accuracy_interval(np.repeat([1.0, 0.0], [right, found.validation_images - right])[None])
    return {
        "number": trial.number,
        "cost": trial.multiply_adds or 0,
        "value": trial.accuracy,
        "low": low,
        "high": high,
        "network": "plain" if trial.plain else "residual",
    }
