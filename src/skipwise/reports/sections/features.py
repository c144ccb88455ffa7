"""First-layer filters, feature maps of one image, and maximally activating images of channels."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skipwise.analysis.inside.features import Features, Pictures, unpacked
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.pictures import Pixels, Row, picture_rows
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

SIDE, ACROSS = 44, 8
"""Of a picture in px, and pictures in a row."""


def features_section(study: Study, found: Mapping[str, Sequence[Features]]) -> ReportSection:
    """Return the section with a picture for each contender, of the first seed."""
    dataset: Any = study.dataset
    chosen = colours(study.design.contenders, study.design.points)
    return ReportSection(
        name="features",
        title="Filters, feature maps and maximally activating images",
        lead=f"From top to bottom: filters of the first layer (grey is zero), the feature maps of the first {ACROSS} "
        "channels at the end of each stage for one test image (each on its own scale), and, in each column, the test "
        "images with the highest mean activation of one channel of the last stage. These are a few channels of many, "
        "in no order: they illustrate. They do not prove a difference between networks.",
        svgs=[
            picture_rows([Row(pictures=[], side=SIDE, words=f"{label}, seed {runs[0].seed}", colour=chosen[label], bold=True), *_rows(runs[0], dataset)])
            for label, runs in found.items()
        ],
    )  # fmt: skip


def _rows(found: Features, dataset: Any) -> list[Row]:
    filters, image = _pictures(found.filters), np.asarray(dataset.images[found.index])
    rows = [
        Row(pictures=filters[start : start + ACROSS], side=SIDE, words="first-layer filters" if start == 0 else "")
        for start in range(0, len(filters), ACROSS)
    ]
    rows.append(Row(pictures=[image], side=SIDE, words="test image"))
    rows += [
        Row(pictures=_pictures(maps), side=SIDE, words=f"feature maps, {place}") for place, maps in found.maps.items()
    ]
    for rank, indices in enumerate(zip(*found.most_activating.values(), strict=True)):
        words = "maximally activating test images, last stage" if rank == 0 else ""
        rows.append(Row(pictures=[np.asarray(dataset.images[index]) for index in indices], side=SIDE, words=words))
    return rows


def _pictures(packed: Pictures) -> list[Pixels]:
    """Return pictures as pixels: three channels as colours, otherwise the first channel alone."""
    pictures = unpacked(packed).transpose(0, 2, 3, 1)
    return [picture if picture.shape[2] == 3 else picture[..., :1] for picture in pictures]
