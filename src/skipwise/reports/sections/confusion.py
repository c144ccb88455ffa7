"""Confusion matrices: how often each true class gets each predicted class."""

import altair as alt

from skipwise.analysis.scores.confusion import answers_of, confusion_counts
from skipwise.reports.charts.charts import WIDTH, Chart, chart_of
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study


def confusion_section(study: Study) -> ReportSection:
    """Return the section with a confusion matrix for each contender, all seeds together."""
    return ReportSection(
        name="confusion",
        title="Confusion matrix",
        lead=f"A row shows what fraction of the test {study.design.to_learn.examples} of one true class gets each "
        "predicted class, all seeds together. The diagonal holds the recall of each class.",
        charts=[confusion(study, contender.label) for contender in study.design.contenders],
    )


def confusion(study: Study, label: str) -> Chart:
    """Draw the fraction of each true class (a row) that gets each predicted class; all seeds together."""
    classes = study.manifest.classes
    counts = confusion_counts([answers_of(result) for result in study.results[label]], len(classes))
    fractions = counts / counts.sum(1, keepdims=True).clip(min=1)
    values = [
        {"truth": truth, "predicted": predicted, "fraction": float(fractions[i, j])}
        for i, truth in enumerate(classes)
        for j, predicted in enumerate(classes)
    ]
    axis = alt.Axis(labelLimit=90, labelOverlap=True)
    x = alt.X("predicted:N", title="predicted class", sort=list(classes), axis=alt.Axis(labelAngle=-90, labelLimit=90))
    y = alt.Y("truth:N", title="true class", sort=list(classes), axis=axis)
    base = chart_of(values).properties(title=label).encode(x=x, y=y)
    colour = alt.Color(
        "fraction:Q",
        title="fraction of the true class (%)",
        scale=alt.Scale(domain=[0, 1], scheme="greys"),
        legend=alt.Legend(orient="bottom", format="%", gradientLength=160),
    )
    chart: alt.Chart = base.mark_rect().encode(color=colour)
    side = WIDTH - 100
    if len(classes) > 12:
        return alt.layer(chart).properties(width=side, height=side)
    numbers = base.mark_text(fontSize=9).transform_filter("datum.fraction >= 0.005").encode(
        text=alt.Text("fraction:Q", format=".0%"),
        color=alt.condition("datum.fraction > 0.5", alt.value("white"), alt.value("black")),
    )  # fmt: skip
    return alt.layer(chart, numbers).properties(width=side, height=side)
