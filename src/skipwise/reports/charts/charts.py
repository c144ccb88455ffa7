"""Shared parts of all charts: width, data, axes, and one colour for each series."""

from collections.abc import Collection, Mapping
from math import isfinite
from typing import Any

import altair as alt

from skipwise.reports.charts.palette import series_colours

WIDTH = 380
"""Of a chart in px: a phone shows it at its own size."""
LEGEND_COLUMNS = 3
"""Names in a row of a legend: more would make the picture wider than its plot."""

FEW_TICKS = 10
"""Of an axis that counts: so many are all marked."""

Chart = alt.LayerChart | alt.Chart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart


def chart_of(values: list[dict[str, Any]]) -> alt.Chart:
    """A chart whose data lie in the chart itself; what is not finite is not drawn."""
    drawn = [
        {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in row.items()}
        for row in values
    ]
    return alt.Chart(alt.InlineData(values=drawn))


def counting_axis(last: int, *, grid: bool = False) -> alt.Axis:
    """An axis of whole numbers from 1 on, which is never marked between them."""
    few = list(range(1, last + 1)) if last <= FEW_TICKS else alt.Undefined
    return alt.Axis(format="d", tickMinStep=1, values=few, grid=grid)


def series_colour(series: list[str]) -> alt.Color:
    """Plain series orange, the first other one blue, and what follows in the other colours."""
    chosen = series_colours(series)
    return alt.Color(
        "series:N",
        scale=alt.Scale(domain=list(chosen), range=list(chosen.values())),
        legend=alt.Legend(
            title=None, orient="top", labelLimit=WIDTH, symbolType="circle", symbolOpacity=1, columns=LEGEND_COLUMNS
        ),
    )


def line_colour(field: str, colours: Mapping[str, str], drawn: Collection[str]) -> alt.Color:
    """The colour of each network that is drawn, with lines in the legend."""
    shown = [label for label in colours if label in drawn]
    return alt.Color(
        field,
        scale=alt.Scale(domain=shown, range=[colours[label] for label in shown]),
        legend=alt.Legend(
            title=None, orient="top", labelLimit=WIDTH, symbolType="stroke", symbolOpacity=1, columns=LEGEND_COLUMNS
        ),
    )


def lines(
    values: dict[str, Any],
    x_title: str,
    y_title: str,
    series: list[str],
    *,
    logarithmic: bool = False,
    logarithmic_values: bool = False,
    fitted: list[dict[str, Any]] | None = None,
) -> Chart:
    """Means joined by lines, their intervals, and single seeds as dots."""
    scale = alt.Scale(type="log", nice=False, padding=12) if logarithmic else alt.Scale(zero=False, padding=12)
    ticks = sorted({point["at"] for point in values["means"]})
    x = alt.X(
        "at:Q", title=x_title, scale=scale, axis=alt.Axis(values=ticks, grid=False, format=",d", labelOverlap=True)
    )
    y_scale = alt.Scale(type="log", nice=False, padding=8) if logarithmic_values else alt.Scale(zero=False, nice=True)
    y = alt.Y("value:Q", title=y_title, scale=y_scale, axis=alt.Axis(format="~%"))
    colour = series_colour(series)
    dots = chart_of(values["seeds"]).mark_circle(size=22, opacity=0.45).encode(x=x, y=y, color=colour)
    rules = (
        chart_of(values["means"])
        .mark_rule(size=2.5, opacity=0.55)
        .encode(x=x, y=alt.Y("low:Q", title=y_title, scale=y_scale), y2="high:Q", color=colour)
    )
    layers = [dots, rules]
    if fitted:
        layers.append(
            chart_of(fitted).mark_line(size=1.5, strokeDash=[5, 4]).encode(x=x, y=y, color=colour, detail="series:N")
        )
        layers.append(
            chart_of(values["means"]).mark_point(size=60, filled=True, opacity=1).encode(x=x, y=y, color=colour)
        )
    else:
        layers.append(chart_of(values["means"]).mark_line(size=2.5, point=True).encode(x=x, y=y, color=colour))
    return alt.layer(*layers).properties(width=WIDTH - 50, height=250)
