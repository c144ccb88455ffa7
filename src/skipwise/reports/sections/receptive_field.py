"""Effective receptive field: the part of the input that the last feature maps depend on, beside the theoretical one."""

from collections.abc import Mapping, Sequence

import numpy as np

from skipwise.analysis.inside.receptive_field import ReceptiveField
from skipwise.reports.charts.along_axis import Measured, along_line
from skipwise.reports.charts.charts import Chart
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.pictures import Row, picture_rows
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

SIDE = 130
"""Of a picture, in px."""
WHEN = {"untrained": "before training", "trained": "after training"}
Runs = Mapping[str, Sequence[ReceptiveField]]


def receptive_field_section(study: Study, found: Runs) -> ReportSection:
    """Return the section with pictures of the first seed, or curves of all seeds, and the sides."""
    space = next(iter(found.values()))[0].input
    flat, unit = len(space) == 1, "positions" if len(space) == 1 else "px"
    return ReportSection(
        name="receptive_field",
        title="Effective receptive field",
        lead="The effective receptive field is the squared gradient of the central unit of the last feature maps, "
        "before pooling, with respect to the input, averaged over test examples (Luo et al. 2016). Its side is that "
        f"of a {'stretch' if flat else 'square'} of as many {unit} as hold 95 % of it; the theoretical side follows "
        "from strides and kernels. A gradient shows the effect of a small change. This does not prove that a "
        "prediction needs that part of the input.",
        columns=("contender", "theoretical side", "side of the input", *(f"effective side, {words}" for words in WHEN.values())),
        rows=[
            (
                label,
                "all" if runs[0].sees == "all" else f"{runs[0].sees:.0f} {unit}",
                f"{'x'.join(map(str, runs[0].input))} {unit}",
                *(f"{np.mean([run.fields()[when].side for run in runs]):.1f} {unit}" if when in runs[0].fields() else "-" for when in WHEN),
            )
            for label, runs in found.items()
        ],
        note=_covered(found, space),
        charts=_curves(study, found) if flat else [],
        svgs=[] if flat else _pictures(study, found),
        numbers=found,
    )  # fmt: skip


def _covered(found: Runs, space: Sequence[int]) -> str:
    """Return a caution where the input is too small for receptive fields to differ."""
    sees = [runs[0].sees for runs in found.values()]
    if all(side == "all" or side >= 2 * max(space) for side in sees):
        return "The theoretical receptive field is larger than the input here, so the edges of the input cut it off."
    return ""


def _pictures(study: Study, found: Runs) -> list[str]:
    """Draw the square root of the energy, from black for none to white for the most in a picture."""
    chosen = colours(study.design.contenders, study.design.points)
    svgs = []
    for label, runs in found.items():
        shown = {
            words: np.sqrt(runs[0].fields()[when].energy) for when, words in WHEN.items() if when in runs[0].fields()
        }
        pictures = [
            np.nan_to_num(255 * energy / (energy.max() or 1)).round().astype(np.uint8)[..., None]
            for energy in shown.values()
        ]
        words = f"{label}, seed {runs[0].seed}: {' and '.join(shown)}"
        svgs.append(picture_rows([Row(pictures=pictures, side=SIDE, words=words, colour=chosen[label], bold=True)]))
    return svgs


def _curves(study: Study, found: Runs) -> list[Chart]:
    chosen, charts = colours(study.design.contenders, study.design.points), []
    for when, words in WHEN.items():
        tables = {
            label: np.array([run.fields()[when].energy for run in runs])
            for label, runs in found.items()
            if when in runs[0].fields()
        }
        if tables:
            pieces = next(iter(tables.values())).shape[1]
            at = np.linspace(0, next(iter(found.values()))[0].input[0], pieces, endpoint=False).tolist()
            measured = Measured(x="position in the input", y="fraction of the gradient energy")
            charts.append(along_line(tables, at, measured, chosen).properties(title=words))
    return charts
