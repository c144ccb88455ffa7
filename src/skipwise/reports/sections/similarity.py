"""Representation similarity (CKA) between the layers of contenders."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from skipwise.analysis.inside.similarity import Similarity
from skipwise.analysis.inside.trained import inspected_seeds
from skipwise.reports.charts.charts import Chart, chart_of, counting_axis
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

SIDE = 260
"""Of a table, in px."""


def similarity_section(study: Study, found: Similarity) -> ReportSection:
    """Return the section with a heat map for each contender against the first one, of the first seed."""
    first, tables = found.first, {label: np.array(one.table) for label, one in found.against.items()}
    return ReportSection(
        name="similarity",
        title="Representation similarity (CKA)",
        lead="Linear centred kernel alignment (CKA; Kornblith et al. 2019) between the outputs of each layer of "
        f"{first} and each layer of another contender, over test examples, seed {inspected_seeds(study)[0]}. A value "
        "of 1 means equal representations up to a rotation and a factor, 0 means no more similarity than chance "
        "gives. CKA is dominated by the examples that differ most. It does not say which of two layers is better.",
        columns=("contender", "mean at the same layer", "first block", "last block", "last layer", "mean of all pairs"),
        rows=[(label, *_same(table, found.places), f"{table.mean():.2f}") for label, table in tables.items()],
        note="" if all(len(set(table.shape)) == 1 for table in tables.values()) else "-: networks of different depths have no corresponding layers.",
        charts=[_heat(table.tolist(), first, label) for label, table in tables.items()],
        numbers=found,
    )  # fmt: skip


def _same(table: np.ndarray, places: Sequence[str]) -> tuple[str, ...]:
    """Return the diagonal's mean, its value at the first and the last block, and at the last layer."""
    blocks = [number for number, place in enumerate(places) if place.startswith("stage")]
    if table.shape[0] != table.shape[1] or len(table) < 4:
        return "-", "-", "-", "-"
    same = table.diagonal()
    return tuple(f"{value:.2f}" for value in (same.mean(), same[blocks[0]], same[blocks[-1]], same[-1]))


def _heat(table: Sequence[Sequence[float]], first: str, other: str) -> Chart:
    fields = [
        {"left": x - 0.5, "right": x + 0.5, "low": y - 0.5, "high": y + 0.5, "cka": value}
        for y, row in enumerate(table, start=1)
        for x, value in enumerate(row, start=1)
    ]

    def axis(title: str, most: int) -> dict[str, Any]:
        return {
            "title": f"layer of {title}, from input to output",
            "scale": alt.Scale(domain=[0.5, most + 0.5], nice=False),
            "axis": counting_axis(most),
        }

    scheme = alt.Scale(scheme="viridis", domain=[0, 1])
    chart: Chart = (
        chart_of(fields)
        .mark_rect(strokeWidth=1)
        .encode(
            x=alt.X("left:Q", **axis(other, len(table[0]))),
            x2="right:Q",
            y=alt.Y("low:Q", **axis(first, len(table))),
            y2="high:Q",
            stroke=alt.Stroke("cka:Q", scale=scheme, legend=None),  # or white lines would stand between the fields
            color=alt.Color(
                "cka:Q",
                scale=scheme,
                legend=alt.Legend(title="CKA"),
            ),
        )
        .properties(width=SIDE, height=SIDE, title=f"{first} and {other}")
    )
    return chart
