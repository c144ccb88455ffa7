"""What the data check found, as data.json keeps it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int

from skipwise.data.cache import Decoded, Survey
from skipwise.data.decode import RESIZE_RULE
from skipwise.data.long_tail import UNBALANCED, ratio_of
from skipwise.data.sources import PARTS, Source
from skipwise.data.split import Split

OWN_SIZE = "own size kept"
MOST_EXAMPLES = 20
"""Of duplicates that are listed by name; the counts are of all."""


def inspect(
    source: Source, looked: Survey, decoded: Decoded, parts: Split, together: Int[np.ndarray, "images"]
) -> dict[str, Any]:
    """Everything that a person, or another process, must know of the data. Indices are into the decoded images."""
    labels = source.labels[decoded.kept]
    names = [source.names[i] for i in decoded.kept]
    digests = [looked.digests[i] for i in decoded.kept]
    _, height, width, channels = decoded.images.shape
    kept_size = all(size == (height, width) for size in looked.sizes if size is not None)
    found: dict[str, Any] = {
        "name": source.name,
        "fingerprint": looked.fingerprint,
        "cache": str(decoded.file),
        "image": {"height": height, "width": width, "channels": channels},
        "resize_rule": OWN_SIZE if kept_size else RESIZE_RULE,
        "classes": list(source.classes),
        "counts": {
            part: np.bincount(labels[getattr(parts, part)], minlength=len(source.classes)).tolist() for part in PARTS
        },
        "unreadable": [{"name": source.names[i], "reason": why} for i, why in sorted(decoded.unreadable.items())],
        "other_files": source.other_files,
        "hidden_files": source.hidden_files,
        "duplicates": _duplicates(digests, names, labels, parts),
        **mean_and_std(decoded.images, parts.train),
        "split": {part: getattr(parts, part).tolist() for part in PARTS},
        "labels": labels.tolist(),
        "together": together.tolist(),
        "own_test": "test" in source.parts or "validation" in source.parts,
        "files": names if source.files is not None else None,
    }
    found["notes"] = [*source.notes, *parts.notes, *_notes(found)]
    return found


def _notes(found: dict[str, Any]) -> list[str]:
    """What a user should be told at once."""
    notes = []
    if unreadable := found["unreadable"]:
        first = unreadable[0]
        notes.append(
            f"{len(unreadable)} files cannot be read and are left out, the first: {first['name']} ({first['reason']})"
        )
    images = np.array(found["counts"]["train"])
    if ratio_of(images) >= UNBALANCED:
        most, least = (found["classes"][place] for place in (images.argmax(), images.argmin()))
        notes.append(
            f"the classes are unbalanced: {images.max()} training images of {most}, {images.min()} of {least} "
            "(the report tells recalls; --set imbalance=... treats it)"
        )
    duplicates = found["duplicates"]
    if duplicates["images"]:
        notes.append(f"{duplicates['images']} images are exact duplicates of another one")
    if duplicates["across_split"]:
        notes.append(
            f"{duplicates['across_split']} images stand both in training or validation and in the given test set"
        )
    if duplicates["other_label"]:
        notes.append(f"{duplicates['other_label']} groups of identical images carry different labels")
    return notes


def _duplicates(
    digests: Sequence[str], names: Sequence[str], labels: Int[np.ndarray, "images"], parts: Split
) -> dict[str, Any]:
    """Images with the same bytes: how many beyond the first of each, which stand on both sides of the test split."""
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


def mean_and_std(images: np.ndarray, train: Int[np.ndarray, "train"], most: int = 10_000) -> dict[str, list[float]]:
    """By channel, of at most 10,000 training images at even steps, as shares of white."""
    some = train[:: -(-len(train) // most)]
    levels = np.arange(256) / 255
    means, deviations = [], []
    for channel in range(images.shape[-1]):
        counts = np.zeros(256, np.int64)
        for start in range(0, len(some), 256):  # a few at a time: 10,000 photos at once would fill the memory
            counts += np.bincount(images[some[start : start + 256], ..., channel].ravel(), minlength=256)
        shares = counts / counts.sum()
        mean = float(shares @ levels)
        deviation = float(np.sqrt(shares @ (levels - mean) ** 2))
        means.append(mean)
        deviations.append(deviation or 1.0)
    return {"mean": means, "std": deviations}
