"""The report of data quality that preparing data makes, without any training; a study keeps its summary."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from skipwise.data.dataset import Dataset
from skipwise.data.images.header import Headers
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.data.manifest import DataManifest
from skipwise.data.quality.exact_duplicates import DuplicateGroups
from skipwise.data.quality.judge import (
    Examples,
    annotation_remarks,
    class_imbalance,
    exact_duplicates,
    header_outliers,
    level_outliers,
    mostly_upscaled,
    near_duplicates,
    unreadable_files,
)
from skipwise.data.quality.pixels import Pixels
from skipwise.data.quality.report import QualityReport

Data = TypeVar("Data", bound=Dataset)


def inspected(
    dataset: Data,
    *,
    names: Sequence[str],
    duplicates: DuplicateGroups,
    pixels: Pixels | None = None,
    headers: Headers | None = None,
) -> Data:
    """Return the data set with a report of its quality, the summary of it in the manifest, and notes on it.

    `names`: what each example is called. `pixels`, `headers`: what was measured of images and of their files, if any.
    """
    examples = Examples(dataset=dataset, names=names)
    findings = [*unreadable_files(dataset.manifest), *exact_duplicates(examples, duplicates)]
    if pixels is not None:
        findings += [*near_duplicates(examples, pixels.near), *level_outliers(examples, pixels.levels)]
    limits = []
    if headers is not None:
        findings += header_outliers(examples, headers)
        if mostly_upscaled(headers, dataset):
            height, width = dataset.input_shape[1:]
            limits.append(
                f"Most files are smaller than the {height}x{width} px that they are enlarged to (--size), so they are not listed."
            )
    boxes = dataset.manifest.boxes
    findings += class_imbalance(dataset.manifest, dataset.unit if boxes is None else "objects")
    if boxes is not None:
        findings += annotation_remarks(boxes)
    drawn = "" if dataset.manifest.own_test else " The split is the one that skipwise draws with --split-seed 0."
    nearly = "" if pixels is None else " and for nearly the same picture"
    report = QualityReport(
        examples=len(names),
        findings=tuple(findings),
        names=names,
        scope=(
            f"All {len(names)} readable {dataset.unit} were compared with each other, for the same bytes{nearly}.{drawn}",
        ),
        limits=tuple(limits),
        compared=pixels is not None,
    )
    notes = (*dataset.manifest.notes, *notes_on(dataset.manifest, dataset.unit, compared=report.compared))
    return replace(dataset, manifest=replace(dataset.manifest, notes=notes, quality=report.summary), quality=report)


def notes_on(manifest: DataManifest, unit: str, *, compared: bool) -> list[str]:
    """Return what a study tells beside the counts; `unit` is what several examples are called."""
    notes = []
    if unreadable := manifest.unreadable:
        first = unreadable[0]
        notes.append(
            f"{len(unreadable)} unreadable {'file is' if len(unreadable) == 1 else 'files are'} left out, "
            f"{'' if len(unreadable) == 1 else 'the first: '}{first.name} ({first.reason})"
        )
    counts = np.array(manifest.counts.train)
    if ratio_of(counts) >= UNBALANCED:
        most, least = (manifest.classes[place] for place in (counts.argmax(), counts.argmin()))
        notes.append(
            f"the classes are unbalanced: {counts.max()} training {unit} of {most}, {counts.min()} of {least} "
            "(the report tells recalls; --set imbalance=... treats it)"
        )
    if manifest.image is not None and not compared:
        notes.append("too many images to look for near duplicates in passing: `skipwise check` does")
    return notes
