"""How sharply the loss rises round what was learned."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skipwise.reports.charts.along_network import Measured, along_line
from skipwise.reports.charts.palette import colours
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

DIRECTION = "way along a random direction (in norms of the filters)"


def sharpness_section(study: Study, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> ReportSection:
    """The loss along a line, and the top eigenvalue of the Hessian of each seed."""
    tables = {label: np.array([run["curve"]["loss"] for run in runs], float) for label, runs in found.items()}
    at = next(iter(found.values()))[0]["curve"]["at"]
    middle = len(at) // 2
    measured = Measured(x=DIRECTION, y="loss on training examples", logarithmic=True)
    unsettled = [
        f"{label} after {run['iterations']}" for label, runs in found.items() for run in runs if not run["converged"]
    ]
    return ReportSection(
        name="sharpness",
        title="How sharply the loss bends",
        lead="The loss on training examples when all filters move in one random direction, each by a share of its own norm (Li et "
        "al. 2018), and the eigenvalue of largest magnitude of the loss's second derivatives, where training came to rest. A lower and wider valley "
        "is easier to come down to and to stay in. Normalised weights can be made larger without changing the network, which makes "
        "the eigenvalue smaller; so flatness alone does not prove that a network generalises better.",
        columns=("contender", "loss", "top eigenvalue", "smallest seed", "largest seed", "loss at half a norm", "examples"),
        rows=[
            (
                label,
                f"{tables[label][:, middle].mean():.3g}",
                *(f"{take([run['eigenvalue'] for run in runs]):.3g}" for take in (np.mean, np.min, np.max)),
                f"{(tables[label][:, middle // 2].mean() + tables[label][:, middle + middle // 2].mean()) / 2:.3g}",
                f"{runs[0]['examples']}",
            )
            for label, runs in found.items()
        ],
        note=f"Power iteration had not settled: {', '.join(unsettled)} iterations." if unsettled else "",
        charts=[along_line(tables, at, measured, colours(study.design.contenders, study.design.points))],
        numbers=found,
    )  # fmt: skip
