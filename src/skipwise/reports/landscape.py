"""The loss round what was learned, over two directions, all contenders on one scale."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from skipwise.reports.charts import Chart, chart_of
from skipwise.reports.part import Part
from skipwise.studies import Study

SIDE = 250
"""Of a picture, in px."""
TITLE = "The loss around them"
NEAR = 10.0
"""How many times the highest loss at a cross still counts as a valley."""


def landscape_part(study: Study, found: Mapping[str, Any]) -> Part:
    """A picture for each contender, of the first seed."""
    at, surfaces = found["at"], {label: np.array(rows, float) for label, rows in found["loss"].items()}
    middle = len(at) // 2
    surfaces = {label: table for label, table in surfaces.items() if np.isfinite(table[middle, middle])}
    if not surfaces:
        return Part(name="landscape", title=TITLE, note="No loss is finite where training came to rest.")
    finite = np.concatenate([table[np.isfinite(table) & (table > 0)] for table in surfaces.values()])
    limits = (float(finite.min()), float(finite.max()))
    bound = NEAR * max(table[middle, middle] for table in surfaces.values())
    return Part(
        name="landscape",
        title=TITLE,
        lead="The loss on training examples when all filters move in two random directions, each by a share of its own norm (Li et al. "
        f"2018); seed {study.seeds[0]}, the cross is what was learned, colours stand for the same loss in all pictures. Two directions "
        "out of many thousands are seen: a smooth valley here does not prove that there is no ridge elsewhere.",
        columns=("contender", "loss at the cross", "median loss", "largest loss", f"share below {bound:.2g}"),
        rows=[
            (
                label,
                f"{table[middle, middle]:.3g}",
                f"{np.nanmedian(table):.3g}",
                f"{np.nanmax(table):.3g}",
                f"{100 * np.mean(table < bound):.0f} %",
            )
            for label, table in surfaces.items()
        ],
        note=f"The last column is the share of the square whose loss is below {NEAR:g} times the highest loss at a cross.",
        charts=[_picture(table.tolist(), at, limits).properties(title=label) for label, table in surfaces.items()],
        numbers=found,
    )  # fmt: skip


def _picture(table: Sequence[Sequence[float]], at: Sequence[float], limits: tuple[float, float]) -> Chart:
    """A field for each point, in colours by the loss's logarithm."""
    half = (at[1] - at[0]) / 2
    fields = [
        {"left": x - half, "right": x + half, "low": y - half, "high": y + half, "loss": loss}
        for y, row in zip(at, table, strict=True)
        for x, loss in zip(at, row, strict=True)
        if np.isfinite(loss) and loss > 0
    ]
    scale, ticks = alt.Scale(domain=[-1 - half, 1 + half], nice=False), [-1, -0.5, 0, 0.5, 1]
    x = alt.X("left:Q", title="first direction", scale=scale, axis=alt.Axis(values=ticks, grid=False))
    y = alt.Y("low:Q", title="second direction", scale=scale, axis=alt.Axis(values=ticks, grid=False))
    scheme = alt.Scale(type="log", scheme="viridis", domain=list(limits))
    colour = alt.Color(
        "loss:Q",
        scale=scheme,
        legend=alt.Legend(title="loss", format="~g"),
    )
    edge = alt.Stroke("loss:Q", scale=scheme, legend=None)  # or white lines would stand between the fields
    layers = [
        chart_of(fields)
        .mark_rect(strokeWidth=1)
        .encode(x=x, x2="right:Q", y=y, y2="high:Q", color=colour, stroke=edge),
        chart_of([{"left": 0, "low": 0}])
        .mark_point(shape="cross", size=60, color="white", filled=True)
        .encode(x=x, y=y),
    ]
    return alt.layer(*layers).properties(width=SIDE, height=SIDE)
