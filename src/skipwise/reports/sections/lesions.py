"""What networks lose with a block, along the networks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import percent
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study


def lesions_section(study: Study, found: Mapping[str, Sequence[Any]]) -> ReportSection:
    """The error without each block, and with neighbours exchanged."""
    score = study.design.to_learn.score_name
    whole = {label: float(np.mean([1 - run["whole"] for run in runs])) for label, runs in found.items()}
    chosen = colours(study.design.contenders, study.design.points)
    removed, exchanged = _errors(found, "removed"), _errors(found, "exchanged")
    charts = [
        by_place(
            tables, Axes(places="block from input to answer", values=f"error, 1 - {score} (%)", percent=True),
            chosen, whole,
        ).properties(title=title)
        for tables, title in (
            (removed, "without one block"),
            (exchanged, "one block and the next in each other's place"),
        )
        if tables
    ]  # fmt: skip
    return ReportSection(
        name="lesions",
        title="What they lose with a block",
        lead=f"1 - {score} on test examples when the branch of one block gives zero, and when two neighbours of a stage change "
        "places (Veit et al. 2016); nothing is trained again, the dashed lines are the whole networks. In a plain network what "
        "comes to a removed block goes round it. Mild losses mean that no single block is needed, as in many networks of "
        "different depths added up; that shallower ones were as good this does not prove.",
        columns=("contender", "whole", "without a block", "at worst", "with two exchanged"),
        rows=[
            (
                label,
                percent(whole[label]),
                percent(removed[label].mean()) if label in removed else "-",
                percent(removed[label].mean(0).max()) if label in removed else "-",
                percent(np.nanmean(exchanged[label])) if label in exchanged else "-",
            )
            for label in found
        ],
        charts=charts,
        numbers=found,
    )


def _errors(found: Mapping[str, Sequence[Any]], name: str) -> dict[str, Float[np.ndarray, "seeds places"]]:
    """At each block, nan where it cannot be hurt so; of the contenders that have such lesions."""
    return {
        label: np.array([[1 - run[name].get(place, np.nan) for place in run["removed"]] for run in runs])
        for label, runs in found.items()
        if runs[0][name]
    }
