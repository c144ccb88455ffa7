"""Disagreements: the examples that contenders classify differently, as cards."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from markupsafe import Markup
from PIL import Image

from skipwise.analysis.inside.disagreements import AttributionMaps, Group, Table, answers_by_label, groups_of
from skipwise.analysis.inside.trained import inspected_seeds
from skipwise.analysis.scores.confusion import answers_of
from skipwise.data.images.fit import resized
from skipwise.names import cut
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.coloured_text import Piece, coloured, pieces
from skipwise.reports.drawings.overlay import enlarged, overlay
from skipwise.reports.drawings.pictures import data_uri
from skipwise.reports.sections.report_section import CardGroup, ReportSection
from skipwise.studies import Study
from skipwise.tasks.images import ImageClassification

PANEL, GAP, LINE = 132, 8, 15
"""Width of a picture, between pictures, and height of a line of words, in px."""
MOST_PANELS = 4
"""Contenders that are shown of an example."""
ANSWER = Markup('<p><span class="swatch" style="background: {}"></span>{}: {}</p><p class="told">{}</p>')
"""A contender's colour, its name, what it says, and the text as it sees it."""

Maps = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]


def disagreements_section(study: Study, found: AttributionMaps) -> ReportSection:
    """Return the section with groups of test examples, each with all contenders' predictions and attribution maps."""
    task = study.design.to_learn
    groups = [group for group in groups_of(study) if group.count]
    maps = found.maps
    shown = _Shown(study, maps)
    lead = (
        f"Test {task.examples} that the contenders classify differently, or all misclassify, the clearest first. "
        'Probabilities are means over seeds; "right 2/5" means that two seeds of five are right. These are the '
        "extremes of many, so they are not typical"
    )
    network = f"the network of seed {inspected_seeds(study)[0]}{', with folds the one tested on that example' if study.design.folds else ''}"
    maps_explained = (
        f". Bright areas support the prediction of {network} (occlusion): covering them lowers its score. Brightness "
        "is relative to each map. This does not prove why the network learned to use them."
        if isinstance(task, ImageClassification)
        else f". Pink words support the prediction of {network} (occlusion), green words oppose it: without them its "
        "score falls, or rises. Colours are relative to each text; grey text was not read. This does not prove why a "
        "word counts."
    )
    return ReportSection(
        name="disagreements",
        title="Disagreements",
        lead=lead + (maps_explained if any(maps.values()) else "."),
        card_groups=[
            CardGroup(title=f"{group.title}: {_count(group, task.examples)}", cards=[shown.card(place, group.about) for place in group.first])
            for group in groups
        ],
        numbers=[{"title": group.title, "count": group.count, "first": shown.names(group.first)} for group in groups],
    )  # fmt: skip


def _count(group: Group, examples: str) -> str:
    return f"{group.count} {examples}" if group.count != 1 else f"1 of the {examples}"


class _Shown:
    """Draws the examples of a study."""

    def __init__(self, study: Study, maps: Maps) -> None:
        self.task = study.design.to_learn
        self.dataset: Any = study.dataset
        self.files = study.dataset.files
        self.classes = self.dataset.classes
        first = next(iter(study.results.values()))[0]
        self.indices, (_, self.labels) = first.test_indices(), answers_of(first)
        self.tables: Mapping[str, Table] = answers_by_label(study)
        self.palette = colours(study.design.contenders, study.design.points)
        self.maps = maps

    def names(self, places: Sequence[int]) -> list[str]:
        """The file of each example, or its number in the data set."""
        numbers = [int(self.indices[place]) for place in places]
        return [self.files[number] if self.files else f"number {number}" for number in numbers]

    def card(self, place: int, about: Sequence[str]) -> str:
        """An example with what it is and what the contenders say: an image as SVG, a text as HTML."""
        (name,) = self.names([place])
        heading = f"true: {self.classes[self.labels[place]]} ({name})"
        if isinstance(self.task, ImageClassification):
            return self._pictures(place, heading, self._labels(about))
        return self._words(place, heading, self._labels(about))

    def _labels(self, about: Sequence[str]) -> list[str]:
        """The contenders that are shown: those that it is about, and as many others as there is room for, in their
        order.
        """
        first = sorted(self.tables, key=lambda label: label not in about)[:MOST_PANELS]
        return [label for label in self.tables if label in first]

    def _pictures(self, place: int, heading: str, labels: Sequence[str]) -> str:
        pixels = np.asarray(self.dataset.images[int(self.indices[place])])
        pixels = np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels
        height = round(PANEL * pixels.shape[0] / pixels.shape[1])
        panels = [_panel(0, enlarged(pixels), height, "the image", "#5b5b5b")]
        for number, label in enumerate(labels, start=1):
            kept = self.maps.get(label, {}).get(str(place))
            drawn = (
                enlarged(pixels)
                if kept is None
                else overlay(pixels, resized(np.array(kept, np.float32), pixels.shape[:2]))
            )
            panels.append(_panel(number, drawn, height, label, self.palette[label], self._says(label, place)))
        return _svg(len(panels) * (PANEL + GAP) - GAP, height + 4 * LINE + 8, heading, panels)  # fmt: skip

    def _words(self, place: int, heading: str, labels: Sequence[str]) -> str:
        (text,) = self.dataset.texts.of(self.indices[place : place + 1])
        answers = []
        for label in labels:
            kept = self.maps.get(label, {}).get(str(place))
            cut = [Piece(text=text, value=0.0)] if kept is None else _cut_at(text, kept)
            says = ", ".join(self._says(label, place))
            answers.append(ANSWER.format(self.palette[label], label, says, coloured(cut)))
        return Markup('<figure class="words"><b>{}</b>{}</figure>').format(heading, Markup().join(answers))

    def _says(self, label: str, place: int) -> tuple[str, str]:
        probabilities = self.tables[label].probabilities[place]
        named = int(probabilities.argmax())
        right = self.tables[label].right[:, place]
        return f"{self.classes[named]} {probabilities[named]:.2f}", f"right {int(right.sum())}/{len(right)}"


def _panel(
    number: int, image: Image.Image, height: int, words: str, colour: str, more: tuple[str, str] = ("", "")
) -> str:
    """A picture with its name in a colour under it, and two more lines."""
    below = [
        f'<text y="{height + (line + 1) * LINE - 2}" font-size="12"{how}>{escape(_cut(told))}</text>'
        for line, (told, how) in enumerate(
            [(words, f' fill="{colour}" font-weight="600"'), *((told, "") for told in more)]
        )
    ]
    return (
        f'<g transform="translate({number * (PANEL + GAP)}, {LINE + 4})"><image href="{data_uri(image, 2 * PANEL)}" '
        f'width="{PANEL}" height="{height}" preserveAspectRatio="none" style="image-rendering: pixelated"/>'
        f"{''.join(below)}</g>"
    )


def _cut_at(text: str, kept: Sequence[Sequence[float]]) -> list[Piece]:
    """The text at the tokens that `kept` tells of: from, to, value."""
    spans = [(int(start), int(stop)) for start, stop, _ in kept]
    return pieces(text, spans, np.array([value for *_, value in kept], float))


def _cut(words: str, most: int = 22) -> str:
    """Of long words the middle goes, since the end holds the score."""
    return cut(words, most, end=6)


def _svg(width: float, height: float, heading: str, parts: Sequence[str]) -> str:
    words = escape(_cut(heading, round(width / 6.5)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif"><text x="0" y="{LINE - 3}" font-size="12" font-weight="600">{words}</text>{"".join(parts)}</svg>'
    )
