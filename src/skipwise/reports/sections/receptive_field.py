"""How much of the input the last maps really look at, against what they could see."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skipwise.reports.charts.along_network import Measured, along_line
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.pictures import Row, picture_rows
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

SIDE = 130
"""Of a picture, in px."""
WHEN = {"untrained": "before training", "trained": "after training"}
Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def receptive_field_section(study: Study, found: Runs) -> ReportSection:
    """Pictures of the first seed, curves of all seeds, and the sides."""
    space = next(iter(found.values()))[0]["input"]
    flat, unit = len(space) == 1, "positions" if len(space) == 1 else "px"
    return ReportSection(
        name="receptive_field",
        title="How much of the input they look at",
        lead="The squared gradient of the central unit of the last maps, before they are averaged, with respect to the input, over test "
        f"examples (Luo et al. 2016). Its side is that of a {'stretch' if flat else 'square'} of as many {unit} as hold 95 % of it; "
        "the theoretical side is what strides and kernels let through. A gradient tells what a small change would do, not what an answer needs.",
        columns=("contender", "theoretical side", "side of the input", *(f"effective, {words}" for words in WHEN.values())),
        rows=[
            (
                label,
                "all" if runs[0]["sees"] == "all" else f"{runs[0]['sees']:.0f} {unit}",
                f"{'x'.join(map(str, runs[0]['input']))} {unit}",
                *(f"{np.mean([run[when]['side'] for run in runs]):.1f} {unit}" if when in runs[0] else "-" for when in WHEN),
            )
            for label, runs in found.items()
        ],
        note=_covered(found, space),
        charts=_curves(study, found) if flat else [],
        svgs=[] if flat else _pictures(study, found),
        numbers=found,
    )  # fmt: skip


def _covered(found: Runs, space: Sequence[int]) -> str:
    """A caution where fields have no room to differ."""
    sees = [runs[0]["sees"] for runs in found.values()]
    if all(side == "all" or side >= 2 * max(space) for side in sees):
        return "The theoretical field is more than the whole input here, whose edges cut off what the unit would see beyond them."
    return ""


def _pictures(study: Study, found: Runs) -> list[str]:
    """The root of the energy, from black for none to white for the most in a picture."""
    chosen = colours(study.design.contenders, study.design.points)
    svgs = []
    for label, runs in found.items():
        shown = {words: np.sqrt(runs[0][when]["energy"]) for when, words in WHEN.items() if when in runs[0]}
        pictures = [
            np.nan_to_num(255 * energy / (energy.max() or 1)).round().astype(np.uint8)[..., None]
            for energy in shown.values()
        ]
        words = f"{label}, seed {runs[0]['seed']}: {' and '.join(shown)}"
        svgs.append(picture_rows([Row(pictures=pictures, side=SIDE, words=words, colour=chosen[label], bold=True)]))
    return svgs


def _curves(study: Study, found: Runs) -> list[Any]:
    chosen, charts = colours(study.design.contenders, study.design.points), []
    for when, words in WHEN.items():
        tables = {
            label: np.array([run[when]["energy"] for run in runs]) for label, runs in found.items() if when in runs[0]
        }
        if tables:
            pieces = next(iter(tables.values())).shape[1]
            at = np.linspace(0, next(iter(found.values()))[0]["input"][0], pieces, endpoint=False).tolist()
            measured = Measured(x="position in the input", y="share of the gradient's energy")
            charts.append(along_line(tables, at, measured, chosen).properties(title=words))
    return charts
