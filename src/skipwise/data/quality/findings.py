"""Findings of a look at examples of any kind: classes by part, exact duplicates, and what a user should be told."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.data.manifest import ClassCounts, DataManifest, ExactDuplicates
from skipwise.data.split import Split

MOST_EXAMPLES = 20
"""Of groups of duplicates that are listed by name, and of names in a group; the counts are of all."""


def class_counts(labels: Int[np.ndarray, "examples"], parts: Split, classes: int) -> ClassCounts:
    """Return the number of examples of each class in each part."""
    return ClassCounts(
        train=tuple(np.bincount(labels[parts.train], minlength=classes).tolist()),
        validation=tuple(np.bincount(labels[parts.validation], minlength=classes).tolist()),
        test=tuple(np.bincount(labels[parts.test], minlength=classes).tolist()),
    )


def notes_on(manifest: DataManifest, examples: str = "images", units: str = "files") -> list[str]:
    """Return what a user should be told at once; `units` are what can be unreadable."""
    notes = []
    if unreadable := manifest.unreadable:
        first = unreadable[0]
        notes.append(
            f"{len(unreadable)} {units} cannot be read and are left out, the first: {first.name} ({first.reason})"
        )
    counts = np.array(manifest.counts.train)
    if ratio_of(counts) >= UNBALANCED:
        most, least = (manifest.classes[place] for place in (counts.argmax(), counts.argmin()))
        notes.append(
            f"the classes are unbalanced: {counts.max()} training {examples} of {most}, {counts.min()} of {least} "
            "(the report tells recalls; --set imbalance=... treats it)"
        )
    duplicates = manifest.duplicates
    if duplicates is None:
        return notes
    if duplicates.images:
        notes.append(f"{duplicates.images} {examples} are exact duplicates of another one")
    if duplicates.across_split:
        notes.append(
            f"{duplicates.across_split} {examples} stand both in training or validation and in the given test set"
        )
    if duplicates.other_label:
        several = "group" if duplicates.other_label == 1 else "groups"
        notes.append(f"with different labels: {duplicates.other_label} {several} of identical {examples}")
    return notes


def exact_duplicates(
    same: Int[np.ndarray, "examples"], names: Sequence[str], labels: Int[np.ndarray, "examples"], parts: Split
) -> ExactDuplicates:
    """Return what there is of examples with equal numbers in `same`, which are those with the same bytes.

    Groups stand in the order of their first members.
    """
    tested = np.zeros(len(labels), bool)
    tested[parts.test] = True
    size = np.bincount(same)
    of_test = np.bincount(same[tested], minlength=len(size))
    several = size > 1
    across = several & (of_test > 0) & (of_test < size)
    first, label = np.full(len(size), len(same)), np.zeros(len(size), np.int64)
    first[same[::-1]] = np.arange(len(same))[::-1]
    label[several] = labels[first[several]]
    other = np.zeros(len(size), bool)
    other[same[several[same] & (labels != label[same])]] = True

    def listed(chosen: Bool[np.ndarray, "groups"]) -> tuple[tuple[str, ...], ...]:
        groups = np.flatnonzero(chosen)
        groups = groups[np.argsort(first[groups])][:MOST_EXAMPLES]
        members = (np.flatnonzero(same == group)[:MOST_EXAMPLES] for group in groups)
        return tuple(tuple(names[i] for i in of_group.tolist()) for of_group in members)

    return ExactDuplicates(
        images=int((size[several] - 1).sum()),
        groups=int(several.sum()),
        examples=listed(several),
        across_split=int(of_test[across].sum()),
        across_split_examples=listed(across),
        other_label=int(other.sum()),
        other_label_examples=listed(other),
    )
