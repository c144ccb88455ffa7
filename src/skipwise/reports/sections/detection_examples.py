"""Example detections: test images with true and predicted boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.pictures import png
from skipwise.reports.sections.detection import answers_by_contender
from skipwise.reports.sections.report_section import ReportSection
from skipwise.studies import Study

MOST_PICTURES = 6
SHOWN_FROM = 0.5
"""Boxes from this score on are drawn."""
WIDTH, GAP, HEADING = 222, 8, 20
"""Of a panel, between panels, and of the name above one, in px."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Boxes in pixels of the shown image, with what stands beside each."""

    boxes: Float[np.ndarray, "boxes 4"]
    words: Sequence[str]


def detection_examples_section(study: Study) -> ReportSection:
    """Return the section with the test images on which the first two contenders differ most, in the first seed."""
    dataset: Any = study.dataset
    labels = list(study.results)[:2]
    indices = study.results[labels[0]][0].test_indices()
    scores = [study.scores[label][0] for label in labels]
    apart = np.abs(scores[0] - scores[-1]) if len(scores) > 1 else -scores[0]
    chosen = np.argsort(-apart, kind="stable")[:MOST_PICTURES]
    answers = {label: runs[0] for label, runs in answers_by_contender(study).items() if label in labels}
    palette = colours(study.design.contenders, study.design.points)
    pictures = [
        _picture(
            _cut(dataset, int(indices[place])),
            {label: _found(dataset, found, int(place), int(indices[place])) for label, found in answers.items()},
            _true(dataset, answers[labels[0]], int(place), int(indices[place])),
            palette,
        )
        for place in chosen
    ]
    differ = "on which the two contenders differ most" if len(labels) > 1 else "with the lowest scores"
    return ReportSection(
        name="detection_examples",
        title="Example detections",
        lead=f"Test images {differ}, so they are not typical; seed {study.seeds[0]}. Dashed boxes are the ground "
        f"truth, coloured ones are detections with a score of at least {SHOWN_FROM:g}.",
        svgs=pictures,
    )


def _cut(dataset: Any, index: int) -> UInt8[np.ndarray, "height width channels"]:
    """The image without what pads it."""
    across, down = dataset.scale(index)
    height, width = dataset.sizes[index]
    return np.asarray(dataset.images[index])[: round(height * down), : round(width * across)]


def _found(dataset: Any, answers: dict[str, np.ndarray], place: int, index: int) -> Drawn:
    shown = (answers["labels"][place] >= 0) & (answers["scores"][place] >= SHOWN_FROM)
    named = [
        f"{dataset.classes[label]} {score:.2f}"
        for label, score in zip(answers["labels"][place][shown], answers["scores"][place][shown], strict=True)
    ]
    return Drawn(boxes=answers["boxes"][place][shown] * np.tile(dataset.scale(index), 2), words=named)


def _true(dataset: Any, answers: dict[str, np.ndarray], place: int, index: int) -> Drawn:
    there = answers["true_labels"][place] >= 0
    words = [dataset.classes[label] for label in answers["true_labels"][place][there]]
    return Drawn(boxes=answers["true_boxes"][place][there] * np.tile(dataset.scale(index), 2), words=words)


def _picture(
    image: UInt8[np.ndarray, "height width channels"], found: dict[str, Drawn], true: Drawn, palette: dict[str, str]
) -> str:
    """A panel for each contender, side by side, as SVG with the image inside."""
    height, width = image.shape[:2]
    zoom = WIDTH / width
    panels = []
    for number, (label, boxes) in enumerate(found.items()):
        left = number * (WIDTH + GAP)
        panels.append(
            f'<g transform="translate({left}, 0)"><text x="0" y="14" font-size="13" fill="{palette[label]}" '
            f'font-weight="600">{escape(label)}</text><g transform="translate(0, {HEADING})">'
            f'<image href="{png(image, max(image.shape))}" width="{WIDTH}" height="{height * zoom:.1f}" '
            'preserveAspectRatio="none" style="image-rendering: pixelated"/>'
            f"{_boxes(true, zoom, 'white', dashed=True)}{_boxes(boxes, zoom, palette[label], dashed=False)}</g></g>"
        )
    whole = len(found) * (WIDTH + GAP) - GAP, HEADING + height * zoom
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole[0]}" height="{whole[1]:.0f}" '
        f'viewBox="0 0 {whole[0]} {whole[1]:.0f}" font-family="sans-serif">{"".join(panels)}</svg>'
    )


def _boxes(drawn: Drawn, zoom: float, colour: str, *, dashed: bool) -> str:
    """Rectangles; those that are found with their class and score above, true ones with a dark edge to be seen on
    white.
    """
    parts = []
    for (left, top, right, bottom), words in zip((drawn.boxes * zoom).tolist(), drawn.words, strict=True):
        place = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="none"'
        if dashed:
            parts.append(f'<rect {place} stroke="#000" stroke-width="3" opacity=".45"/>')
            parts.append(f'<rect {place} stroke="{colour}" stroke-width="1.5" stroke-dasharray="4 3"/>')
            continue
        above = top - 4 if top > 14 else bottom + 12
        parts.append(f'<rect {place} stroke="{colour}" stroke-width="2"/>')
        parts.append(
            f'<text x="{left:.1f}" y="{above:.1f}" font-size="11" fill="{colour}" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke">{escape(words)}</text>'
        )
    return "".join(parts)
