"""Which images are for training, for validation and for testing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from skipwise import keyed_rng
from skipwise.data.class_folders import listed
from skipwise.data.clusters import Clusters
from skipwise.data.parts import PARTS
from skipwise.data.quality.exact_duplicates import DuplicateGroups
from skipwise.errors import UserError

TEST_SIZE = 0.2
VALIDATION_SIZE = 0.1
"""Of the training images."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """Indices of the images of each part, and what was decided that one might not expect."""

    train: Int[np.ndarray, "train"]
    validation: Int[np.ndarray, "validation"]
    test: Int[np.ndarray, "test"]
    notes: tuple[str, ...]


def split(
    labels: Int[np.ndarray, "images"],
    given: Sequence[str],
    together: Int[np.ndarray, "images"],
    classes: Sequence[str],
    *,
    test_size: float | None,
    fingerprint: str,
    seed: int,
    examples: str = "images",
) -> Split:
    """Keep the parts that are given and draw the others, class by class.

    Images with one number in `together` stay on one side of what is drawn. Validation always comes out of the
    training images. Raises UserError naming a class that would be missing from a part.
    """
    parts = np.array(given, dtype=object)
    notes = []
    if "test" not in given and "validation" in given:
        parts[parts == "validation"] = "test"
        notes.append(
            "there is no test part: the validation part serves as the test set, validation is drawn from train"
        )
    renamed = "test" not in given and "test" in parts
    _follow(parts, together)
    given_test = "test" in parts
    if given_test:
        if test_size is not None:
            notes.append("the data have a test set of their own: --test-size is not used")
    else:
        pool = parts == "" if (parts == "").any() else parts == "train"
        fraction = TEST_SIZE if test_size is None else test_size
        parts[_drawn(pool, labels, together, fraction, (fingerprint, seed, "test"), leave=2)] = "test"
    parts[parts == ""] = "train"
    own_validation = "validation" not in parts
    if own_validation:
        drawn = _drawn(parts == "train", labels, together, VALIDATION_SIZE, (fingerprint, seed, "validation"), leave=1)
        parts[drawn] = "validation"
    own_test = "validation part, which serves as the test set," if renamed else "test part" if given_test else ""
    _check(parts, labels, classes, own_validation, own_test, examples)
    if not own_validation:
        notes += _missing_in_validation(parts, labels, classes)
    indices = {part: np.flatnonzero(parts == part) for part in PARTS}
    return Split(**indices, notes=tuple(notes))


def stay_together(duplicates: DuplicateGroups, groups: Sequence[str] | None) -> Int[np.ndarray, "images"]:
    """Return a number for each image, the same for exact duplicates and for members of a group, also through others."""
    count = len(duplicates.number)
    ties = [duplicates.number]
    if groups is not None:
        alone = [group or f"\x00{i}" for i, group in enumerate(groups)]
        ties.append(np.unique(np.array(alone), return_inverse=True)[1])
    nodes, keys, offset = [], [], count
    for tie in ties:
        nodes.append(np.arange(count))
        keys.append(tie + offset)
        offset += int(tie.max()) + 1
    rows, columns = np.concatenate(nodes), np.concatenate(keys)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(offset, offset))
    return np.asarray(connected_components(graph, directed=False)[1][:count], np.int64)


def _follow(parts: np.ndarray, together: Int[np.ndarray, "images"]) -> None:
    """Put the images without a part beside those they stay with; where these have several parts, outside of train."""
    free = parts == ""
    for part in ("test", "validation", "train"):
        parts[free & np.isin(together, together[parts == part])] = part
        free &= parts == ""


def _drawn(
    pool: Bool[np.ndarray, "images"],
    labels: Int[np.ndarray, "images"],
    together: Int[np.ndarray, "images"],
    fraction: float,
    key: tuple[str, int, str],
    *,
    leave: int,
) -> Bool[np.ndarray, "images"]:
    """A random share of the pool, about `fraction` of each class, that leaves `leave` clusters of each class or more.

    A cluster (what stays together) belongs to the class of most of its images.
    """
    chosen = np.flatnonzero(pool)
    clusters, own = Clusters.of(together[chosen]), labels[chosen]
    sizes, class_of = clusters.sizes.tolist(), _commonest(clusters, own)
    counts = enumerate(np.bincount(own).tolist())
    wanted = {label: max(1, round(fraction * count)) for label, count in counts if count}
    spare = {label: count - leave for label, count in enumerate(np.bincount(class_of).tolist()) if count}
    taken = np.zeros(len(sizes), bool)
    class_of, begun = class_of.tolist(), set[int]()
    for position in keyed_rng.order(len(sizes), *key).tolist():
        size, label = sizes[position], class_of[position]
        if wanted[label] > 0 and spare[label] > 0 and (size <= wanted[label] or label not in begun):
            taken[position] = True
            begun.update([label] if size == 1 else own[clusters.members(position)].tolist())
            wanted[label] -= size
            spare[label] -= 1
    drawn = np.zeros(len(labels), bool)
    drawn[chosen] = taken[clusters.number]
    return drawn


def _commonest(clusters: Clusters, labels: Int[np.ndarray, "examples"]) -> Int[np.ndarray, "clusters"]:
    """Return the class of most examples of each cluster; of equally common ones that of the first example."""
    class_of: Int[np.ndarray, clusters] = labels[clusters.first]
    for mixed in np.unique(clusters.number[labels != class_of[clusters.number]]).tolist():
        class_of[mixed] = Counter(labels[clusters.members(mixed)].tolist()).most_common(1)[0][0]
    return class_of


def _missing_in_validation(parts: np.ndarray, labels: Int[np.ndarray, "images"], classes: Sequence[str]) -> list[str]:
    there = np.bincount(labels[parts == "validation"], minlength=len(classes))
    missing = [name for label, name in enumerate(classes) if not there[label]]
    return [f"the validation part that is given has none of the class {listed(missing)}"] if missing else []


def _check(
    parts: np.ndarray,
    labels: Int[np.ndarray, "images"],
    classes: Sequence[str],
    own_validation: bool,
    own_test: str,
    examples: str,
) -> None:
    """Every class in training, in test and in a validation part of ours. Raises UserError naming one that is not.

    `own_test` is what the test part is called where the data have one.
    """
    for part in PARTS:
        if not (parts == part).any():
            raise UserError(
                f"No {examples.removesuffix('s')} is left for the {part} part: give more {examples} or another split."
            )
    there = {part: np.bincount(labels[parts == part], minlength=len(classes)) for part in PARTS}
    for label, name in enumerate(classes):
        found = {part for part, counts in there.items() if counts[label]}
        if "train" not in found:
            raise UserError(
                f"The class {name!r} has {examples} to test but none to train on: add some, or leave it out."
            )
        if "test" not in found and own_test:
            known = listed([other for index, other in enumerate(classes) if there["test"][index]])
            raise UserError(
                f"The {own_test} that is given has none of the {int((labels == label).sum())} {examples} of the class {name!r} (it has "
                f"{known}): add some there, or leave the class out."
            )
        if "test" not in found:
            raise UserError(
                f"The class {name!r} has {int((labels == label).sum())} {examples} and none of them is for testing: "
                "a class needs at least 3 that differ, and are in different groups."
            )
        if own_validation and "validation" not in found:
            raise UserError(
                f"The class {name!r} has {there['train'][label]} {examples} to train on and none "
                "of them can be spared for validation: it needs at least 2 that differ, and are in different groups."
            )
