"""Lesion study: the error after removing one block, or exchanging two, along the networks."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from skipwise.analysis.inside.lesions import Lesions
from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.palette import colours
from skipwise.reports.format import percent
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study


def lesions_section(study: Study, found: Mapping[str, Sequence[Lesions]]) -> ReportSection:
    """Return the section with the error after removing each block, and after exchanging neighbours."""
    score = study.design.to_learn.score_name
    whole = {label: float(np.mean([1 - run.whole for run in runs])) for label, runs in found.items()}
    chosen = colours(study.design.contenders, study.design.points)
    removed = _errors(found, lambda run: run.removed)
    exchanged = _errors(found, lambda run: run.exchanged)
    charts = [
        by_place(
            tables, Axes(places="block, from input to output", values=f"error, 1 - {score} (%)", percent=True),
            chosen, whole,
        ).properties(title=title)
        for tables, title in (
            (removed, "one block removed"),
            (exchanged, "one block exchanged with the next"),
        )
        if tables
    ]  # fmt: skip
    return ReportSection(
        name="lesions",
        title="Lesion study: error after removing one block",
        lead=f"The figures show the test error, 1 - {score}, after the branch of one block is set to zero, and after "
        "two neighbouring blocks of a stage change places (Veit et al. 2016). Nothing is trained again; the dashed "
        "lines are the intact networks. In a plain network the input of a removed block bypasses it. A small rise of "
        "the error means that no single block is essential, as in an ensemble of shallower networks. This does not "
        "prove that a shallower network would be as good.",
        columns=("contender", "intact network", "one block removed", "worst block removed", "two exchanged"),
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


def _errors(
    found: Mapping[str, Sequence[Lesions]], scores_of: Callable[[Lesions], Mapping[str, float]]
) -> dict[str, Float[np.ndarray, "seeds places"]]:
    """Return the error at each block, nan where this lesion is impossible; of the contenders that have such lesions."""
    return {
        label: np.array([[1 - scores_of(run).get(place, np.nan) for place in run.removed] for run in runs])
        for label, runs in found.items()
        if scores_of(runs[0])
    }
