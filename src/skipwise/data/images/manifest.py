"""The manifest of images, and the mean and deviation by which they are normalised."""

import numpy as np
from jaxtyping import Int

from skipwise.data.cache_home import location_of
from skipwise.data.images.cache import Decoded, Survey
from skipwise.data.images.decode import RULES
from skipwise.data.images.source import Source
from skipwise.data.images.value_range import told, told_of_cut
from skipwise.data.manifest import ClassCounts, DataManifest, ImageFacts, UnreadableFile
from skipwise.data.split import Split

OWN_SIZE = "own size kept"


def image_manifest(data: str, source: Source, looked: Survey, decoded: Decoded, parts: Split) -> DataManifest:
    """Return the manifest of the images that `data` names, before their quality is known."""
    _, height, width, channels = decoded.images.shape
    labels = source.labels[decoded.kept]
    mean, std = mean_and_std(decoded.images, parts.train)
    return DataManifest(
        source=data,
        layout=source.layout,
        name=source.name,
        fingerprint=looked.fingerprint,
        cache=location_of(decoded.file),
        examples=len(labels),
        classes=source.classes,
        counts=ClassCounts.of(labels, parts, len(source.classes)),
        own_test="test" in source.parts or "validation" in source.parts,
        unreadable=tuple(
            UnreadableFile(name=source.names[i], reason=why) for i, why in sorted(decoded.unreadable.items())
        ),
        other_files=source.other_files,
        hidden_files=source.hidden_files,
        image=ImageFacts(
            height=height,
            width=width,
            channels=channels,
            resize_rule=OWN_SIZE if looked.one_size == (height, width) else RULES[decoded.fit],
            mean=mean,
            std=std,
            fit=decoded.fit,
            value_range=looked.value_range or (),
        ),
        notes=(*source.notes, *_scaling(looked), *parts.notes),
    )


def _scaling(looked: Survey) -> list[str]:
    scaled = [told(looked.value_range, looked.wide)] if looked.value_range else []
    return scaled + ([told_of_cut(looked.cut)] if looked.cut else [])


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
