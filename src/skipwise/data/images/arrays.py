"""An .npz with the images and labels of each part, as x_train and y_train, and perhaps class_names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from skipwise.data.images.array_values import Labels, as_images, as_labels
from skipwise.data.images.npz import Npz
from skipwise.data.images.source import Source
from skipwise.data.parts import PARTS, part_of
from skipwise.errors import UserError
from skipwise.names import tidy

EXPECTED = "x_train (n, height, width[, channels]) of uint8, y_train (n,), x_test, y_test"
IMAGES = ("x", "images", "image", "imgs", "img", "data", "pixels")
LABELS = ("y", "labels", "label", "targets", "target", "classes")
CLASS_NAMES = (
    "class_names",
    "classnames",
    "label_names",
    "labels_names",
    "target_names",
    "category_names",
    "categories",
)
MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True)
class ArrayPart:
    """Images of one part of the split, "" being the whole, and their labels as numbers."""

    part: str
    images: UInt8[np.ndarray, "images height width channels"]
    labels: Int[np.ndarray, "images"]


def read_arrays(path: Path) -> Source:
    """The images of an .npz. Raises UserError where its arrays are not what they must be."""
    with Npz(path) as opened:
        found, others = _meant(path, opened.names)
        names = next((name for name in opened.names if name.lower() in CLASS_NAMES), None)
        content = opened.read([*(name for pair in found.values() for name in pair), *([names] if names else [])])
    for images, _ in found.values():
        if content[images].size == 0:
            raise UserError(
                f"{path}: {images} is empty (shape {content[images].shape}): fill it, or leave out "
                f"{' and '.join(next(pair for pair in found.values() if pair[0] == images))}, and that part is drawn."
            )
    pixels, notes = as_images({images: content[images] for images, _ in found.values()}, path)
    labels = {
        label: as_labels(content[label], len(content[images]), f"{path}: {label}") for images, label in found.values()
    }
    known = _class_names(content[names], f"{path}: {names}") if names else None
    numbers, classes, told = _numbered(labels, known, path)
    _check_new_labels(found, numbers, classes, path)
    parts = [
        ArrayPart(part=part, images=pixels[images], labels=numbers[label]) for part, (images, label) in found.items()
    ]
    unread = [name for name in others if name != names]
    if unread:
        listed = ", ".join(unread[:MOST_TOLD]) + (", ..." if len(unread) > MOST_TOLD else "")
        told = [*told, f"arrays that are not read: {listed}"]
    return source_of_arrays(path.stem, parts, classes, notes=(*notes, *told))


def source_of_arrays(
    name: str, parts: Sequence[ArrayPart], class_names: Sequence[str] | None, *, notes: Sequence[str] = ()
) -> Source:
    """A source of images with the parts they are given in. Raises UserError where labels and class names do not fit."""
    labels = np.concatenate([part.labels for part in parts]).astype(np.int64)
    found, renumbered = np.unique(labels, return_inverse=True)
    if class_names is not None:
        if found.min() < 0 or found.max() >= len(class_names):
            raise UserError(
                f"{name} has labels from {found.min()} to {found.max()} but {len(class_names)} class_names."
            )
        classes = tuple(class_names[label] for label in found)
    else:
        classes = tuple(str(label) for label in found)
    if len(found) < 2:
        raise UserError(f"{name} has one label, {classes[0]}: a comparison needs at least two classes.")
    return Source(
        name=name,
        labels=renumbered.astype(np.int64),
        classes=classes,
        parts=[part.part for part in parts for _ in part.images],
        names=[f"{part.part or name}[{i}]" for part in parts for i in range(len(part.images))],
        arrays=np.concatenate([part.images for part in parts]),
        notes=tuple(notes),
    )


def _meant(path: Path, names: Sequence[str]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Return the names of images and labels by part, and those that mean nothing. Raises UserError where one lacks."""
    of: dict[tuple[str, str], str] = {}
    others = []
    for name in names:
        meant = _kind_and_part(name)
        if meant is None:
            others.append(name)
        elif meant in of:
            raise UserError(f"{path} holds both {of[meant]} and {name}, which mean the same: keep one of them.")
        else:
            of[meant] = name
    if not ({("x", ""), ("x", "train")} & of.keys() or {("y", ""), ("y", "train")} & of.keys()):
        held = ", ".join(names[:MOST_TOLD]) or "nothing"
        raise UserError(f"{path} has no array x_train (it has {held}): it must hold {EXPECTED}.")
    for one, other in (("x", "y"), ("y", "x")):
        for kind, part in of:
            if kind == one and (other, part) not in of:
                lacking = _named_like(of[kind, part], kind, other, part)
                raise UserError(f"{path} has no array {lacking}: it must hold {EXPECTED}.")
    if ("x", "") in of and ("x", "train") in of:
        raise UserError(
            f"{path} holds both {of['x', '']} and {of['x', 'train']}: name the part that each array is of, as x_train."
        )
    return {part: (of["x", part], of["y", part]) for part in ("", *PARTS) if ("x", part) in of}, others


def _kind_and_part(name: str) -> tuple[str, str] | None:
    """Return "x" for images or "y" for labels, and the part; None for a name that means neither: `Train_Images`."""
    words = re.split(r"[_ .-]+", name.lower())
    for kind, known in (("x", IMAGES), ("y", LABELS)):
        for word in known:
            if word in words:
                rest = "_".join(words[: words.index(word)] + words[words.index(word) + 1 :])
                part = part_of(rest) if rest else ""
                return None if part is None else (kind, part)
    joined = re.fullmatch(r"([xy])(\w{2,})|(\w{2,})([xy])", name.lower())
    if joined is None:
        return None
    part = part_of(joined[2] or joined[3])
    return None if part is None else (joined[1] or joined[4], part)


def _named_like(name: str, kind: str, other: str, part: str) -> str:
    if name.lower() == f"{kind}_{part}":
        return f"{other}_{part}"
    return f"of {'labels' if other == 'y' else 'images'} beside {name}"


def _numbered(
    labels: Mapping[str, Labels], known: Sequence[str] | None, path: Path
) -> tuple[dict[str, Int[np.ndarray, "images"]], Sequence[str] | None, list[str]]:
    """Return all labels as numbers, the names of classes by number, and what must be told."""
    told = [note for one in labels.values() for note in one.notes]
    texts = [name for name, one in labels.items() if one.texts is not None]
    if texts and len(texts) < len(labels):
        raise UserError(f"{path}: {texts[0]} holds texts, and other labels are numbers: write all labels alike.")
    if not texts:
        return {name: one.numbers for name, one in labels.items() if one.numbers is not None}, known, told
    classes = sorted({text for one in labels.values() for text in one.texts or ()})
    if known is not None and set(known) != set(classes):
        told.append("class_names are not used: the labels are names themselves")
    number = {text: index for index, text in enumerate(classes)}
    numbers = {name: np.array([number[text] for text in one.texts or ()], np.int64) for name, one in labels.items()}
    return numbers, classes, told


def _class_names(array: np.ndarray, where: str) -> list[str]:
    """Return the names of classes. Raises UserError where they are no list of different names."""
    if array.ndim != 1:
        raise UserError(f"{where} has shape {array.shape}: it must be a list with a name for each class.")
    if array.dtype.kind not in "USiu":
        raise UserError(f"{where} is of type {array.dtype}: it must hold a name for each class.")
    names = [tidy(text_of(value)) for value in array.tolist()]
    for number, name in enumerate(names):
        if not name:
            raise UserError(f"{where} has no name for the class {number}: give it one.")
        if (first := names.index(name)) != number:
            raise UserError(
                f"{where} calls both class {first} and class {number} {name!r}: give each a name of its own."
            )
    return names


def text_of(value: object) -> str:
    """Return a name as text, whether it is stored as text, as bytes or as a number."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _check_new_labels(
    found: Mapping[str, tuple[str, str]],
    numbers: Mapping[str, Int[np.ndarray, "images"]],
    classes: Sequence[str] | None,
    path: Path,
) -> None:
    """Raises UserError for a label of a test or validation part that no training image has."""
    training = next(found[part][1] for part in ("", "train") if part in found)
    for _, label in found.values():
        new = np.setdiff1d(numbers[label], numbers[training])
        if label != training and len(new):
            first = int(new[0])
            name = f" ({classes[first]})" if classes is not None and 0 <= first < len(classes) else ""
            raise UserError(
                f"{path}: {label} has the label {first}{name} for {int((numbers[label] == first).sum())} images, and "
                f"{training} does not have it: add some to train on, or leave them out."
            )
