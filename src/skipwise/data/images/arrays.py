"""An .npz with x_train, y_train, x_test, y_test and perhaps class_names."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from skipwise.data.images.source import Source
from skipwise.errors import UserError

EXPECTED = "x_train (n, height, width[, channels]) of uint8, y_train (n,), x_test, y_test"


def read_arrays(path: Path) -> Source:
    """The images of an .npz. Raises UserError where its arrays are not what they must be."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in ("x_train", "y_train", "x_test", "y_test") if name not in arrays]
            if missing:
                raise UserError(f"{path} has no array {', '.join(missing)}: it must hold {EXPECTED}.")
            content = {name: arrays[name] for name in arrays.files}
    except (ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(
            f"{path} cannot be read as .npz: it is damaged or another kind of file, or holds Python objects ({type(error).__name__}). "
            f"Save plain arrays with numpy.savez: {EXPECTED}."
        ) from error
    images = [_images(content[f"x_{part}"], f"{path}: x_{part}") for part in ("train", "test")]
    labels = [
        _labels(content[f"y_{part}"], len(images[number]), f"{path}: y_{part}")
        for number, part in enumerate(("train", "test"))
    ]
    if images[0].shape[1:] != images[1].shape[1:]:
        raise UserError(f"{path}: x_train has images of {images[0].shape[1:]}, x_test of {images[1].shape[1:]}.")
    names = content.get("class_names")
    return source_of_arrays(
        path.stem, images[0], labels[0], images[1], labels[1], None if names is None else [str(n) for n in names]
    )


def source_of_arrays(
    name: str,
    x_train: UInt8[np.ndarray, "train height width channels"],
    y_train: Int[np.ndarray, "train"],
    x_test: UInt8[np.ndarray, "test height width channels"],
    y_test: Int[np.ndarray, "test"],
    class_names: list[str] | None,
) -> Source:
    """A source with a test set of its own. Raises UserError where labels and class names do not fit."""
    labels = np.concatenate([y_train, y_test]).astype(np.int64)
    found, renumbered = np.unique(labels, return_inverse=True)
    if len(found) < 2:
        raise UserError(f"{name} has one label, {found[0]}: a comparison needs at least two classes.")
    if class_names is not None:
        if found.min() < 0 or found.max() >= len(class_names):
            raise UserError(
                f"{name} has labels from {found.min()} to {found.max()} but {len(class_names)} class_names."
            )
        classes = tuple(class_names[label] for label in found)
    else:
        classes = tuple(str(label) for label in found)
    return Source(
        name=name,
        labels=renumbered.astype(np.int64),
        classes=classes,
        parts=["train"] * len(x_train) + ["test"] * len(x_test),
        names=[f"train[{i}]" for i in range(len(x_train))] + [f"test[{i}]" for i in range(len(x_test))],
        arrays=np.concatenate([x_train, x_test]),
    )


def _images(array: np.ndarray, where: str) -> UInt8[np.ndarray, "images height width channels"]:
    if array.dtype != np.uint8:
        raise UserError(f"{where} is {array.dtype}: images must be uint8 with values from 0 to 255.")
    array = array[..., None] if array.ndim == 3 else array
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or 0 in array.shape:
        raise UserError(
            f"{where} has shape {array.shape}: it must be (n, height, width) or (n, height, width, 1 or 3)."
        )
    return array


def _labels(array: np.ndarray, images: int, where: str) -> Int[np.ndarray, "images"]:
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise UserError(f"{where} has shape {array.shape} and type {array.dtype}: it must be (n,) of whole numbers.")
    if len(array) != images:
        raise UserError(f"{where} has {len(array)} labels for {images} images.")
    return array.astype(np.int64)
