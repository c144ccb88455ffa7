"""The manifest of images: what was found in them, and the numbers by which they are normalised."""

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from skipwise.data.cache_home import location_of
from skipwise.data.images.cache import Decoded, Survey
from skipwise.data.images.decode import RESIZE_RULE, Framing, covered
from skipwise.data.images.open import Source
from skipwise.data.manifest import DataManifest, ImageFacts, UnreadableFile
from skipwise.data.quality.findings import class_counts, exact_duplicates, notes_on
from skipwise.data.quality.pixels import far_out_sizes, pixel_findings, pixel_notes, same_bytes
from skipwise.data.split import Split

OWN_SIZE = "own size kept"


def inspect(
    data: str, source: Source, looked: Survey, decoded: Decoded, parts: Split, framing: Framing = "cut"
) -> DataManifest:
    """Return the manifest of the images that `data` names. Indices are into the decoded ones."""
    _, height, width, channels = decoded.images.shape
    names = [source.names[i] for i in decoded.kept]
    labels, sizes = source.labels[decoded.kept], looked.sizes[decoded.kept]
    same = same_bytes(looked.digests[decoded.kept])
    mean, std = mean_and_std(decoded.images, parts.train)
    padded = (
        covered([(rows, columns) for rows, columns in sizes.tolist()], (height, width)) if framing == "pad" else None
    )
    pixels = pixel_findings(decoded.images, same, decoded.file, names, labels, parts, padded)
    if pixels is not None:
        pixels = replace(pixels, far_out_sizes=far_out_sizes(sizes))
    manifest = DataManifest(
        source=data,
        name=source.name,
        fingerprint=looked.fingerprint,
        cache=location_of(decoded.file),
        examples=len(labels),
        classes=source.classes,
        counts=class_counts(labels, parts, len(source.classes)),
        own_test="test" in source.parts or "validation" in source.parts,
        unreadable=tuple(
            UnreadableFile(name=source.names[i], reason=why) for i, why in sorted(decoded.unreadable.items())
        ),
        other_files=source.other_files,
        hidden_files=source.hidden_files,
        duplicates=exact_duplicates(same, names, labels, parts),
        image=ImageFacts(
            height=height,
            width=width,
            channels=channels,
            resize_rule=OWN_SIZE if looked.one_size == (height, width) else RESIZE_RULE,
            mean=mean,
            std=std,
            pixels=pixels,
        ),
    )
    notes = (*source.notes, *parts.notes, *notes_on(manifest), *pixel_notes(pixels, len(parts.test)))
    return replace(manifest, notes=notes)


def mean_and_std(
    images: np.ndarray, train: Int[np.ndarray, "train"], most: int = 10_000
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation by channel, of at most 10,000 training images at even steps, as fractions of
    white.
    """
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
    return tuple(means), tuple(deviations)
