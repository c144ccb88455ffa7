"""Images decoded once, kept as one uint8 array on disk that every process maps into memory."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from jaxtyping import Int, UInt8
from numpy.lib.format import open_memmap
from PIL import Image

from skipwise.data.cache_home import data_home, keep_folder
from skipwise.data.fingerprint import digest, digest_of, fingerprint, json_hash
from skipwise.data.images.decode import RULE_VERSION, decode, to_rgb, wide_values
from skipwise.data.images.fit import fit
from skipwise.data.images.header import Header, Headers, read_header
from skipwise.data.images.regular_file import Unreadable, reading
from skipwise.data.images.source import Source
from skipwise.data.images.value_range import ValueRange, Values, value_range
from skipwise.data.options import Fit, ProgressCallback
from skipwise.data.stored import mapped
from skipwise.regular_files import read_text

Item = TypeVar("Item")
Result = TypeVar("Result")
UNREAD = "unread:"
"""The prefix of a file's name, in place of a digest, where its bytes cannot be read."""
BATCH, BATCHES = 64, 64
"""Images that a thread takes at a time, and how many such batches wait: each waiting task takes memory."""


@dataclass(frozen=True, slots=True)
class Look:
    """A digest of a file's bytes, its header, why it cannot be read, and its values of more than 8 bits."""

    mark: str
    header: Header | None = None
    reason: str | None = None
    values: Values | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A first look at every image: a digest of its bytes and its header.

    `reasons` says of those that cannot be read why not; such a file may have no digest. `wide` images have more than 8
    bits, and all of them are scaled from the values in `value_range`. `cut` images have colours of more bits than are
    read.
    """

    digests: np.ndarray
    headers: Headers
    reasons: Mapping[int, str]
    fingerprint: str
    wide: int = 0
    cut: int = 0
    value_range: ValueRange | None = None

    @property
    def sizes(self) -> Int[np.ndarray, "images 2"]:
        """The (height, width) of each image, 0 where unknown."""
        return self.headers.sizes

    @property
    def one_size(self) -> tuple[int, int] | None:
        """The (height, width) that all readable images have, if they have one."""
        readable = np.ones(len(self.sizes), bool)
        readable[list(self.reasons)] = False
        sizes = self.sizes[readable]
        return tuple(sizes[0].tolist()) if len(sizes) and (sizes == sizes[0]).all() else None


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The readable images, where they are kept, which of the source's they are, and why the others are not.

    `fit`: how they came to their size.
    """

    images: UInt8[np.ndarray, "images height width channels"]
    file: Path
    kept: np.ndarray
    unreadable: dict[int, str]
    fit: Fit = "crop"


def survey(source: Source) -> Survey:
    """Read every image's bytes once, for their digest and their header, and the pixels of those of more than 8 bits."""
    count = len(source.labels)
    digests, headers, reasons = np.zeros(count, "S32"), Headers.empty(count), {}
    unread: dict[int, str] = {}
    wide: list[Values] = []
    cut = 0
    for i, look in enumerate(_looks(source)):
        if look.mark.startswith(UNREAD):
            unread[i] = look.mark
        else:
            digests[i] = look.mark.encode()
        if look.header is not None:
            headers.put(i, look.header)
            cut += look.header.cut
        if look.reason is not None:
            reasons[i] = look.reason
        if look.values is not None:
            wide.append(look.values)

    def known_digest(i: int) -> str:
        return unread[i] if i in unread else digests[i].decode()

    classes = [source.classes[label] for label in source.labels.tolist()]
    whole = fingerprint(source.names, known_digest, classes, source.parts, source.groups)
    found = Survey(digests=digests, headers=headers, reasons=reasons, fingerprint=whole, cut=cut)
    return _with_range(found, wide) if wide else found


def _with_range(found: Survey, wide: Sequence[Values]) -> Survey:
    """Give all images of more than 8 bits one range.

    It makes the data others than those of earlier versions, which scaled each image by a guess of its own, unless it
    is what they guessed of every one.
    """
    scaled = value_range(wide)
    known = all(one.guess == scaled for one in wide)
    mark = found.fingerprint if known else json_hash([found.fingerprint, *scaled])
    return replace(found, wide=len(wide), value_range=scaled, fingerprint=mark)


def _looks(source: Source) -> Iterator[Look]:
    if source.arrays is not None:
        height, width = source.arrays.shape[1:3]
        return (Look(digest(image.tobytes()), Header(height, width)) for image in source.arrays)
    assert source.files is not None
    files = source.files
    return _in_threads(lambda i: _look_at_file(files[i]), range(len(files)))


def _in_threads(do: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Return what `do` gives for each item, in order, while only a few batches of them wait."""

    def do_batch(start: int) -> list[Result]:
        return [do(item) for item in items[start : start + BATCH]]

    with ThreadPoolExecutor() as pool:
        for first in range(0, len(items), BATCH * BATCHES):
            last = min(len(items), first + BATCH * BATCHES)
            for results in pool.map(do_batch, range(first, last, BATCH)):
                yield from results


def decode_once(
    source: Source, looked: Survey, height: int, width: int, told: ProgressCallback | None, how: Fit = "crop"
) -> Decoded:
    """The images at this size, from the cache if they were decoded before. `told(done, total)` hears how it goes."""
    rule = f"{'' if how == 'crop' else how}rule{RULE_VERSION}"
    folder = data_home() / "images" / f"{looked.fingerprint[:24]}-{height}x{width}-{rule}"
    keep_folder(folder, lambda part: _decode_into(part, source, looked, height, width, told, how))
    unreadable = {int(i): why for i, why in json.loads(read_text(folder / "unreadable.json")).items()}
    kept = np.setdiff1d(np.arange(len(source.labels)), np.array(list(unreadable), np.int64))
    file = folder / "images.npy"
    return Decoded(images=mapped(file), file=file, kept=kept, unreadable=unreadable, fit=how)


def _look_at_file(file: Path) -> Look:
    mark, header = f"{UNREAD}{file.name}", None
    try:
        with reading(file) as opened:
            mark = digest_of(opened)
            header = read_header(opened)
            return Look(mark, header, values=wide_values(opened) if header.wide else None)
    except (OSError, ValueError, Unreadable) as error:  # ValueError: a name with a null byte
        return Look(mark, header, _reason(error))


def _decode_into(
    part: Path, source: Source, looked: Survey, height: int, width: int, told: ProgressCallback | None, how: Fit
) -> None:
    """Write images.npy and unreadable.json. Photos go from disk to disk: all at once they would fill the memory."""
    file, unreadable = part / "images.npy", {}
    if source.arrays is not None and source.arrays.shape[1:3] == (height, width):
        np.save(file, source.arrays[..., :1] if _all_grey(source.arrays) else source.arrays)
    else:
        every = part / "every.npy"
        pixels = open_memmap(every, mode="w+", dtype=np.uint8, shape=(len(source.labels), height, width, 3))
        unreadable = _decode_all(source, looked, pixels, told, how)
        readable = np.setdiff1d(np.arange(len(pixels)), list(unreadable))
        channels = 1 if _all_grey(pixels) else 3  # an unreadable image is black here, which is grey
        images = open_memmap(file, mode="w+", dtype=np.uint8, shape=(len(readable), height, width, channels))
        for position, i in enumerate(readable):
            images[position] = pixels[i, ..., :channels]
        images.flush()
        every.unlink()
    (part / "unreadable.json").write_text(json.dumps(unreadable))


def _decode_all(
    source: Source,
    looked: Survey,
    pixels: UInt8[np.ndarray, "images height width 3"],
    told: ProgressCallback | None,
    how: Fit,
) -> dict[int, str]:
    """Fill `pixels` with every image that can be read; for the others, why not."""
    total, height, width, _ = pixels.shape

    def put(i: int) -> str | None:
        if i in looked.reasons:
            return looked.reasons[i]
        try:
            if source.arrays is not None:
                pixels[i] = np.asarray(fit(to_rgb(_image(source.arrays[i])), height, width, how))
            else:
                assert source.files is not None
                with reading(source.files[i]) as file:
                    pixels[i] = decode(file, height, width, how, looked.value_range)
        except (Unreadable, OSError) as error:
            return _reason(error)
        return None

    unreadable: dict[int, str] = {}
    for i, reason in enumerate(_in_threads(put, range(total))):
        if reason is not None:
            unreadable[i] = reason
        if told is not None:
            told(i + 1, total)
    return unreadable


def _image(array: UInt8[np.ndarray, "height width channels"]) -> Image.Image:
    return Image.fromarray(array[..., 0] if array.shape[-1] == 1 else array)


def _all_grey(images: UInt8[np.ndarray, "images height width channels"]) -> bool:
    """Whether red, green and blue are equal in every image."""
    return images.shape[-1] == 1 or not any((image != image[..., :1]).any() for image in images)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
