"""Images and labels as arrays of any type and order, brought into one form; whatever is changed is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int, Shaped, UInt8

from skipwise.data.images.value_range import ValueRange, Values, said_range, value_range, values_of_array
from skipwise.errors import UserError
from skipwise.names import tidy

LARGEST = 1e300
"""Of a value, so that differences are numbers, too."""
AT_ONCE = 1_000
"""Images that are converted together."""
CHANNELS = (1, 3)
SHAPES = "it must be (n, height, width) or (n, height, width, 1 or 3)"


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of images, as numbers or as texts, and what must be told of them."""

    numbers: Int[np.ndarray, "images"] | None = None
    texts: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


def as_images(
    arrays: Mapping[str, np.ndarray], path: Path
) -> tuple[dict[str, UInt8[np.ndarray, "images height width channels"]], list[str]]:
    """Return the images of each name as uint8 with channels last, and what must be told of them.

    All that are not of 8 bits are scaled from one range of values. Raises UserError for what cannot be images.
    """
    notes: list[str] = []
    ordered, first = {}, []
    for name, array in arrays.items():
        ordered[name], turned = _channels_last(array, f"{path}: {name}")
        first += [name] if turned else []
    (one, shape), *rest = ((name, array.shape[1:]) for name, array in ordered.items())
    for name, other in rest:
        if other != shape:
            raise UserError(f"{path}: {one} has images of {shape}, {name} of {other}.")
        if ordered[name].dtype != ordered[one].dtype and np.uint8 in (ordered[name].dtype, ordered[one].dtype):
            raise UserError(f"{path}: {one} is {ordered[one].dtype} and {name} {ordered[name].dtype}: save all alike.")
    if first:
        notes.append(f"channels stand before height and width in {', '.join(first)}: moved behind them")
    if all(array.dtype == np.uint8 for array in ordered.values()):
        return ordered, notes
    found = [_values(array, f"{path}: {name}") for name, array in ordered.items()]
    scaled = value_range(found)
    notes.append(f"values are {ordered[one].dtype}: those from {said_range(scaled)} become black to white")
    return {name: _eight_bits(array, scaled) for name, array in ordered.items()}, notes


def as_labels(array: np.ndarray, images: int, where: str) -> Labels:
    """Return labels for so many images: whole numbers, texts, or rows with a single 1. Raises UserError for others."""
    notes: tuple[str, ...] = ()
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.ndim == 2 and array.dtype.kind in "biuf" and len(array) == images:
        if not (np.isin(array, (0, 1)).all() and (array.sum(1) == 1).all()):
            raise UserError(
                f"{where} has {array.shape[1]} values for each image, and not one 1 among zeros in every row: it must be "
                "(n,) of one label each."
            )
        array, notes = (
            array.argmax(1),
            (f"{where.rpartition(': ')[2]} has a row of zeros and one 1 for each image: its place is the label",),
        )
    if array.ndim != 1 or array.dtype.kind not in "biufUS":
        raise UserError(f"{where} has shape {array.shape} and type {array.dtype}: it must be (n,) of whole numbers.")
    if len(array) != images:
        raise UserError(f"{where} has {len(array)} labels for {images} images.")
    if array.dtype.kind in "US":
        return Labels(texts=_texts(array, where))
    if array.dtype.kind == "f":
        odd = array[~np.isfinite(array) | (np.floor(array) != array)]
        if len(odd):
            raise UserError(
                f"{where} holds {odd[0]}, which is no whole number: labels are classes, and values are not learned."
            )
    limits = np.iinfo(np.int64)
    if array.dtype.kind in "uf" and not _below(array, 2.0**63):
        raise UserError(f"{where} holds {array.max()}: labels are numbers up to {limits.max:,}.")
    return Labels(numbers=array.astype(np.int64), notes=notes)


def _texts(array: np.ndarray, where: str) -> tuple[str, ...]:
    decoded = (one.decode("utf-8", "backslashreplace") if isinstance(one, bytes) else one for one in array.tolist())
    texts = tuple(tidy(text) for text in decoded)
    if "" in texts:
        raise UserError(f"{where} has an empty label at {texts.index('')}: name a class, or leave the image out.")
    return texts


def _channels_last(array: np.ndarray, where: str) -> tuple[Shaped[np.ndarray, "images height width channels"], bool]:
    """Return images with channels last, and whether they stood first."""
    if array.dtype.kind not in "biuf":
        raise UserError(f"{where} is {array.dtype}: images must be numbers, as uint8 with values from 0 to 255.")
    array = array[..., None] if array.ndim == 3 else array
    if array.ndim != 4 or (array.shape[3] not in CHANNELS and array.shape[1] not in CHANNELS):
        raise UserError(f"{where} has shape {array.shape}: {SHAPES}.")
    if array.shape[3] in CHANNELS:
        return array, False
    return array.transpose(0, 2, 3, 1), True


def _values(array: np.ndarray, where: str) -> Values:
    """Look at all values. Raises UserError where one is not finite."""
    if array.dtype.kind == "f" and not all(np.isfinite(some).all() for some in _some(array)):
        raise UserError(f"{where} holds NaN or infinite values: replace them, or leave those images out.")
    if array.dtype.kind == "f" and not all(_below(some, LARGEST) for some in _some(array)):
        raise UserError(f"{where} holds values beyond {LARGEST:g}: no camera gives such, scale them.")
    found = values_of_array(_some(array), array.size)
    assert found is not None
    return found


def _below(array: np.ndarray, limit: float) -> bool:
    """Return whether all values, without their signs, are below a limit that their own type may not hold."""
    with np.errstate(over="ignore"):
        return bool((np.abs(array.astype(np.float64)) < limit).all())


def _some(array: np.ndarray) -> list[np.ndarray]:
    return [array[start : start + AT_ONCE] for start in range(0, len(array), AT_ONCE)]


def _eight_bits(array: np.ndarray, scaled: ValueRange) -> UInt8[np.ndarray, "images height width channels"]:
    low, high = scaled
    levels = np.empty(array.shape, np.uint8)
    for start in range(0, len(array), AT_ONCE):
        values = (array[start : start + AT_ONCE].astype(np.float64) - low) * (255 / (high - low))
        levels[start : start + AT_ONCE] = np.clip(np.round(values), 0, 255)
    return levels
