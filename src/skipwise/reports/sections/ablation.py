"""Section of an ablation: the effect of each ingredient, and the generalisation gap."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from skipwise.reports.charts.charts import WIDTH, Chart, chart_of
from skipwise.reports.format import percent, points, with_interval
from skipwise.reports.sections.sweep import SweepSection, interval_text, level_text, needed_text
from skipwise.statistics import Verdict, t_interval
from skipwise.studies import Study


def ablation_section(study: Study) -> SweepSection:
    base = study.design.contenders[0].label
    gaps = {
        label: np.array([
            (result.fitted_score or 0.0) - (result.validation_score or 0.0) for result in results
        ])
        for label, results in study.results.items()
    }  # fmt: skip
    rows = []
    for label in study.results:
        verdict = study.verdicts.get(label)
        rows.append((
            label,
            percent(study.scores[label].mean()),
            points(verdict.difference) if verdict else "",
            interval_text(verdict) if verdict else "",
            verdict.outcome if verdict else "the base",
            needed_text(verdict) if verdict else "",
            with_interval(points(float(gaps[label].mean())), t_interval(gaps[label]), points),
        ))  # fmt: skip
    task = study.design.to_learn
    return SweepSection(
        headline=ablation_sentence(base, list(study.verdicts.values())),
        explanation=(
            f"Each contender changes one ingredient of the base and keeps everything else{_but_rates(study)}, "
            f"{task.examples} and their order included. The generalisation gap is the {task.score_name} on unaugmented "
            f"training {task.examples} minus that on validation {task.examples}: a large gap is overfitting, and "
            "regularisation makes it smaller."
        ),
        limits=(
            "Ingredients are changed one at a time and at one strength each. This does not prove how they interact, "
            f"nor that another strength would not do better. Test {task.score_name} decides; the gap only helps to "
            "understand."
        ),
        caption="Dots are single seeds, bars are intervals. Differences to the base and generalisation gaps are in "
            "percentage points.",
        charts={"ablation": [_differences(study), _gaps(gaps)]},
        columns=(
            "contender", f"test {task.score_name}", "difference in points", f"{level_text(study)} % interval", "verdict", "still needed",
            "generalisation gap (95 % interval)",
        ),
        rows=rows,
    )  # fmt: skip


def ablation_sentence(base: str, verdicts: Sequence[Verdict]) -> str:
    """Which changes are better or worse than the base, and how many are undecided."""
    said = []
    for word in ("better", "worse"):
        labels = [verdict.contender for verdict in verdicts if verdict.direction == word]
        if labels:
            said.append(f"{', '.join(labels)} {'is' if len(labels) == 1 else 'are'} {word} than {base}")
    equivalent = [v.contender for v in verdicts if v.direction == "undecided" and v.equivalent]
    if equivalent:
        said.append(f"{', '.join(equivalent)} {'is' if len(equivalent) == 1 else 'are'} equivalent to {base}")
    undecided = sum(verdict.direction == "undecided" and not verdict.equivalent for verdict in verdicts)
    if undecided == len(verdicts):
        said.append(
            f"none of {undecided} changes can be told from {base}" if undecided > 1 else "the change is undecided"
        )
    elif undecided:
        said.append(f"{undecided} change{'s are' if undecided > 1 else ' is'} undecided")
    sentence = "; ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _but_rates(study: Study) -> str:
    return " but the learning rate, which was searched for each contender" if study.design.tuned else ""


def _differences(study: Study) -> Chart:
    """Each ingredient's difference to the base with its interval."""
    verdicts = list(study.verdicts.values())
    means = [
        {
            "contender": v.contender,
            "value": v.difference,
            "low": v.interval[0],
            "high": v.interval[1],
            "says": v.outcome,
        }
        for v in verdicts
    ]
    seeds = [{"contender": v.contender, "value": value} for v in verdicts for value in v.differences]
    order = [v.contender for v in sorted(verdicts, key=lambda v: -v.difference)]
    y = alt.Y("contender:N", title=None, sort=order, axis=alt.Axis(labelLimit=160))
    title = "difference to the base (percentage points)"
    axis = alt.Axis(labelExpr="format(datum.value * 100, '+.3~f')")
    x = alt.X("value:Q", title=title, axis=axis)
    zero = chart_of([{"value": 0}]).mark_rule(color="#888", strokeDash=[4, 4]).encode(x=x)
    rule = chart_of(means).mark_rule(size=3, opacity=0.5, color="#0072B2").encode(
        x=alt.X("low:Q", title=title, axis=axis), x2="high:Q", y=y
    )  # fmt: skip
    tick = chart_of(means).mark_tick(size=16, thickness=3, color="#0072B2").encode(x=x, y=y)
    dots = chart_of(seeds).mark_circle(size=22, opacity=0.5, color="#1b1b1b", yOffset=8).encode(x=x, y=y)
    return alt.layer(zero, rule, tick, dots).properties(width=WIDTH - 110, height=alt.Step(32))


def _gaps(gaps: dict[str, np.ndarray]) -> Chart:
    means = [
        {"contender": label, "value": float(values.mean()), "low": t_interval(values)[0], "high": t_interval(values)[1]}
        for label, values in gaps.items()
    ]
    y = alt.Y("contender:N", title=None, sort=list(gaps), axis=alt.Axis(labelLimit=160))
    title = "generalisation gap: training minus validation (points)"
    axis = alt.Axis(labelExpr="format(datum.value * 100, '.3~f')")
    rule = chart_of(means).mark_rule(size=3, opacity=0.5, color="#E69F00").encode(
        x=alt.X("low:Q", title=title, axis=axis, scale=alt.Scale(zero=True)), x2="high:Q", y=y
    )  # fmt: skip
    tick = chart_of(means).mark_tick(size=16, thickness=3, color="#E69F00").encode(x=alt.X("value:Q", title=title), y=y)
    return alt.layer(rule, tick).properties(width=WIDTH - 110, height=alt.Step(32))
