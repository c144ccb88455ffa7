"""What the data check found of images, as data.json keeps it."""

from typing import Any

import numpy as np
from jaxtyping import Int

from skipwise.data.images.cache import Decoded, Survey
from skipwise.data.images.decode import RESIZE_RULE, Framing, covered
from skipwise.data.images.open import Source
from skipwise.data.quality.findings import findings, notes_on
from skipwise.data.quality.pixels import far_out_sizes, pixel_findings, pixel_notes
from skipwise.data.split import Split

OWN_SIZE = "own size kept"


def inspect(
    source: Source,
    looked: Survey,
    decoded: Decoded,
    parts: Split,
    together: Int[np.ndarray, "images"],
    framing: Framing = "cut",
) -> dict[str, Any]:
    """Everything that a person, or another process, must know of the images. Indices are into the decoded ones."""
    _, height, width, channels = decoded.images.shape
    kept_size = all(size == (height, width) for size in looked.sizes if size is not None)
    names = [source.names[i] for i in decoded.kept]
    digests = [looked.digests[i] for i in decoded.kept]
    labels, sizes = source.labels[decoded.kept], [looked.sizes[i] for i in decoded.kept]
    found: dict[str, Any] = {
        "name": source.name,
        "fingerprint": looked.fingerprint,
        "cache": str(decoded.file),
        "image": {"height": height, "width": width, "channels": channels},
        "resize_rule": OWN_SIZE if kept_size else RESIZE_RULE,
        **findings(
            classes=source.classes,
            labels=labels,
            names=names,
            digests=digests,
            parts=parts,
            together=together,
            own_test="test" in source.parts or "validation" in source.parts,
            unreadable=[{"name": source.names[i], "reason": why} for i, why in sorted(decoded.unreadable.items())],
            other_files=source.other_files,
            hidden_files=source.hidden_files,
        ),
        **mean_and_std(decoded.images, parts.train),
        "files": names if source.files is not None else None,
        "pixels": pixel_findings(
            decoded.images,
            digests,
            decoded.file,
            names,
            labels,
            parts,
            covered([size for size in sizes if size], (height, width)) if framing == "pad" else None,
        ),
    }
    if found["pixels"] is not None:
        found["pixels"]["far_out_sizes"] = far_out_sizes(sizes)
    pixels = pixel_notes(found["pixels"], len(parts.test))
    found["notes"] = [*source.notes, *parts.notes, *notes_on(found), *pixels]
    return found


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
