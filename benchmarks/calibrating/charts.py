"""The results as pictures, `statistics-*.svg`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt

from calibrating.tables import Results
from skipwise.reports.charts.charts import Chart, chart_of
from skipwise.reports.charts.palette import BLUE, ORANGE, OTHERS

WIDTH, HEIGHT = 420, 240
SIZES = [f"{seeds} seeds, {images:,} images" for images in (300, 1_000) for seeds in (3, 5, 10)]
Row = dict[str, Any]


def draw(results: Results, folder: Path) -> None:
    """Write each picture there are results for."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    for name, (begins, chart) in CHARTS.items():
        rows = [row for figure, rows in results.items() if figure.startswith(begins) for row in rows]
        if rows:
            svg = vl_convert.vegalite_to_svg(chart(rows).to_json())
            (folder / f"statistics-{name}.svg").write_text(svg)


def _colour(names: list[str]) -> alt.Color:
    """Plain contenders orange and pink, residual ones blue and light blue, anything else in the other colours."""
    plain, residual, rest = [ORANGE, OTHERS[2], OTHERS[1]], [BLUE, OTHERS[3]], [OTHERS[0], "#000000", OTHERS[1]]
    chosen = []
    for name in names:
        shades = (
            plain if name.startswith("plain") and "and" not in name else residual if name.startswith("resnet") else rest
        )
        chosen.append(shades.pop(0))
    legend = alt.Legend(title=None, orient="top", columns=3, labelLimit=300)
    return alt.Color("who:N", scale=alt.Scale(domain=names, range=chosen), legend=legend)


def _by_size(rows: list[Row], title: str, target: float, allowed: tuple[float, float], lowest: float) -> Chart:
    """A dot for each share with two standard errors to either side, over the band that was promised."""
    points = [
        {
            "who": row["contender"],
            "size": f"{row['seeds']} seeds, {row['images']:,} images",
            "value": row["share"],
            "low": max(lowest, row["share"] - 2 * row["error"]),
            "high": row["share"] + 2 * row["error"],
        }
        for row in rows
    ]
    names = list(dict.fromkeys(point["who"] for point in points))
    y_scale = alt.Scale(zero=False, domainMin=lowest)
    y = alt.Y("value:Q", title=title, scale=y_scale, axis=alt.Axis(format="~%"))
    x = alt.X("size:N", sort=SIZES, title="size of the study (seeds of each contender, test images)")
    x = x.axis(labelAngle=-30, labelLimit=200)
    offset = alt.XOffset("who:N", sort=names)
    base = chart_of(points)
    band = chart_of([{"low": allowed[0], "high": allowed[1]}]).mark_rect(color="#009E73", opacity=0.13)
    line = chart_of([{"value": target}]).mark_rule(color="#555555", strokeDash=[5, 4])
    return alt.layer(
        band.encode(y=alt.Y("low:Q", title=title, scale=y_scale), y2="high:Q"),
        line.encode(y=y),
        base.mark_rule(size=2).encode(x=x, xOffset=offset, y=alt.Y("low:Q", title=title), y2="high:Q", color=_colour(names)),
        base.mark_circle(size=45, opacity=1).encode(x=x, xOffset=offset, y=y, color=_colour(names)),
    ).properties(width=WIDTH, height=HEIGHT)  # fmt: skip


def _false(rows: list[Row]) -> Chart:
    return _by_size(rows, "false verdicts (%)", 0.05, (0.0, 0.05), 0.0)


def _coverage(rows: list[Row]) -> Chart:
    return _by_size(rows, "coverage of 95 % intervals (%)", 0.95, (0.94, 0.96), 0.88)


def _power(rows: list[Row]) -> Chart:
    """Measured against foretold; the band is five points to either side."""
    points = [
        {
            "who": row["contender"],
            "theory": row["theory"],
            "value": row["share"],
            "low": row["share"] - 2 * row["error"],
            "high": row["share"] + 2 * row["error"],
            "seeds": f"{row['seeds']} seeds",
        }
        for row in rows
    ]
    names = list(dict.fromkeys(point["who"] for point in points))
    x = alt.X("theory:Q", title="power by theory (%)", axis=alt.Axis(format="~%"))
    words = "studies that found it (%)"
    y = alt.Y("value:Q", title=words, axis=alt.Axis(format="~%"))
    ends = [{"theory": at, "low": at - 0.05, "high": at + 0.05, "value": at} for at in (0.2, 1.0)]
    band = (
        chart_of(ends).mark_area(color="#009E73", opacity=0.13).encode(x=x, y=alt.Y("low:Q", title=words), y2="high:Q")
    )
    line = chart_of(ends).mark_line(color="#555555", strokeDash=[5, 4], size=1).encode(x=x, y=y)
    base, colour = chart_of(points), _colour(names)
    order = ["3 seeds", "5 seeds", "10 seeds"]
    bars = base.mark_rule(size=2).encode(x=x, y=alt.Y("low:Q", title=words), y2="high:Q", color=colour)
    shape = alt.Shape("seeds:N", sort=order, legend=alt.Legend(title=None, orient="right"))
    dots = base.mark_point(size=50, filled=True, opacity=0.9).encode(x=x, y=y, color=colour, shape=shape)
    return alt.layer(band, line, bars, dots).properties(width=WIDTH, height=HEIGHT)


def _equivalent(rows: list[Row]) -> Chart:
    """False claims by the rate of collapses; dashed, the chance that no collapse is among the runs."""
    points = [
        {**row, "who": f"{row['seeds']} seeds", "low": row["share"] - 2 * row["error"], "high": row["share"] + 2 * row["error"]}
        for row in rows
        if row["margin"] == max(row["margin"] for row in rows)
    ]  # fmt: skip
    names = list(dict.fromkeys(point["who"] for point in points))
    x = alt.X("rate:Q", title="runs of the contender that collapse (%)", axis=alt.Axis(format="~%"))
    words = "'equivalent', falsely (%)"
    y = alt.Y("share:Q", title=words, axis=alt.Axis(format="~%"))
    base, colour = chart_of(points), _colour(names)
    return alt.layer(
        base.mark_line(strokeDash=[5, 4]).encode(x=x, y=alt.Y("bound:Q", title=words), color=colour),
        base.mark_rule(size=2).encode(x=x, y=alt.Y("low:Q", title=words), y2="high:Q", color=colour),
        base.mark_line(point=True, size=2).encode(x=x, y=y, color=colour),
    ).properties(width=WIDTH, height=HEIGHT)


def _saved(rows: list[Row]) -> Chart:
    """Runs saved and right claims by the size of the effect."""
    points = [
        {"who": f"{words}, {row['pool']}", "units": row["units"], "value": row[name], **_reach(row, name)}
        for row in rows
        if not row["own"]
        for words, name in (("runs saved", "saved"), ("right claims", "right"))
    ]
    names = list(dict.fromkeys(point["who"] for point in points))
    x = alt.X("units:Q", title="true difference (standard errors that 10 seeds would have)")
    title = "runs saved; studies with the right claim (%)"
    y = alt.Y("value:Q", title=title, axis=alt.Axis(format="~%"))
    base, colour = chart_of(points), _series(names)
    bars = base.mark_rule(size=2).encode(x=x, y=alt.Y("low:Q", title=title), y2="high:Q", color=colour)
    curves = base.mark_line(point=True, size=2).encode(x=x, y=y, color=colour)
    return alt.layer(bars, curves).properties(width=WIDTH, height=HEIGHT)


def _reach(row: Row, name: str) -> dict[str, float]:
    """Two standard errors to either side of a share of studies; of runs saved the mean is all there is."""
    error = 2 * row["error"] if name == "right" else 0.0
    return {"low": row[name] - error, "high": min(1.0, row[name] + error)}


def _series(names: list[str]) -> alt.Color:
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=300)
    return alt.Color("who:N", scale=alt.Scale(domain=names, range=[BLUE, ORANGE, *OTHERS]), legend=legend)


CHARTS: dict[str, tuple[str, Callable[[list[Row]], Chart]]] = {
    "false-verdicts": ("false-", _false),
    "coverage": ("coverage-", _coverage),
    "accuracy": ("accuracy-", _coverage),
    "power": ("power-", _power),
    "equivalent": ("equivalent-rare", _equivalent),
    "auto": ("auto-power-", _saved),
}
