"""Findings of a quick look at the pixels, without any training: near duplicates, and images that are unlike the
others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from skipwise.data.manifest import PixelFindings
from skipwise.data.quality.near_duplicates import NearDuplicates, near_duplicates
from skipwise.data.quality.outliers import Levels, far_out, levels
from skipwise.data.quality.small_grey import small_grey
from skipwise.data.split import Split

VERSION = 3
"""Raised where the same images would be found to be something else."""
MOST_IMAGES, MOST_BYTES = 100_000, 2_000_000_000
"""A study looks at the pixels of so much data at most; `skipwise check` looks at all."""
MOST_LISTED = 20
"""Of images that are listed by name; the counts are of all."""


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """Of the readable images, by their indices."""

    near: NearDuplicates
    levels: Levels


def look(
    images: UInt8[np.ndarray, "images height width channels"],
    same: Int[np.ndarray, "images"],
    covered: Float[np.ndarray, "images 2"] | None = None,
) -> Pixels:
    """Look at every image; equal numbers in `same` are exact duplicates. `covered`: see `levels`."""
    small = small_grey(images)
    return Pixels(near=near_duplicates(images, small, same), levels=levels(small, covered))


def look_once(
    images: UInt8[np.ndarray, "images height width channels"],
    same: Int[np.ndarray, "images"],
    cache: Path,
    covered: Float[np.ndarray, "images 2"] | None = None,
) -> Pixels:
    """The same, kept beside the decoded images, so that later studies of them need not look again."""
    file = cache.with_name(f"pixels-{VERSION}.npz")
    if not file.exists():
        seen = look(images, same, covered)
        part = file.with_name(f".{file.name}-{np.random.SeedSequence().entropy}")
        with part.open("wb") as stream:
            np.savez(
                stream,
                pairs=seen.near.pairs,
                alike=seen.near.alike,
                brightness=seen.levels.brightness,
                contrast=seen.levels.contrast,
            )
        part.replace(file)
    with np.load(file) as kept:
        return Pixels(
            near=NearDuplicates(pairs=kept["pairs"], alike=kept["alike"]),
            levels=Levels(brightness=kept["brightness"], contrast=kept["contrast"]),
        )


def pixel_findings(
    images: UInt8[np.ndarray, "images height width channels"],
    same: Int[np.ndarray, "images"],
    cache: Path,
    names: Sequence[str],
    labels: Int[np.ndarray, "images"],
    parts: Split,
    covered: Float[np.ndarray, "images 2"] | None,
) -> PixelFindings | None:
    """Return what a manifest keeps of it, but for sizes; None where there are too many images for a look in passing.
    The split stays as it is.
    """
    if len(images) > MOST_IMAGES or images.nbytes > MOST_BYTES:
        return None
    seen = look_once(images, same, cache, covered)
    pairs = seen.near.pairs
    tested = np.isin(pairs, parts.test)
    used = np.isin(pairs, np.concatenate([parts.train, parts.validation, parts.test]))
    across = used.all(1) & (tested.sum(1) == 1)
    other = labels[pairs[:, 0]] != labels[pairs[:, 1]]

    def listed(which: np.ndarray) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(names[i] for i in pair) for pair in pairs[which][:MOST_LISTED].tolist())

    return PixelFindings(
        near_duplicates=len(np.unique(pairs)),
        across_split=len(np.unique(pairs[across][tested[across]])),
        across_split_examples=listed(across),
        other_label=int(other.sum()),
        other_label_examples=listed(other),
        one_colour=int(seen.levels.blank.sum()),
        far_out_brightness=int(far_out(seen.levels.brightness).sum()),
        far_out_contrast=int(far_out(seen.levels.contrast).sum()),
        far_out_sizes=0,
    )


def pixel_notes(found: PixelFindings | None, tested: int) -> list[str]:
    """Return notes that a user should read at once."""
    if found is None:
        return ["too many images to look for near duplicates in passing: `skipwise check` does"]
    notes = []
    if found.across_split:
        notes.append(
            f"{found.across_split} of {tested} test images are near duplicates of one in training or validation: "
            "their answers are no test (`skipwise check` shows them)"
        )
    if found.other_label:
        notes.append(
            f"with different labels: {found.other_label} {'pair' if found.other_label == 1 else 'pairs'} of near "
            "duplicates (`skipwise check` shows them)"
        )
    return notes


def far_out_sizes(sizes: Int[np.ndarray, "images 2"]) -> int:
    """Return how many files have a number of pixels that is far from the usual, by its logarithm."""
    return int(far_out(np.log(np.maximum(1, sizes.prod(1)))).sum()) if len(sizes) else 0


def same_bytes(digests: Sequence[str] | np.ndarray) -> Int[np.ndarray, "images"]:
    """A number for each image, equal for exact duplicates."""
    return np.unique(np.array(digests), return_inverse=True)[1].astype(np.int64)
