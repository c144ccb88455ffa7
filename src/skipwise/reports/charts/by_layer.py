"""A value by layer, from input to output: a line for each network, its seeds as dots."""

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import numpy as np
from jaxtyping import Float

from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, counting_axis, line_colour

Tables = Mapping[str, Float[np.ndarray, "seeds places"]]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Axis titles. `logarithmic`: a log scale, and means are geometric; `percent`: values are shown as percentages."""

    places: str
    values: str
    logarithmic: bool = False
    percent: bool = False


def by_place(tables: Tables, axes: Axes, colours: Mapping[str, str], whole: Mapping[str, float] | None = None) -> Chart:
    """Draw each network in its colour; `whole` are values of intact networks, drawn as dashed lines."""
    dots = _points(
        {(label, seed): row for label, table in tables.items() for seed, row in enumerate(table)},
        logarithmic=axes.logarithmic,
    )
    means = _points({(label, 0): _mean(table, axes) for label, table in tables.items()}, logarithmic=axes.logarithmic)
    most = max(table.shape[1] for table in tables.values())
    x = alt.X(
        "place:Q",
        title=axes.places,
        scale=alt.Scale(domain=[1, most], nice=False, padding=8),
        axis=counting_axis(most),
    )
    scale = alt.Scale(type="log", nice=False, padding=8) if axes.logarithmic else alt.Scale(zero=False, nice=True)
    y = alt.Y("value:Q", title=axes.values, scale=scale, axis=alt.Axis(format="~%" if axes.percent else "~g"))
    colour = line_colour("network:N", colours, tables)
    layers = [
        chart_of(dots).mark_circle(size=14, opacity=0.4).encode(x=x, y=y, color=colour),
        chart_of(means)
        .mark_line(size=2.5, point=alt.OverlayMarkDef(size=20, filled=True))
        .encode(x=x, y=y, color=colour),
    ]
    if whole:
        across = [{"network": label, "value": value} for label, value in whole.items()]
        layers.append(chart_of(across).mark_rule(strokeDash=[5, 4], size=1.5).encode(y=y, color=colour))
    return alt.layer(*layers).properties(width=WIDTH - 70, height=240)


def _points(
    rows: Mapping[tuple[str, int], Float[np.ndarray, "places"]], *, logarithmic: bool
) -> list[dict[str, object]]:
    """Return the points that can be drawn: finite ones, and on a log scale those above zero."""
    return [
        {"network": label, "place": place, "value": value}
        for (label, _), row in rows.items()
        for place, value in enumerate(row.tolist(), start=1)
        if np.isfinite(value) and (value > 0 or not logarithmic)
    ]


def _mean(table: Float[np.ndarray, "seeds places"], axes: Axes) -> Float[np.ndarray, "places"]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(np.log(table).mean(0)) if axes.logarithmic else table.mean(0))
