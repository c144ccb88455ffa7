"""Findings, made of what was measured: one generator for each way of looking at examples."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from jaxtyping import Bool, Int

from skipwise.data.dataset import Dataset
from skipwise.data.images.header import Headers
from skipwise.data.long_tail import UNBALANCED
from skipwise.data.manifest import BoxFacts, DataManifest
from skipwise.data.quality.exact_duplicates import DuplicateGroups
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.quality.label_errors import LabelErrors
from skipwise.data.quality.near_duplicates import NearDuplicates
from skipwise.data.quality.outliers import Levels, far_out
from skipwise.data.quality.report import Finding

FAR_SHAPE = float(np.log(1.5))
"""An aspect ratio is far from the usual where it differs by half or more, and by three interquartile ranges."""
RARE = 0.05
"""A colour mode that a smaller fraction of the images has is a finding."""
MOST = 0.5
"""Where a larger fraction of the files is upscaled, that is how the data are, and not worth a finding each."""


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Names, labels and parts of the readable examples."""

    dataset: Dataset
    names: Sequence[str]

    def finding(
        self,
        kind: FindingKind,
        index: int,
        other: int | None = None,
        *,
        score: float | None = None,
        suggested_label: str = "",
        detail: str = "",
    ) -> Finding:
        """Return a finding of an example, or of two."""
        return Finding(
            kind=kind,
            file=self.names[index],
            other_file="" if other is None else self.names[other],
            label=self.dataset.target_words(index),
            other_label="" if other is None else self.dataset.target_words(other),
            part=self.part[index] if other is None else f"{self.part[index]}, {self.part[other]}",
            index=index,
            other_index=other,
            score=score,
            suggested_label=suggested_label,
            detail=detail,
        )

    @cached_property
    def part(self) -> np.ndarray:
        """The part of each example: train, validation, test, or nothing."""
        parts = np.full(len(self.dataset.labels), "", dtype=object)
        for part in ("train", "validation", "test"):
            parts[getattr(self.dataset, part)] = part
        return parts


def unreadable_files(manifest: DataManifest) -> Iterator[Finding]:
    """Yield what could not be read, with its reason."""
    for file in manifest.unreadable:
        yield Finding(kind=FindingKind.UNREADABLE, file=file.name, detail=file.reason)


def exact_duplicates(examples: Examples, duplicates: DuplicateGroups) -> Iterator[Finding]:
    """Yield exact duplicates: across the split, in the same part, and with different labels.

    Of a group with different labels each pair of labels is told once, with the first example of each.
    """
    target = examples.dataset.target_key
    for members in duplicates.groups:
        group: list[int] = members.tolist()
        tested = [index for index in group if examples.part[index] == "test"]
        rest = [index for index in group if examples.part[index] != "test"]
        used = [index for index in rest if examples.part[index]]  # a long tail leaves examples out
        for index in tested if used else []:
            yield examples.finding(FindingKind.LEAKAGE, index, used[0], score=1.0)
        for side in (tested, rest):
            first: dict[Hashable, int] = {}
            for index in side:
                earlier = first.setdefault(target(index), index)
                if earlier != index:
                    yield examples.finding(FindingKind.DUPLICATE, index, earlier, score=1.0)
        first_of = {target(index): index for index in reversed(group)}
        for one, other in combinations(sorted(first_of.values()), 2):
            yield examples.finding(FindingKind.CONTRADICTORY_LABELS, other, one, score=1.0)


def near_duplicates(examples: Examples, near: NearDuplicates) -> Iterator[Finding]:
    """Yield pairs with different labels; of each test image the pair across the split, of the others the nearest pair.

    Of scenes no label is compared: two frames of one scene may rightly show other objects.
    """
    dataset, part = examples.dataset, examples.part

    def contradict(one: int, other: int) -> bool:
        return dataset.near_means_same and dataset.target_key(one) != dataset.target_key(other)

    told: set[int] = set()
    order = np.argsort(-near.alike, kind="stable")
    for (one, other), alike in zip(near.pairs[order].tolist(), near.alike[order].tolist(), strict=True):
        if contradict(one, other):
            yield examples.finding(FindingKind.NEAR_CONTRADICTORY_LABELS, one, other, score=alike)
        tested, trained = (one, other) if part[one] == "test" else (other, one)
        if part[tested] == "test" and part[trained] in ("train", "validation") and tested not in told:
            yield examples.finding(FindingKind.NEAR_LEAKAGE, tested, trained, score=alike)
            told.add(tested)
    nearest = near.nearest()
    for (one, other), alike in zip(nearest.pairs.tolist(), nearest.alike.tolist(), strict=True):
        if (part[one] == "test") == (part[other] == "test") and not contradict(one, other):
            yield examples.finding(FindingKind.NEAR_DUPLICATE, other, one, score=alike)


def label_error_findings(examples: Examples, wrong: LabelErrors) -> Iterator[Finding]:
    """Yield likely label errors, the most certain first."""
    for index, label, sure in zip(
        wrong.indices.tolist(), wrong.suggested.tolist(), wrong.probability.tolist(), strict=True
    ):
        suggested = examples.dataset.classes[label]
        yield examples.finding(FindingKind.LABEL_ERROR, index, suggested_label=suggested, score=sure)


def level_outliers(examples: Examples, levels: Levels) -> Iterator[Finding]:
    """Yield blank images, and those far brighter or darker than the others, or of far higher or lower contrast."""
    blank = levels.blank
    for index in np.flatnonzero(blank).tolist():
        grey = float(levels.brightness[index])
        yield examples.finding(FindingKind.BLANK, index, score=grey, detail=f"grey level {grey:.0f} of 255")
    for kind, values in ((FindingKind.BRIGHTNESS, levels.brightness), (FindingKind.CONTRAST, levels.contrast)):
        usual = float(np.median(values))
        for index in np.flatnonzero(far_out(values) & ~blank).tolist():
            value = float(values[index])
            yield examples.finding(kind, index, score=value, detail=f"{value:.0f} of 255, usual {usual:.0f}")


def header_outliers(examples: Examples, headers: Headers) -> Iterator[Finding]:
    """Yield files of an unusual size, a rare colour mode or an unusual aspect ratio, and those that are upscaled.

    Images that are not cropped lose nothing by their shape. Where files are `mostly_upscaled`, none is told for it.
    """
    dataset = examples.dataset
    areas, shapes = np.log(headers.sizes).sum(1), np.log(headers.sizes[:, 1] / headers.sizes[:, 0])
    spread = float(np.quantile(shapes, 0.75) - np.quantile(shapes, 0.25))
    odd = np.abs(shapes - np.median(shapes)) > max(FAR_SHAPE, 3 * spread)
    counts = np.bincount(headers.modes, minlength=len(headers.mode_names))
    usual = int(counts.argmax())
    rare = ((counts < RARE * len(headers.modes)) & (np.arange(len(counts)) != usual))[headers.modes]
    unusual = far_out(areas)
    small = upscaled(headers, dataset) & (not mostly_upscaled(headers, dataset))
    odd &= dataset.framing == "crop"
    for index in np.flatnonzero(unusual | rare | odd | small).tolist():
        height, width = headers.sizes[index].tolist()
        size = f"{width} px wide, {height} px high"
        if unusual[index]:
            yield examples.finding(FindingKind.SIZE, index, score=float(height * width), detail=size)
        if rare[index]:
            mode = headers.mode_names[headers.modes[index]]
            yield examples.finding(FindingKind.MODE, index, detail=f"{mode}, usual is {headers.mode_names[usual]}")
        if odd[index]:
            yield examples.finding(FindingKind.ASPECT, index, score=width / height, detail=size)
        if small[index]:
            yield examples.finding(FindingKind.UPSCALED, index, score=float(min(height, width)), detail=size)


def upscaled(headers: Headers, dataset: Dataset) -> Bool[np.ndarray, "images"]:
    """Return whether each image is smaller than what it is resized to: to be cropped to a frame, or to fit into it."""
    scales = np.array(dataset.input_shape[1:]) / headers.sizes
    smaller: Bool[np.ndarray, images] = (scales.max(1) if dataset.framing == "crop" else scales.min(1)) > 1
    return smaller


def mostly_upscaled(headers: Headers, dataset: Dataset) -> bool:
    """Return whether most files are smaller than what they are resized to."""
    return float(upscaled(headers, dataset).mean()) > MOST


def annotation_remarks(facts: BoxFacts) -> Iterator[Finding]:
    """Yield what reading annotations left out or took otherwise than written, a finding for each kind."""
    for one in facts.mended:
        yield Finding(kind=FindingKind.ANNOTATION, detail=f"{one.what}: {one.count} (the first: {one.first})")


def class_imbalance(manifest: DataManifest, unit: str) -> Iterator[Finding]:
    """Yield classes of which there are far fewer examples or objects, as `unit` calls them, than of the commonest."""
    parts = manifest.counts
    counts: Int[np.ndarray, classes] = np.sum([parts.train, parts.validation, parts.test], axis=0)
    for label in np.flatnonzero(counts * UNBALANCED <= counts.max()).tolist():
        yield Finding(
            kind=FindingKind.CLASS_IMBALANCE,
            label=manifest.classes[label],
            score=float(counts[label]),
            detail=f"{counts[label]} {unit}; the commonest class has {counts.max()}",
        )
