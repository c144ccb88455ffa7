"""Scenes: images with boxes round their objects, ready for training."""

import json
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from skipwise.data.boxes.annotated import Annotated
from skipwise.data.boxes.digit_scenes import NAME, digit_scenes
from skipwise.data.boxes.objects import Objects, SceneObjects, mended
from skipwise.data.boxes.turned import turned_upright
from skipwise.data.dataset import common_fields
from skipwise.data.images.cache import Decoded, Survey, decode_once, survey
from skipwise.data.images.dataset import Images, cached_images, inspected_images
from skipwise.data.images.decode import PAD_RULE
from skipwise.data.images.fit import fitted
from skipwise.data.images.manifest import OWN_SIZE, image_manifest
from skipwise.data.layout import is_name, open_as
from skipwise.data.manifest import BoxFacts, ClassCounts, DataManifest
from skipwise.data.options import Options, ProgressCallback, check_size, check_test_size
from skipwise.data.quality.exact_duplicates import DuplicateGroups, group_duplicates
from skipwise.data.split import Split, split, stay_together
from skipwise.data.stored import StoredData
from skipwise.errors import UserError

LARGEST_OWN_SIZE = 128
"""Images that all have one size with no side above it, in pixels, keep that size."""

SMALLEST = 32
"""The side of an image that is searched, in pixels."""

LEAST_IMAGES = 4
LEAST_TESTED = 2
"""An interval over images needs at least two."""


@dataclass(frozen=True, kw_only=True)
class Scenes(Images):
    """Images in the cache, all of one label. `objects` are in pixels of the image's own size, `sizes` (height,
    width).
    """

    objects: SceneObjects
    sizes: Int[np.ndarray, "images 2"]

    framing = "pad"
    near_means_same = False  # two frames of one scene may show other objects

    def target_key(self, index: int) -> Hashable:
        some = self.objects[index]
        return tuple(sorted(zip(some.labels.tolist(), map(tuple, some.boxes.tolist()), strict=True)))

    def target_words(self, index: int) -> str:
        """Return how many objects of which class there are."""
        counts = np.bincount(self.objects[index].labels, minlength=len(self.classes)).tolist()
        told = [f"{count} {name}" for name, count in zip(self.classes, counts, strict=True) if count]
        return ", ".join(told) or "no object"

    @cached_property
    def most_objects(self) -> int:
        """In any image."""
        return self.objects.most

    @property
    def stored(self) -> StoredData:
        own = self.objects
        arrays = {"boxes": own.boxes, "box_labels": own.labels, "box_ends": own.ends, "sizes": self.sizes}
        stored = super().stored
        return replace(stored, arrays={**stored.arrays, **arrays})

    def scale(self, index: int) -> Float[np.ndarray, "2"]:
        """Pixels of the cached image for each pixel of the image's own, across and down."""
        height, width = self.sizes[index].tolist()
        return scale_of((height, width), self.input_shape[1:])


def scale_of(size: tuple[int, int], frame: tuple[int, ...]) -> Float[np.ndarray, "2"]:
    """How much an image of this height and width is enlarged to fit the frame, across and down."""
    height, width = fitted(size, (frame[0], frame[1]))
    return np.array([width / size[1], height / size[0]])


def prepare_scenes(
    data: str | Path, options: Options, *, photo_size: int, progress: ProgressCallback | None = None
) -> Scenes:
    """Read, check, decode and split the annotated images that `data` names.

    Without a size small images of one size keep their own, and others get `photo_size`, in pixels. Raises UserError for
    whatever a user can mend.
    """
    check_size(options.size, SMALLEST, "objects are found in images of")
    check_test_size(options.test_size, "images")
    source = open_scenes(data, options)
    looked = survey(source.images)
    source = turned_upright(source, looked.sizes)
    looked = _sizes_checked(source, looked)
    height, width = _frame(looked, options.size, photo_size)
    decoded = decode_once(source.images, looked, height, width, progress, "pad")
    source, objects = _objects(source, looked, decoded)
    duplicates = group_duplicates(looked.digests[decoded.kept])
    together = stay_together(duplicates, None if source.groups is None else [source.groups[i] for i in decoded.kept])
    parts = _split(source, looked, decoded, duplicates, together, options.test_size, options.split_seed)
    _check_boxes(source, parts, objects)
    manifest = image_manifest(str(data), source.images, looked, decoded, parts)
    sizes = looked.sizes[decoded.kept]
    facts = replace(manifest.images, resize_rule=OWN_SIZE if (sizes == (height, width)).all() else PAD_RULE)
    manifest = replace(
        manifest,
        fingerprint=_fingerprint(looked, source, objects),
        classes=source.classes,
        counts=_counts(parts, objects, len(source.classes)),
        image=facts,
        boxes=BoxFacts(most_objects=objects.most, mended=source.tally.mended),
    )
    scenes = Scenes(
        manifest=replace(manifest, notes=(*manifest.notes, *source.tally.notes(), *_notes(manifest, objects))),
        labels=np.zeros(len(sizes), np.int64),
        together=together,
        train=parts.train,
        validation=parts.validation,
        test=parts.test,
        files=None if source.files is None else [source.names[i] for i in decoded.kept],
        images=decoded.images,
        mean=facts.mean,
        std=facts.std,
        objects=objects,
        sizes=sizes,
    )
    return inspected_images(scenes, source.images, looked, decoded, duplicates, compare_all=options.compare_all)


def open_scenes(data: str | Path, options: Options = Options()) -> Annotated:  # noqa: B008
    """The images and boxes that `data` names, not decoded yet. Raises UserError where they cannot be read."""
    if is_name(str(data), {NAME}):
        return digit_scenes()
    found, layout = open_as("boxes", str(data), options)
    source: Annotated = replace(found, layout=layout)
    return source


def load_scenes(stored: StoredData) -> Scenes:
    """Return the scenes that a study's folder keeps, in any process. Raises UserError where the cache is gone."""
    arrays, facts = stored.arrays, stored.manifest.images
    return Scenes(
        **common_fields(stored),
        images=cached_images(stored.manifest),
        mean=facts.mean,
        std=facts.std,
        objects=SceneObjects(boxes=arrays["boxes"], labels=arrays["box_labels"], ends=arrays["box_ends"]),
        sizes=arrays["sizes"],
    )


def _sizes_checked(source: Annotated, looked: Survey) -> Survey:
    """Images that are not as large as their annotation says cannot be used: their boxes lie elsewhere."""
    reasons = dict(looked.reasons)
    fingerprint = looked.fingerprint
    for i, annotation in enumerate(source.annotations):
        size = tuple(looked.sizes[i].tolist())
        if any(size) and annotation.size is not None and annotation.size != size:
            claimed, own = (f"{width}x{height}" for height, width in (annotation.size, size))
            reasons[i] = f"annotated as {claimed} px, but {own} px"
            fingerprint = sha256(f"{fingerprint} {i} {reasons[i]}".encode()).hexdigest()
    if len(reasons) == len(source.names):
        raise UserError(
            f"No image of {source.name} can be used (the first: {source.names[0]}, {reasons[0]}): mend or replace them"
            f"{source.tally.because}."
        )
    return replace(looked, reasons=reasons, fingerprint=fingerprint)


def _frame(looked: Survey, size: int | None, photo_size: int) -> tuple[int, int]:
    """Height and width that all images get."""
    if size is not None:
        return size, size
    own = looked.one_size
    return own if own is not None and max(own) <= LARGEST_OWN_SIZE else (photo_size, photo_size)


def _objects(source: Annotated, looked: Survey, decoded: Decoded) -> tuple[Annotated, SceneObjects]:
    """The mended objects of the decoded images; classes without any are left out. Raises UserError where none is
    left.
    """
    objects = []
    for i in decoded.kept:
        height, width = looked.sizes[i].tolist()
        objects.append(mended(source.annotations[i], source.names[i], (height, width), source.tally))
    counts = np.bincount(np.concatenate([some.labels for some in objects]), minlength=len(source.classes))
    if not counts.any():
        told = _left_out(source, decoded)
        what = f"no box that can be used{told}: mend these" if told else "no box in any of them: annotate some objects"
        raise UserError(f"{source.name} has {len(objects)} images and {what}.")
    kept = np.flatnonzero(counts)
    empty = [name for name, count in zip(source.classes, counts, strict=True) if not count]
    notes = (*source.notes, f"classes without a box are left out: {', '.join(empty)}") if empty else source.notes
    renumbered = [Objects(boxes=some.boxes, labels=np.searchsorted(kept, some.labels)) for some in objects]
    return replace(source, classes=tuple(source.classes[i] for i in kept), notes=notes), SceneObjects.of(renumbered)


def _split(
    source: Annotated,
    looked: Survey,
    decoded: Decoded,
    duplicates: DuplicateGroups,
    together: Int[np.ndarray, "images"],
    test_size: float | None,
    seed: int,
) -> Split:
    """As images without classes are split. Raises UserError where there are too few, or none is new to what is
    trained.
    """
    given = [source.parts[i] for i in decoded.kept]
    if (differ := len(np.unique(together))) < LEAST_IMAGES:
        groups = "" if source.groups is None else ", and are in different groups"
        raise UserError(
            f"{source.name} has {differ} images that differ{groups}: it needs at least {LEAST_IMAGES}, to train, to "
            f"validate and to test on{_left_out(source, decoded)}."
        )
    parts = split(
        np.zeros(len(decoded.kept), np.int64),
        given,
        together,
        ("of all images",),
        test_size=test_size,
        fingerprint=looked.fingerprint,
        seed=seed,
    )
    if len(parts.test) < LEAST_TESTED:
        more = "put more into its test part" if "test" in given else "add images, or ask for a larger --test-size"
        raise UserError(
            f"{source.name} has {len(decoded.kept)} images and {len(parts.test)} to test on, and results need at least "
            f"{LEAST_TESTED}: {more}{_left_out(source, decoded)}."
        )
    number = duplicates.number
    if np.isin(number[parts.test], np.delete(number, parts.test)).all():
        raise UserError(
            f"Every test image of {source.name} is a training image too: give it others to test on, or no test part, and "
            "one is drawn."
        )
    return parts


def _left_out(source: Annotated, decoded: Decoded) -> str:
    """Say what an error adds on images that cannot be used and boxes that were left out, "" where there are none."""
    reasons = decoded.unreadable
    if not reasons:
        return source.tally.because
    first = min(reasons)
    unusable = f"{len(reasons)} images cannot be used, the first: {source.names[first]}, {reasons[first]}"
    return f" ({'; '.join([unusable, *source.tally.notes()])})"


def _check_boxes(source: Annotated, parts: Split, objects: SceneObjects) -> None:
    """Raises UserError for a part without a single box, which could teach or measure nothing."""
    given = set(source.parts) | {"train", "test"}
    for part, indices in (("train", parts.train), ("validation", parts.validation), ("test", parts.test)):
        if part in given and not objects.counts[indices].any():
            raise UserError(
                f"The {part} part of {source.name} has {len(indices)} images and not a single box{source.tally.because}: "
                "annotate some of them, or give other parts."
            )


def _counts(parts: Split, objects: SceneObjects, classes: int) -> ClassCounts:
    """Return the number of objects of each class in each part."""

    def of(indices: Int[np.ndarray, "part"]) -> tuple[int, ...]:
        inside = np.isin(objects.image, indices)
        return tuple(np.bincount(objects.labels[inside], minlength=classes).tolist())

    return ClassCounts(train=of(parts.train), validation=of(parts.validation), test=of(parts.test))


def _notes(manifest: DataManifest, objects: SceneObjects) -> list[str]:
    """Return notes on the objects."""
    notes = []
    if without := int((objects.counts == 0).sum()):
        notes.append(f"{without} images show no object, and teach what is none")
    counts = manifest.counts
    for of_part, problem in (
        (counts.train, "no training image, and will not be found"),
        (counts.test, "no test image"),
    ):
        missing = [name for name, count in zip(manifest.classes, of_part, strict=True) if not count]
        if missing:
            notes.append(f"classes with {problem}: {', '.join(missing)}")
    return notes


def _fingerprint(looked: Survey, source: Annotated, objects: SceneObjects) -> str:
    """Return a hash of the images and everything that is said of them."""
    rows = [looked.fingerprint, source.classes, [[some.boxes.tolist(), some.labels.tolist()] for some in objects]]
    return sha256(json.dumps(rows).encode()).hexdigest()
