"""First filters, maps of one image, and the images that excite a channel most."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skipwise.analysis.inside.features import unpacked
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.pictures import Pixels, Row, picture_rows
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

SIDE, ACROSS = 44, 8
"""Of a picture in px, and pictures in a row."""


def features_section(study: Study, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> ReportSection:
    """A picture for each contender, of the first seed."""
    dataset: Any = study.design.to_learn.load(study.folder.read("data.json"))
    chosen = colours(study.design.contenders, study.design.points)
    return ReportSection(
        name="features",
        title="What they look for",
        lead=f"Filters of the first layer (grey is zero), what the first {ACROSS} channels give at the end of each "
        "stage for one test image (each on its own scale), and in each column the test images that excite such a channel of the last stage most. "
        "A few channels of many, which have no order: they illustrate, and show no difference that one could count on.",
        svgs=[
            picture_rows([Row(pictures=[], side=SIDE, words=f"{label}, seed {runs[0]['seed']}", colour=chosen[label], bold=True), *_rows(runs[0], dataset)])
            for label, runs in found.items()
        ],
    )  # fmt: skip


def _rows(found: Mapping[str, Any], dataset: Any) -> list[Row]:
    filters, image = _pictures(found["filters"]), np.asarray(dataset.images[found["index"]])
    rows = [
        Row(pictures=filters[start : start + ACROSS], side=SIDE, words="first filters" if start == 0 else "")
        for start in range(0, len(filters), ACROSS)
    ]
    rows.append(Row(pictures=[image], side=SIDE, words="the image"))
    rows += [Row(pictures=_pictures(maps), side=SIDE, words=f"{place}") for place, maps in found["maps"].items()]
    for rank, indices in enumerate(zip(*found["most_activating"].values(), strict=True)):
        words = "images that excite a channel of the last stage most" if rank == 0 else ""
        rows.append(Row(pictures=[np.asarray(dataset.images[index]) for index in indices], side=SIDE, words=words))
    return rows


def _pictures(packed: Mapping[str, Any]) -> list[Pixels]:
    """Three channels are colours, of others the first one is shown."""
    pictures = unpacked(dict(packed)).transpose(0, 2, 3, 1)
    return [picture if picture.shape[2] == 3 else picture[..., :1] for picture in pictures]
