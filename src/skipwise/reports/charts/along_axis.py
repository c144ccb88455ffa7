"""A value along a measured axis: a thick line for each network, its seeds as thin ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from jaxtyping import Float

from skipwise.reports.charts.charts import WIDTH, Chart, chart_of, line_colour

Tables = Mapping[str, Float[np.ndarray, "seeds points"]]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Axis titles, and whether values are on a logarithmic scale."""

    x: str
    y: str
    logarithmic: bool = False


def along_line(tables: Tables, at: Sequence[float], measured: Measured, colours: Mapping[str, str]) -> Chart:
    """Draw the means of seeds over `at`, each network in its colour; values that are not finite are left out."""
    x = alt.X("at:Q", title=measured.x, scale=alt.Scale(nice=False), axis=alt.Axis(grid=False, format="~g"))
    scale = alt.Scale(type="log", nice=False, padding=8) if measured.logarithmic else alt.Scale(zero=False, nice=True)
    y = alt.Y("value:Q", title=measured.y, scale=scale, axis=alt.Axis(format="~g"))
    colour = line_colour("network:N", colours, tables)
    seeds = [
        {"network": label, "seed": seed, "at": place, "value": float(value)}
        for label, table in tables.items()
        for seed, row in enumerate(table)
        for place, value in zip(at, row, strict=True)
        if _drawable(value, measured)
    ]
    means = [
        {"network": label, "at": place, "value": float(value)}
        for label, table in tables.items()
        for place, value in zip(at, _mean(table, measured), strict=True)
        if _drawable(value, measured)
    ]
    layers = [
        chart_of(seeds).mark_line(size=1, opacity=0.35).encode(x=x, y=y, color=colour, detail="seed:N"),
        chart_of(means).mark_line(size=2.5).encode(x=x, y=y, color=colour),
    ]
    return alt.layer(*layers).properties(width=WIDTH - 70, height=220)


def _drawable(value: float, measured: Measured) -> bool:
    return bool(np.isfinite(value) and (value > 0 or not measured.logarithmic))


def _mean(table: Float[np.ndarray, "seeds points"], measured: Measured) -> Float[np.ndarray, "points"]:
    """Geometric where values stand in factors."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(np.log(table).mean(0)) if measured.logarithmic else table.mean(0))
