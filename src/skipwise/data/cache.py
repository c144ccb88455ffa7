"""Images decoded once, kept as one uint8 array on disk that every process maps into memory."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from skipwise.data.decode import RULE_VERSION, Unreadable, decode, fit, open_image
from skipwise.data.sources import Source, data_home

Look = tuple[str, tuple[int, int] | None, str | None]
Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A first look at every image: a digest of its bytes, its (height, width), or why it cannot be read."""

    digests: Sequence[str]
    sizes: Sequence[tuple[int, int] | None]
    reasons: Sequence[str | None]
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The readable images, where they are kept, which of the source's they are, and why the others are not."""

    images: UInt8[np.ndarray, "images height width channels"]
    file: Path
    kept: np.ndarray
    unreadable: dict[int, str]


def survey(source: Source) -> Survey:
    """Read every image's bytes once, for what they are and how large the image is."""
    if source.arrays is not None:
        height, width = source.arrays.shape[1:3]
        looks: list[Look] = [(_digest(image.tobytes()), (height, width), None) for image in source.arrays]
    else:
        assert source.files is not None
        with ThreadPoolExecutor() as pool:
            looks = list(pool.map(_look_at_file, source.files))
    digests, sizes, reasons = zip(*looks, strict=True)
    return Survey(digests=digests, sizes=sizes, reasons=reasons, fingerprint=_fingerprint(source, digests))


def decode_once(source: Source, looked: Survey, height: int, width: int, told: Told | None) -> Decoded:
    """The images at this size, from the cache if they were decoded before. `told(done, total)` hears how it goes."""
    folder = data_home() / "images" / f"{looked.fingerprint[:24]}-{height}x{width}-rule{RULE_VERSION}"
    if not (folder / "images.npy").exists():
        images, unreadable = _decode_all(source, looked, height, width, told)
        _keep(folder, images, unreadable)
    unreadable = {int(i): why for i, why in json.loads((folder / "unreadable.json").read_text()).items()}
    kept = np.setdiff1d(np.arange(len(source.labels)), list(unreadable))
    file = folder / "images.npy"
    return Decoded(images=np.load(file, mmap_mode="r"), file=file, kept=kept, unreadable=unreadable)


def _look_at_file(file: Path) -> Look:
    try:
        content = file.read_bytes()
    except OSError as error:
        return f"unread:{file.name}", None, (error.strerror or str(error)).lower()
    try:
        image = open_image(content)
    except Unreadable as error:
        return _digest(content), None, str(error)
    turned = image.getexif().get(0x0112, 1) >= 5
    return _digest(content), ((image.width, image.height) if turned else (image.height, image.width)), None


def _decode_all(
    source: Source, looked: Survey, height: int, width: int, told: Told | None
) -> tuple[UInt8[np.ndarray, "images height width channels"], dict[int, str]]:
    total = len(source.labels)
    unreadable = {i: reason for i, reason in enumerate(looked.reasons) if reason is not None}
    if source.arrays is not None and source.arrays.shape[1:3] == (height, width):
        return _grey_if_all_are(source.arrays), unreadable
    pixels = np.zeros((total, height, width, 3), np.uint8)

    def put(i: int) -> str | None:
        if i in unreadable:
            return unreadable[i]
        if source.arrays is not None:
            image = Image.fromarray(source.arrays[i].squeeze()).convert("RGB")
            pixels[i] = np.asarray(fit(image, height, width))
            return None
        assert source.files is not None
        try:
            pixels[i] = decode(source.files[i].read_bytes(), height, width)
        except Unreadable as error:
            return str(error)
        except OSError as error:
            return (error.strerror or str(error)).lower()
        return None

    with ThreadPoolExecutor() as pool:
        for i, reason in enumerate(pool.map(put, range(total))):
            if reason is not None:
                unreadable[i] = reason
            if told is not None:
                told(i + 1, total)
    readable = np.setdiff1d(np.arange(total), list(unreadable))
    return _grey_if_all_are(pixels[readable] if unreadable else pixels), unreadable


def _grey_if_all_are(images: np.ndarray) -> UInt8[np.ndarray, "images height width channels"]:
    """One channel where red, green and blue are equal in every image."""
    if images.shape[-1] == 1 or any((image != image[..., :1]).any() for image in images):
        return images
    return images[..., :1]


def _keep(folder: Path, images: np.ndarray, unreadable: dict[int, str]) -> None:
    """Put both files in place in one step; whoever comes second leaves what the first one put there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
    np.save(part / "images.npy", images)
    (part / "unreadable.json").write_text(json.dumps(unreadable))
    try:
        part.rename(folder)
    except OSError:
        shutil.rmtree(part)
        if not (folder / "images.npy").exists():
            raise


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _fingerprint(source: Source, digests: Sequence[str]) -> str:
    """Of everything that makes the data what they are: names, bytes, labels, given parts and groups."""
    groups = source.groups or [""] * len(digests)
    classes = (source.classes[label] for label in source.labels)
    rows = sorted(zip(source.names, digests, classes, source.parts, groups, strict=True))
    return sha256(json.dumps(rows).encode()).hexdigest()
