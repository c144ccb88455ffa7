"""Layer responses: the standard deviation of each layer's output, along the networks."""

from collections.abc import Mapping, Sequence

import numpy as np

from skipwise.reports.charts.by_layer import Axes, by_place
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study


def responses_section(study: Study, found: Mapping[str, Sequence[Mapping[str, float]]]) -> ReportSection:
    """Return the section with the standard deviation of each layer's response."""
    tables = {label: np.array([list(run.values()) for run in runs]) for label, runs in found.items()}
    axes = Axes(places="layer, from input to output", values="standard deviation of the response")
    return ReportSection(
        name="responses",
        title="Layer responses",
        lead="A layer's response is the output of its convolution after normalisation, before activation and "
        "addition. The figure shows its standard deviation on test examples (He et al. 2015, Fig. 7); seeds are dots. "
        "Smaller responses with shortcuts mean that each layer changes its input less. This does not prove that "
        "smaller responses make a network better.",
        columns=("contender", "mean response", "smallest", "largest"),
        rows=[
            (label, *(f"{value:.2f}" for value in (table.mean(), table.mean(0).min(), table.mean(0).max())))
            for label, table in tables.items()
        ],
        charts=[by_place(tables, axes, colours(study.design.contenders, study.design.points))],
        numbers={label: {"layers": list(runs[0]), "by_seed": tables[label].tolist()} for label, runs in found.items()},
    )
