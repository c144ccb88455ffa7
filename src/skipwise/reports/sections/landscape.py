"""Loss landscape around the trained weights, over two directions, all contenders on one scale."""

import numpy as np

from skipwise.analysis.inside.landscape import LossSurfaces
from skipwise.analysis.inside.trained import inspected_seeds
from skipwise.reports.charts.palette import colours
from skipwise.reports.charts.surface import relief_and_contours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

TITLE = "Loss landscape"
NEAR = 10.0
"""How many times the highest loss at a cross still counts as a valley."""


def landscape_section(study: Study, found: LossSurfaces) -> ReportSection:
    """Return the section with a surface and a contour plot for each contender, of the first seed."""
    at, surfaces = found.at, {label: np.array(rows, float) for label, rows in found.loss.items()}
    middle = len(at) // 2
    surfaces = {label: table for label, table in surfaces.items() if table[middle, middle] > 0}
    if not surfaces:
        return ReportSection(
            name="landscape", title=TITLE, note="No contender has a finite loss above zero at its trained weights."
        )
    finite = np.concatenate([table[np.isfinite(table) & (table > 0)] for table in surfaces.values()])
    limits = (float(finite.min()), float(finite.max()))
    chosen = colours(study.design.contenders, study.design.points)
    bound = NEAR * max(table[middle, middle] for table in surfaces.values())
    return ReportSection(
        name="landscape",
        title=TITLE,
        lead=f"The loss on {found.examples} training examples when all filters move along two random directions, "
        f"each in proportion to its own norm (Li et al. 2018); seed {inspected_seeds(study)[0]}. The cross marks the "
        "trained weights; heights and colours mean the same loss in all figures. The figures show two directions out "
        "of many thousands: a smooth valley here does not prove that there is no ridge elsewhere.",
        columns=("contender", "loss at the cross", "median loss", "largest loss", f"area below {bound:.2g}"),
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
        note=f"The last column is the fraction of the square whose loss is below {NEAR:g} times the highest loss at a "
            "cross.",
        svgs=[
            relief_and_contours(table, at, limits, title=label, colour=chosen[label])
            for label, table in surfaces.items()
        ],
        numbers=found,
    )  # fmt: skip
