"""Findings of the data check, one after another, and which kinds of it are errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from jaxtyping import Int

from skipwise.data.boxes.dataset import Scenes
from skipwise.data.dataset import Dataset
from skipwise.data.long_tail import UNBALANCED
from skipwise.data.manifest import BoxFacts, DataManifest
from skipwise.data.quality.headers import Header
from skipwise.data.quality.label_errors import LabelErrors
from skipwise.data.quality.near_duplicates import NearDuplicates
from skipwise.data.quality.outliers import Levels, far_out

ERRORS = (
    "unreadable",
    "duplicate-across-split",
    "contradictory-labels",
    "near-duplicate-across-split",
    "near-duplicate-other-label",
    "wrong-label",
)
"""Kinds that make the command end with exit code 1; what else is found is a note."""
TRUSTED = 0.8
"""A model that names fewer of the labels is itself wrong too often for its doubts to be errors."""
FEW_WRONG = 0.01
"""Likely wrong labels are an error where they are more than this share: of fewer a model may be as wrong as the
label.
"""
FAR_SHAPE = float(np.log(1.5))
"""An aspect is far from the usual where it differs by half or more, and by three quartile ranges."""
RARE = 0.05
"""A mode that fewer images have than this share is told of."""
MOST = 0.5
"""Where more files than this share are enlarged, that is how the data are, and not worth a finding each."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found of an example, beside another or not. `score` is a likeness, a probability or a grey level."""

    kind: str
    file: str
    other_file: str = ""
    label: str = ""
    other_label: str = ""
    suggested_label: str = ""
    score: float | None = None
    part: str = ""
    detail: str = ""
    index: int | None = None
    other_index: int | None = None


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Names, labels and parts of the readable examples; of scenes the label says how many objects of which class there
    are.
    """

    dataset: Dataset
    names: Sequence[str]

    def finding(self, kind: str, index: int, other: int | None = None, **more: Any) -> Finding:
        return Finding(
            kind=kind,
            file=self.names[index],
            other_file="" if other is None else self.names[other],
            label=self.label(index),
            other_label="" if other is None else self.label(other),
            part=self.part[index] if other is None else f"{self.part[index]}, {self.part[other]}",
            index=index,
            other_index=other,
            **more,
        )

    def label(self, index: int) -> str:
        if isinstance(self.dataset, Scenes):
            counts = np.bincount(self.dataset.objects[index].labels, minlength=len(self.dataset.classes)).tolist()
            told = [f"{count} {name}" for name, count in zip(self.dataset.classes, counts, strict=True) if count]
            return ", ".join(told) or "no object"
        return self.dataset.classes[int(self.dataset.labels[index])]

    def truth(self, index: int) -> Any:
        """Return the target of an example: of scenes the boxes with their classes."""
        if isinstance(self.dataset, Scenes):
            some = self.dataset.objects[index]
            return tuple(sorted(zip(some.labels.tolist(), map(tuple, some.boxes.tolist()), strict=True)))
        return self.label(index)

    @cached_property
    def part(self) -> np.ndarray:
        parts = np.full(len(self.dataset.labels), "", dtype=object)
        for part in ("train", "validation", "test"):
            parts[getattr(self.dataset, part)] = part
        return parts


def errors(findings: Sequence[Finding], examples: int, agreement: float) -> list[Finding]:
    """Those that matter: see ERRORS. `agreement` is the share of labels that the model names, which looked for wrong
    ones.
    """
    doubted = sum(found.kind == "wrong-label" for found in findings)
    counts = agreement >= TRUSTED and doubted > FEW_WRONG * examples
    return [found for found in findings if found.kind in ERRORS and (counts or found.kind != "wrong-label")]


def unreadable(manifest: DataManifest) -> Iterator[Finding]:
    """Yield a finding for each file that could not be read, with its reason."""
    for file in manifest.unreadable:
        yield Finding(kind="unreadable", file=file.name, detail=file.reason)


def exact_duplicates(examples: Examples, same: Int[np.ndarray, "examples"]) -> Iterator[Finding]:
    """Examples with the same bytes, which have the same number in `same`.

    Of a group with different labels each pair of labels is told once, with the first example of each.
    """
    groups: dict[int, list[int]] = {}
    for index, number in enumerate(same.tolist()):
        groups.setdefault(number, []).append(index)
    for group in (group for group in groups.values() if len(group) > 1):
        tested = [index for index in group if examples.part[index] == "test"]
        rest = [index for index in group if examples.part[index] != "test"]
        used = [index for index in rest if examples.part[index]]  # a long tail leaves examples out
        for index in tested if used else []:
            yield examples.finding("duplicate-across-split", index, used[0], score=1.0)
        for side in (tested, rest):
            first: dict[Any, int] = {}
            for index in side:
                earlier = first.setdefault(examples.truth(index), index)
                if earlier != index:
                    yield examples.finding("duplicate", index, earlier, score=1.0)
        first_of = {examples.truth(index): index for index in reversed(group)}
        for one, other in combinations(sorted(first_of.values()), 2):
            yield examples.finding("contradictory-labels", other, one, score=1.0)


def near_duplicates(examples: Examples, near: NearDuplicates) -> Iterator[Finding]:
    """Pairs with different labels; of each test image the pair across the split, and of the others the nearest pair.

    Of scenes no label is compared: two frames of one scene may rightly show other objects.
    """
    labelled = not isinstance(examples.dataset, Scenes)
    told: set[int] = set()
    order = np.argsort(-near.alike, kind="stable")
    for (one, other), alike in zip(near.pairs[order].tolist(), near.alike[order].tolist(), strict=True):
        if labelled and examples.label(one) != examples.label(other):
            yield examples.finding("near-duplicate-other-label", one, other, score=alike)
        tested, trained = (one, other) if examples.part[one] == "test" else (other, one)
        if examples.part[tested] == "test" and examples.part[trained] in ("train", "validation") and tested not in told:
            yield examples.finding("near-duplicate-across-split", tested, trained, score=alike)
            told.add(tested)
    nearest = near.nearest()
    for (one, other), alike in zip(nearest.pairs.tolist(), nearest.alike.tolist(), strict=True):
        same_side = (examples.part[one] == "test") == (examples.part[other] == "test")
        if same_side and not (labelled and examples.label(one) != examples.label(other)):
            yield examples.finding("near-duplicate", other, one, score=alike)


def wrong_labels(examples: Examples, wrong: LabelErrors) -> Iterator[Finding]:
    """Labels that are likely wrong, the most certain first."""
    for index, label, sure in zip(
        wrong.indices.tolist(), wrong.suggested.tolist(), wrong.probability.tolist(), strict=True
    ):
        yield examples.finding("wrong-label", index, suggested_label=examples.dataset.classes[label], score=sure)


def unlike_levels(examples: Examples, levels: Levels) -> Iterator[Finding]:
    """Images of one colour, and those far brighter, darker, harsher or flatter than the others."""
    blank = levels.blank
    for index in np.flatnonzero(blank).tolist():
        grey = float(levels.brightness[index])
        yield examples.finding("one-colour", index, score=grey, detail=f"grey level {grey:.0f} of 255")
    for kind, values in (("brightness", levels.brightness), ("contrast", levels.contrast)):
        usual = float(np.median(values))
        for index in np.flatnonzero(far_out(values) & ~blank).tolist():
            value = float(values[index])
            yield examples.finding(kind, index, score=value, detail=f"{value:.0f} of 255, usual {usual:.0f}")


def unlike_files(examples: Examples, of_files: Sequence[Header | None]) -> Iterator[Finding]:
    """Files of a rare mode, far from the usual shape, or smaller than what they are resized to.

    Scenes are padded, so that their shape costs nothing. Where `mostly_enlarged`, no file is told for its size.
    """
    known = [(index, header) for index, header in enumerate(of_files) if header is not None]
    if not known:
        return
    modes = [header.mode for _, header in known]
    shapes = np.array([np.log(header.width / header.height) for _, header in known])
    odd = np.abs(shapes - np.median(shapes)) > max(
        FAR_SHAPE, 3 * float(np.quantile(shapes, 0.75) - np.quantile(shapes, 0.25))
    )
    usual = max(set(modes), key=modes.count)
    dataset = examples.dataset
    cut, few_small = not isinstance(dataset, Scenes), not mostly_enlarged(of_files, dataset)
    for place, (index, header) in enumerate(known):
        size = f"{header.width} px wide, {header.height} px high"
        if header.mode != usual and modes.count(header.mode) < RARE * len(known):
            yield examples.finding("mode", index, detail=f"{header.mode}, usual is {usual}")
        if cut and odd[place]:
            yield examples.finding("aspect", index, score=header.width / header.height, detail=size)
        if few_small and enlarged(header, dataset):
            yield examples.finding("small", index, score=float(header.shorter), detail=size)


def enlarged(header: Header, dataset: Dataset) -> bool:
    """Whether an image is smaller than what it is resized to: to be cut to a frame, or of scenes to fit into it."""
    _, *frame = dataset.input_shape
    scales = frame[0] / header.height, frame[1] / header.width
    return (min(scales) if isinstance(dataset, Scenes) else max(scales)) > 1


def mostly_enlarged(of_files: Sequence[Header | None], dataset: Dataset) -> bool:
    """Whether most files are smaller than what they are resized to."""
    return sum(header is not None and enlarged(header, dataset) for header in of_files) > MOST * len(of_files)


def mended_boxes(facts: BoxFacts) -> Iterator[Finding]:
    """Yield a finding for each kind of annotation that was left out, or taken otherwise than written."""
    for one in facts.mended:
        yield Finding(kind="mended-box", file="", detail=f"{one.what}: {one.count} (the first: {one.first})")


def class_balance(dataset: Dataset, examples: str) -> Iterator[Finding]:
    """Classes of which there are far fewer examples, as they are called, or objects, than of the commonest."""
    unit = "objects" if isinstance(dataset, Scenes) else examples
    of_parts = dataset.manifest.counts
    counts = np.sum([of_parts.train, of_parts.validation, of_parts.test], axis=0)
    for label in np.flatnonzero(counts * UNBALANCED <= counts.max()).tolist():
        yield Finding(
            kind="class-balance",
            file="",
            label=dataset.classes[label],
            score=float(counts[label]),
            detail=f"{counts[label]} {unit}; the commonest class has {counts.max()}",
        )
