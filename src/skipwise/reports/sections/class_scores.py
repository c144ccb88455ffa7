"""Per-class scores: balanced accuracy, macro-F1 and the recall of each class."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt
import numpy as np

from skipwise.analysis.scores.class_scores import (
    SCORES,
    ClassScore,
    balanced_accuracy,
    class_score,
    many_medium_few,
    mean_recall_of,
)
from skipwise.analysis.scores.confusion import Classified, answers_of, confusion_counts
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import interval_words, percent, points
from skipwise.reports.sections.report_section import ReportSection
from skipwise.statistics import accuracy_interval
from skipwise.studies import Study

MISLEADING = 0.02
"""Accuracy and balanced accuracy that are further apart than this tell different stories."""
MOST_CLASSES_DRAWN = 30


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """A score of a contender, and its difference to the reference where it is not the reference itself."""

    score: str
    label: str
    found: ClassScore
    difference: ClassScore | None


@dataclass(frozen=True, kw_only=True)
class ClassScoreTable:
    """Scores over classes and recalls by class; `groups` tells the classes of many, medium and few images."""

    rows: Sequence[ClassRow]
    groups: dict[str, list[str]]
    charts: Sequence[Chart]

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(row) for row in self.rows]


def class_score_table(study: Study) -> ClassScoreTable:
    """Balanced accuracy, macro-F1, and recalls of each contender, by class and by how many images classes have."""
    manifest = study.manifest
    classes = len(manifest.classes)
    answers = {label: [answers_of(result) for result in results] for label, results in study.results.items()}
    groups = many_medium_few(manifest.counts.train) or {}
    scores = SCORES | {
        f"recall, {name} {study.design.to_learn.examples}": mean_recall_of(members) for name, members in groups.items()
    }
    first = next(iter(answers))
    rows = [
        ClassRow(
            score=name,
            label=label,
            found=class_score(score, runs, classes),
            difference=None if label == first else class_score(score, runs, classes, answers[first]),
        )
        for name, score in scores.items()
        for label, runs in answers.items()
    ]
    named = {name: [manifest.classes[member] for member in members] for name, members in groups.items()}
    charts = [_recalls(study, answers)] if classes <= MOST_CLASSES_DRAWN else []
    return ClassScoreTable(rows=rows, groups=named, charts=charts)


def class_scores_section(study: Study) -> ReportSection:
    """Return the section with the table of per-class scores and a chart of recalls."""
    section, examples = class_score_table(study), study.design.to_learn.examples
    thirds = "; ".join(f"{name}: {', '.join(members)}" for name, members in section.groups.items())
    told = (
        f" Classes with many, medium and few training {examples} are thirds of the classes: {thirds}." if thirds else ""
    )
    labels = len(study.design.contenders)
    return ReportSection(
        name="class_scores",
        title="Per-class scores: balanced accuracy, macro-F1, recall",
        lead=f"Each class counts equally here, however many {examples} it has. Balanced accuracy is the mean recall "
        f"over classes; macro-F1 is the mean F1 score, which counts precision as well.{told}",
        columns=("score", "contender", "mean", "95 % interval", "difference to the reference, in points"),
        rows=[
            (
                "" if number % labels else row.score,
                row.label,
                percent(row.found.value),
                score_text(row.found),
                difference_text(row.difference),
            )
            for number, row in enumerate(section.rows)
        ],
        note="Intervals are the crossed t on jackknife pseudo-values, with the two-way bootstrap beside it as a "
        "check. Each holds 95 % without correction for the others, so they support the verdict and do not replace it.",
        charts=section.charts,
        numbers=section.to_json(),
    )


def imbalance_warning(study: Study) -> str | None:
    """Return the warning about unbalanced classes: that accuracy misleads, where balanced accuracy is far from it."""
    if "class scores" not in study.design.to_learn.sections:
        return None
    examples = study.design.to_learn.examples
    manifest = study.manifest
    if ratio_of(np.array(manifest.counts.train)) < UNBALANCED:
        return None
    apart = []
    for label, results in study.results.items():
        counts = [confusion_counts([answers_of(result)], len(manifest.classes)) for result in results]
        balanced = float(balanced_accuracy(np.stack(counts)).mean())
        accuracy = float(study.scores[label].mean())
        apart.append((abs(balanced - accuracy), label, accuracy, balanced))
    distance, label, accuracy, balanced = max(apart)
    test = np.array(manifest.counts.test)
    if ratio_of(test) < UNBALANCED:
        return (
            f"the classes are unbalanced in training, and the test {examples} are not: look at the recalls by class too"
        )
    commonest = f"always naming {manifest.classes[test.argmax()]} would be right on {percent(test.max() / test.sum())}"
    if distance < MISLEADING:
        return f"the classes are unbalanced ({commonest}): look at the recalls by class too"
    return (
        f"the classes are unbalanced and accuracy misleads ({commonest}): {label} has an accuracy of "
        f"{percent(accuracy)}, and {percent(balanced)} where each class counts alike"
    )


def score_text(found: ClassScore) -> str:
    return interval_words(found.interval, percent)


def difference_text(found: ClassScore | None) -> str:
    if found is None:
        return ""
    said = interval_words(found.interval, points)
    return (
        points(found.value)
        if said == "-"
        else (f"{points(found.value)} ({said}; bootstrap {interval_words(found.bootstrap, points)})")
    )


def _recalls(study: Study, answers: dict[str, list[Classified]]) -> Chart:
    """Recall of each class with its interval, classes of most training images first."""
    names, images = study.manifest.classes, study.manifest.counts.train
    order = np.argsort(-np.array(images), kind="stable").tolist()
    values = []
    for label, runs in answers.items():
        labels = runs[0][1]
        for member in (each for each in order if (labels == each).any()):
            table = study.scores[label][:, labels == member]
            low, high = accuracy_interval(table) if table.shape[1] > 1 else (float(table.min()), float(table.max()))
            values.append({
                "class": f"{names[member]} ({images[member]:,})", "contender": label, "value": float(table.mean()),
                "low": low, "high": high,
            })  # fmt: skip
    chosen = colours(study.design.contenders, study.design.points)
    y = alt.Y(
        "class:N",
        title=f"class (training {study.design.to_learn.examples})",
        sort=[f"{names[m]} ({images[m]:,})" for m in order],
        axis=alt.Axis(labelLimit=140, titleAngle=0, titleAlign="right", titleX=-6, titleY=-12),
    )
    offset = alt.YOffset("contender:N", sort=list(chosen))
    colour = alt.Color(
        "contender:N",
        scale=alt.Scale(domain=list(chosen), range=list(chosen.values())),
        legend=alt.Legend(title=None, orient="top", labelLimit=WIDTH, symbolType="circle", symbolOpacity=1, columns=3),
    )
    title, axis = f"recall (% of the class's test {study.design.to_learn.examples})", alt.Axis(format="~%")
    rule = chart_of(values).mark_rule(size=2.5, opacity=0.5).encode(
        x=alt.X("low:Q", title=title, axis=axis, scale=alt.Scale(zero=False, nice=True)), x2="high:Q", y=y,
        yOffset=offset, color=colour,
    )  # fmt: skip
    dot = chart_of(values).mark_circle(size=45, opacity=1).encode(
        x=alt.X("value:Q", title=title), y=y, yOffset=offset, color=colour
    )  # fmt: skip
    height = alt.Step(max(16, 9 * len(answers)), **{"for": "position"})
    return alt.layer(rule, dot).properties(width=WIDTH - 130, height=height)
