"""Images ready for training: decoded, labelled, split."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Int, UInt8

from skipwise.data.array_checks import DAMAGED
from skipwise.data.cache_home import check_folder
from skipwise.data.dataset import Dataset, common_fields
from skipwise.data.images.cache import Decoded, Survey, decode_once, survey
from skipwise.data.images.fit import CropLoss, CroppedImage, covered, crop_loss
from skipwise.data.images.manifest import image_manifest, mean_and_std
from skipwise.data.images.named import NAMES, read_named
from skipwise.data.images.source import Source
from skipwise.data.input_spec import InputSpec
from skipwise.data.layout import is_name, open_as
from skipwise.data.long_tail import long_tail
from skipwise.data.manifest import DataManifest
from skipwise.data.options import Fit, Options, ProgressCallback, check_size, check_test_size
from skipwise.data.quality.exact_duplicates import DuplicateGroups, group_duplicates
from skipwise.data.quality.inspect import inspected
from skipwise.data.quality.pixels import affordable, look_once
from skipwise.data.split import split, stay_together
from skipwise.data.stored import StoredData, mapped
from skipwise.errors import UserError, reason_of

LARGEST_OWN_SIZE = 64
"""Images that all have one size with no side above it, in pixels, keep that size."""

SomeImages = TypeVar("SomeImages", bound="Images")


@dataclass(frozen=True, kw_only=True)
class Images(Dataset):
    """Images in the cache. `mean` and `std` are by channel, of the training images as shares of white.

    `cropped`: those of which a centre crop would lose most, none where they were loaded.
    """

    images: UInt8[np.ndarray, "images height width channels"]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    cropped: tuple[CroppedImage, ...] = ()

    unit = "images"

    @property
    def framing(self) -> Fit:
        return self.manifest.images.fit

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        _, height, width, channels = self.images.shape
        return channels, height, width

    @property
    def input_spec(self) -> InputSpec:
        return InputSpec(
            input_shape=self.input_shape,
            classes=self.classes,
            mean=self.mean,
            std=self.std,
            fit=self.framing,
            value_range=self.manifest.images.value_range,
        )

    @property
    def mirrored(self) -> bool:
        """Whether a mirror image keeps its meaning: not where the classes are digits or letters."""
        return not all(len(name) == 1 or name.isdigit() for name in self.classes)

    def with_parts(
        self,
        *,
        train: Int[np.ndarray, "train"],
        validation: Int[np.ndarray, "validation"],
        test: Int[np.ndarray, "test"],
    ) -> "Images":
        mean, std = mean_and_std(self.images, train)
        return replace(self, train=train, validation=validation, test=test, mean=mean, std=std)


def prepare_images(
    data: str | Path, options: Options, *, photo_size: int, progress: ProgressCallback | None = None
) -> Images:
    """Read, check, decode and split the images that `data` names.

    A long tail thins the training images; validation and test images stay. Without a size small sets keep their own,
    and photos get `photo_size`, in pixels. Raises UserError for whatever a user can mend.
    """
    check_size(options.size, 1, "images need")
    check_test_size(options.test_size, "images")
    source = open_source(data, options)
    looked = survey(source)
    height, width = _image_size(looked, options.size, photo_size)
    loss = crop_loss(looked.sizes, (height, width))
    how = options.fit or loss.fit
    decoded = decode_once(source, looked, height, width, progress, how)
    labels = source.labels[decoded.kept]
    _check_classes(source, labels, decoded)
    duplicates = group_duplicates(looked.digests[decoded.kept])
    together = stay_together(duplicates, None if source.groups is None else [source.groups[i] for i in decoded.kept])
    parts = split(
        labels,
        [source.parts[i] for i in decoded.kept],
        together,
        source.classes,
        test_size=options.test_size,
        fingerprint=looked.fingerprint,
        seed=options.split_seed,
    )
    if (tail := options.long_tail) is not None:
        kept = long_tail(parts.train, labels, tail, looked.fingerprint, options.split_seed)
        note = f"training images thinned to a long tail of {tail:g}: {len(kept)} of {len(parts.train)} stay"
        parts = replace(parts, train=kept, notes=(*parts.notes, note))
    manifest = image_manifest(str(data), source, looked, decoded, parts)
    manifest = replace(manifest, notes=(*manifest.notes, *loss.notes(how, options.fit)))
    images = Images(
        manifest=manifest,
        labels=labels,
        together=together,
        train=parts.train,
        validation=parts.validation,
        test=parts.test,
        files=None if source.files is None else [source.names[i] for i in decoded.kept],
        images=decoded.images,
        mean=manifest.images.mean,
        std=manifest.images.std,
        cropped=_cropped(source, loss),
    )
    return inspected_images(images, source, looked, decoded, duplicates, compare_all=options.compare_all)


def open_source(data: str | Path, options: Options = Options()) -> Source:  # noqa: B008
    """The images that `data` names, not decoded yet: a known name, or a path in any layout. Raises UserError."""
    if is_name(str(data), NAMES):
        return read_named(str(data))
    found, layout = open_as("images", str(data), options)
    source: Source = replace(found, layout=layout)
    return source


def _cropped(source: Source, loss: CropLoss) -> tuple[CroppedImage, ...]:
    files = source.files
    if files is None:
        return ()
    return tuple(CroppedImage(name=source.names[i], file=files[i], lost=lost) for i, lost in loss.worst)


def inspected_images(
    images: SomeImages,
    source: Source,
    looked: Survey,
    decoded: Decoded,
    duplicates: DuplicateGroups,
    *,
    compare_all: bool,
) -> SomeImages:
    """Return the images with the report of their quality; many are compared by their pixels only if `compare_all`."""
    compared = compare_all or affordable(decoded.images)
    frame = (decoded.images.shape[1], decoded.images.shape[2])
    seen = covered(looked.sizes[decoded.kept], frame) if decoded.fit == "pad" else None
    return inspected(
        images,
        names=[source.names[i] for i in decoded.kept],
        duplicates=duplicates,
        pixels=look_once(decoded.images, duplicates, decoded.file, seen) if compared else None,
        headers=None if source.files is None else looked.headers.of(decoded.kept),
    )


def load_images(stored: StoredData) -> Images:
    """Return the images that a study's folder keeps, in any process. Raises UserError where the cache is gone."""
    facts = stored.manifest.images
    return Images(**common_fields(stored), images=cached_images(stored.manifest), mean=facts.mean, std=facts.std)


def cached_images(manifest: DataManifest) -> UInt8[np.ndarray, "images height width channels"]:
    """Return the decoded images, mapped. Raises UserError where they are gone."""
    if not manifest.cache_path.exists():
        raise UserError(
            f"The decoded images {manifest.cache_path} are gone: run the command that made the study again."
        )
    check_folder(manifest.cache_path.parent, "run the command that made the study again")
    facts = manifest.images
    shape = (manifest.examples, facts.height, facts.width, facts.channels)
    try:
        images: UInt8[np.ndarray, "images height width channels"] = mapped(manifest.cache_path)
        if images.dtype != np.uint8 or images.shape != shape:
            raise ValueError(f"it holds {images.dtype.name} of {images.shape}, not uint8 of {shape}")
    except DAMAGED as error:
        raise UserError(
            f"The decoded images {manifest.cache_path} are damaged ({reason_of(error)}): run the command that made the "
            "study again."
        ) from error
    return images


def _image_size(looked: Survey, size: int | None, photo_size: int) -> tuple[int, int]:
    if size is not None:
        return size, size
    own = looked.one_size
    return own if own is not None and max(own) <= LARGEST_OWN_SIZE else (photo_size, photo_size)


def _check_classes(source: Source, labels: Int[np.ndarray, "images"], decoded: Decoded) -> None:
    """Raises UserError where every image of a class is unreadable."""
    for label, name in enumerate(source.classes):
        if not (labels == label).any():
            lost = next(i for i in decoded.unreadable if source.labels[i] == label)
            raise UserError(
                f"No image of the class {name!r} can be read (the first: {source.names[lost]}, "
                f"{decoded.unreadable[lost]}): replace them, or leave the class out."
            )
