"""What the data check found of examples of any kind, as data.json keeps it: duplicates, classes, what was left out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int

from skipwise.data.images.open import PARTS
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.data.split import Split

MOST_EXAMPLES = 20
"""Of duplicates that are listed by name; the counts are of all."""


def findings(
    *,
    classes: Sequence[str],
    labels: Int[np.ndarray, "examples"],
    names: Sequence[str],
    digests: Sequence[str],
    parts: Split,
    together: Int[np.ndarray, "examples"],
    own_test: bool,
    unreadable: Sequence[dict[str, str]],
    other_files: int,
    hidden_files: int,
) -> dict[str, Any]:
    """What folds, reports and notes need, whatever an example is. Indices are into the readable examples."""
    return {
        "classes": list(classes),
        "counts": {part: np.bincount(labels[getattr(parts, part)], minlength=len(classes)).tolist() for part in PARTS},
        "unreadable": list(unreadable),
        "other_files": other_files,
        "hidden_files": hidden_files,
        "duplicates": _duplicates(digests, names, labels, parts),
        "split": {part: getattr(parts, part).tolist() for part in PARTS},
        "labels": labels.tolist(),
        "together": together.tolist(),
        "own_test": own_test,
    }


def notes_on(found: dict[str, Any], examples: str = "images", units: str = "files") -> list[str]:
    """What a user should be told at once; `units` are what can be unreadable."""
    notes = []
    if unreadable := found["unreadable"]:
        first = unreadable[0]
        notes.append(
            f"{len(unreadable)} {units} cannot be read and are left out, the first: {first['name']} ({first['reason']})"
        )
    counts = np.array(found["counts"]["train"])
    if ratio_of(counts) >= UNBALANCED:
        most, least = (found["classes"][place] for place in (counts.argmax(), counts.argmin()))
        notes.append(
            f"the classes are unbalanced: {counts.max()} training {examples} of {most}, {counts.min()} of {least} "
            "(the report tells recalls; --set imbalance=... treats it)"
        )
    duplicates = found["duplicates"]
    if duplicates["images"]:
        notes.append(f"{duplicates['images']} {examples} are exact duplicates of another one")
    if duplicates["across_split"]:
        notes.append(
            f"{duplicates['across_split']} {examples} stand both in training or validation and in the given test set"
        )
    if duplicates["other_label"]:
        several = "group" if duplicates["other_label"] == 1 else "groups"
        notes.append(f"with different labels: {duplicates['other_label']} {several} of identical {examples}")
    return notes


def _duplicates(
    digests: Sequence[str], names: Sequence[str], labels: Int[np.ndarray, "examples"], parts: Split
) -> dict[str, Any]:
    """Examples with the same bytes: how many beyond the first of each, which stand on both sides of the test split."""
    same: dict[str, list[int]] = defaultdict(list)
    for i, digest in enumerate(digests):
        same[digest].append(i)
    groups = [group for group in same.values() if len(group) > 1]
    for_test = set(parts.test.tolist())
    across = [group for group in groups if 0 < len(for_test.intersection(group)) < len(group)]
    other = [group for group in groups if len(set(labels[group].tolist())) > 1]

    def listed(some: list[list[int]]) -> list[list[str]]:
        return [[names[i] for i in group] for group in some[:MOST_EXAMPLES]]

    return {
        "images": sum(len(group) - 1 for group in groups),
        "groups": len(groups),
        "examples": listed(groups),
        "across_split": sum(len(for_test.intersection(group)) for group in across),
        "across_split_examples": listed(across),
        "other_label": len(other),
        "other_label_examples": listed(other),
    }
