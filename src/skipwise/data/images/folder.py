"""A folder of images: one folder a class, with or without train, validation and test folders above them."""

from pathlib import Path

import numpy as np
from PIL import Image

from skipwise.data.images.source import PART_NAMES, Source
from skipwise.errors import UserError

UNREAD_IMAGE_SUFFIXES = {".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng"}
"""Images that Pillow may not read: they are named as unreadable rather than passed over."""


def read_folder(path: Path) -> Source:
    """The images below a folder. Raises UserError where there are fewer than two classes of images."""
    parts, passed_over = parts_below(path)
    classes = sorted({folder.name for root in parts.values() for folder in folders_below(root)})
    files: list[Path] = []
    labels: list[int] = []
    given: list[str] = []
    others = hidden = 0
    for part, root in parts.items():
        loose = [file for file in root.iterdir() if file.is_file()]
        hidden_loose = sum(file.name.startswith(".") for file in loose)
        others += len(loose) - hidden_loose
        hidden += hidden_loose
        for folder in folders_below(root):
            images, not_images, not_seen = _images(folder)
            files += images
            labels += [classes.index(folder.name)] * len(images)
            given += [part] * len(images)
            others += not_images
            hidden += not_seen
    kept = sorted(set(labels))
    if len(kept) < 2:
        raise UserError(
            f"{path} holds {f'images of one class, {classes[kept[0]]}' if kept else 'no images'}: put the images of each class into a folder of its own, "
            f"as {path}/cats/1.jpg and {path}/dogs/1.jpg."
        )
    empty = [name for number, name in enumerate(classes) if number not in kept]
    told = {"folders without images": empty, "folders beside train that are not read": passed_over}
    return Source(
        name=path.resolve().name,
        labels=np.searchsorted(kept, labels).astype(np.int64),
        classes=tuple(classes[number] for number in kept),
        parts=given,
        names=[file.relative_to(path).as_posix() for file in files],
        files=files,
        other_files=others,
        hidden_files=hidden,
        notes=tuple(f"{what}: {', '.join(names)}" for what, names in told.items() if names),
    )


def parts_below(path: Path, examples: str = "images") -> tuple[dict[str, Path], list[str]]:
    """The folder of each part of the split, "" being the whole, and the folders that belong to none.

    `train` alone among other folders is a class, as beside `car` and `bus`; with `test` or `val` it is a part. Raises
    UserError where a part stands there twice, or parts without train.
    """
    above = folders_below(path)
    parts: dict[str, Path] = {}
    for folder in above:
        part = PART_NAMES.get(folder.name.lower())
        if part in parts:
            raise UserError(f"{path} holds both {parts[part].name} and {folder.name}: keep one {part} folder.")
        if part is not None:
            parts[part] = folder
    only_parts = len(parts) == len(above)
    if "train" in parts and (only_parts or len(parts) > 1):
        return parts, [folder.name for folder in above if folder not in parts.values()]
    if parts and only_parts:
        names = " and ".join(folder.name for folder in above)
        raise UserError(f"{path} holds {names} but no train folder: add the {examples} to train on as {path}/train.")
    return {"": path}, []


def folders_below(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _images(folder: Path) -> tuple[list[Path], int, int]:
    """The image files anywhere below a folder, how many other files there are, and how many hidden ones."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    seen = [file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    images = [file for file in seen if is_image(file)]
    return images, len(seen) - len(images), len(files) - len(seen)


def is_image(file: Path) -> bool:
    """Whether a file's name says that it is an image."""
    suffix = file.suffix.lower()
    return suffix in UNREAD_IMAGE_SUFFIXES or (suffix in Image.registered_extensions() and suffix != ".pdf")
