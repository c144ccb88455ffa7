"""Average precision by size and class, detection counts, and precision-recall curves."""

from functools import lru_cache

import altair as alt

from skipwise.analysis.scores.detection import (
    bootstrapped_difference,
    found_on_average,
    mean_curve,
    scores_by_size_and_class,
)
from skipwise.reports.charts.charts import WIDTH, chart_of
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import interval_words, percent, points
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study
from skipwise.tasks import Predictions
from skipwise.tasks.average_precision import Matches, match

CURVES = (0.5, 0.75)
"""Intersections over union at which precision is drawn against recall."""
MOST_CLASSES = 20


def detection_scores_section(study: Study) -> ReportSection:
    """Return the section with COCO's scores by size and class, and the two-way bootstrap beside the verdict."""
    classes = study.manifest.classes
    tables = {label: scores_by_size_and_class(runs, classes) for label, runs in answers_by_contender(study).items()}
    names = [name for name in next(iter(tables.values())) if len(classes) <= MOST_CLASSES or "class" not in name]
    matches = _matches(study)
    reference = next(iter(matches))
    beside = {
        label: bootstrapped_difference(runs, matches[reference])
        for label, runs in matches.items()
        if label != reference
    }
    said = "; ".join(f"{label} {interval_words(interval, points)}" for label, interval in beside.items())
    return ReportSection(
        name="detection_scores",
        title="Average precision by size and class",
        lead="Mean average precision (mAP) as COCO defines it, the mean over seeds: over IoU thresholds of .50 to "
        ".95, at .50, at .75; of small objects (below 32x32 px), medium ones (up to 96x96 px) and large ones; and of "
        "each class.",
        columns=("score", *tables),
        rows=[
            (name, *("-" if (value := table[name]) is None else percent(value) for table in tables.values()))
            for name in names
        ],
        note="The verdict is a crossed t on each image's influence on mAP (the infinitesimal jackknife). "
        + (f"Beside it, as a check, the two-way bootstrap over seeds and images, in points above {reference}: {said}." * bool(said)),
        numbers={"scores": tables, "bootstrap": beside},
    )  # fmt: skip


def detections_section(study: Study) -> ReportSection:
    """Return the section with true positives, misses and false positives, and precision-recall curves."""
    matches = _matches(study)
    counts = {label: found_on_average(runs, matches[label]) for label, runs in answers_by_contender(study).items()}
    return ReportSection(
        name="detections",
        title="Detections and precision-recall curves",
        lead="Counts at a score of at least .5 and an intersection over union (IoU) of at least .5, the mean over "
        "seeds. A false positive of the wrong class lies on an object of another class. The curves are means over "
        "classes and seeds.",
        columns=("contender", "true positives", "missed objects", "false positives", "of these: wrong class"),
        rows=[
            (label, *(f"{number:.1f}" for number in (one.found, one.missed, one.false, one.wrong_class)))
            for label, one in counts.items()
        ],
        charts=[_curves(study, matches, iou) for iou in CURVES],
        numbers={label: vars(one) for label, one in counts.items()},
    )


def answers_by_contender(study: Study) -> dict[str, list[Predictions]]:
    """Return the detections of the runs of each contender in the test images."""
    return {label: [result.predictions() for result in results] for label, results in study.results.items()}


@lru_cache(maxsize=1)
def _matches(study: Study) -> dict[str, list[Matches]]:
    """Return these detections matched to the objects: several parts of a report ask, and it takes the most of their
    time.
    """
    classes = len(study.manifest.classes)
    return {label: [match(run, classes) for run in runs] for label, runs in answers_by_contender(study).items()}


def _curves(study: Study, matches: dict[str, list[Matches]], iou: float) -> alt.Chart:
    """Precision at each recall, the mean over classes and seeds."""
    values = [
        {"contender": label, "recall": number / 100, "precision": float(precision)}
        for label, runs in matches.items()
        for number, precision in enumerate(mean_curve(runs, iou))
    ]
    chosen = colours(study.design.contenders, study.design.points)
    colour = alt.Color(
        "contender:N",
        scale=alt.Scale(domain=list(chosen), range=list(chosen.values())),
        legend=alt.Legend(title=None, orient="top", labelLimit=WIDTH, symbolType="stroke"),
    )
    x = alt.X("recall:Q", title="recall (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("precision:Q", title="precision (%)", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))  # fmt: skip
    chart: alt.Chart = chart_of(values).mark_line(size=2.5).encode(x=x, y=y, color=colour)
    return chart.properties(width=WIDTH - 70, height=240, title=f"IoU at least {iou:g}")
