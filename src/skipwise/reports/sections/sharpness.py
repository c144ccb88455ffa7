"""Sharpness: the loss along a random direction, and the top eigenvalue of its Hessian."""

from collections.abc import Mapping, Sequence

import numpy as np

from skipwise.analysis.inside.sharpness import Sharpness
from skipwise.reports.charts.along_axis import Measured, along_line
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

DIRECTION = "step along a random direction (in filter norms)"


def sharpness_section(study: Study, found: Mapping[str, Sequence[Sharpness]]) -> ReportSection:
    """Return the section with the loss along a line, and the top Hessian eigenvalue of each seed."""
    tables = {label: np.array([run.curve.loss for run in runs], float) for label, runs in found.items()}
    at = next(iter(found.values()))[0].curve.at
    middle = len(at) // 2
    measured = Measured(x=DIRECTION, y="loss on training examples", logarithmic=True)
    not_converged = [
        f"{label} after {run.iterations}" for label, runs in found.items() for run in runs if not run.converged
    ]
    return ReportSection(
        name="sharpness",
        title="Sharpness (top Hessian eigenvalue)",
        lead="The figure shows the loss on training examples when all filters move along one random direction, each "
        "in proportion to its own norm (Li et al. 2018). The table adds the Hessian eigenvalue of largest magnitude "
        "at the trained weights: a large one means a sharp minimum. Scaling normalised weights up leaves the network "
        "the same and makes the eigenvalue smaller, so a flat minimum does not prove that a network generalises "
        "better.",
        columns=("contender", "loss", "top eigenvalue", "smallest seed", "largest seed", "loss half a filter norm away", "examples"),
        rows=[
            (
                label,
                f"{tables[label][:, middle].mean():.3g}",
                *(f"{take([run.eigenvalue for run in runs]):.3g}" for take in (np.mean, np.min, np.max)),
                f"{(tables[label][:, middle // 2].mean() + tables[label][:, middle + middle // 2].mean()) / 2:.3g}",
                f"{runs[0].examples}",
            )
            for label, runs in found.items()
        ],
        note=f"Power iteration had not converged: {', '.join(not_converged)} iterations." if not_converged else "",
        charts=[along_line(tables, at, measured, colours(study.design.contenders, study.design.points))],
        numbers=found,
    )  # fmt: skip
