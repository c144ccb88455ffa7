"""Measurements of the pixels, without any training: near duplicates, brightness and contrast."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from skipwise.data.array_checks import FRACTIONS, WHOLE, Expected, check_arrays
from skipwise.data.images.npz import Npz
from skipwise.data.quality.exact_duplicates import DuplicateGroups
from skipwise.data.quality.near_duplicates import SIDE, NearDuplicates, near_duplicates
from skipwise.data.quality.outliers import Levels, levels
from skipwise.data.quality.small_grey import small_grey

VERSION = 3
"""Raised where the same images would be found to be something else."""
ARRAYS = {
    "pairs": Expected(WHOLE, ("pairs", 2)),
    "alike": Expected(FRACTIONS, ("pairs",)),
    "brightness": Expected(FRACTIONS, ("images",)),
    "contrast": Expected(FRACTIONS, ("images",)),
}
"""The arrays that are kept, as check_arrays compares them."""
MOST_IMAGES, MOST_BYTES = 100_000, 2_000_000_000
"""A study looks at the pixels of so much data at most; `skipwise check` looks at all."""


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """Of the readable images, by their indices."""

    near: NearDuplicates
    levels: Levels


def look(
    images: UInt8[np.ndarray, "images height width channels"],
    duplicates: DuplicateGroups,
    covered: Float[np.ndarray, "images 2"] | None = None,
) -> Pixels:
    """Look at every image. `covered`: see `levels`."""
    small = small_grey(images)
    if covered is None or (covered == 1).all():
        return Pixels(near=near_duplicates(images, small, duplicates.number), levels=levels(small, covered))
    own = _unpadded(
        images, covered
    )  # padding has an edge at the same place in images of one shape: they would be alike
    return Pixels(near=near_duplicates(own, small_grey(own), duplicates.number), levels=levels(small, covered))


def _unpadded(
    images: UInt8[np.ndarray, "images height width channels"], covered: Float[np.ndarray, "images 2"]
) -> UInt8[np.ndarray, "images side side 1"]:
    """Return small grey images of what each image covers."""
    covers = np.maximum(1, np.round(covered * images.shape[1:3])).astype(int).tolist()
    own = np.empty((len(images), SIDE, SIDE, 1), np.uint8)
    for i, (rows, columns) in enumerate(covers):
        seen = np.ascontiguousarray(images[i, :rows, :columns])
        shown = Image.fromarray(seen if seen.shape[-1] == 3 else seen[..., 0]).convert("L")
        own[i, ..., 0] = np.asarray(shown.resize((SIDE, SIDE), Image.Resampling.BOX))
    return own


def look_once(
    images: UInt8[np.ndarray, "images height width channels"],
    duplicates: DuplicateGroups,
    cache: Path,
    covered: Float[np.ndarray, "images 2"] | None = None,
) -> Pixels:
    """Return what `look` does, kept beside the decoded images, so that later studies of them need not look again."""
    padded = "" if covered is None or (covered == 1).all() else "-unpadded"
    file = cache.with_name(f"pixels-{VERSION}{padded}.npz")
    kept = _read(file)
    if kept is None:
        kept = look(images, duplicates, covered)
        part = file.with_name(f".{file.name}-{np.random.SeedSequence().entropy}")
        with part.open("wb") as stream:
            np.savez(
                stream,
                pairs=kept.near.pairs,
                alike=kept.near.alike,
                brightness=kept.levels.brightness,
                contrast=kept.levels.contrast,
            )
        part.replace(file)
    return kept


def _read(file: Path) -> Pixels | None:
    """Return what is kept in a file, None where nothing is, or where it is damaged: its members have checksums."""
    try:
        with Npz(file) as opened:
            kept = opened.read(opened.names)
        check_arrays(kept, ARRAYS)
    except ValueError:
        return None
    return Pixels(
        near=NearDuplicates(pairs=kept["pairs"], alike=kept["alike"]),
        levels=Levels(brightness=kept["brightness"], contrast=kept["contrast"]),
    )


def affordable(images: UInt8[np.ndarray, "images height width channels"]) -> bool:
    """Return whether there are so few images that a study looks at them in passing."""
    return len(images) <= MOST_IMAGES and images.nbytes <= MOST_BYTES
