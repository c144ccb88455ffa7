"""A folder of images: one folder a class, with or without train, validation and test folders above them."""

from pathlib import Path

import numpy as np
from PIL import Image

from skipwise.data.sources.source import PART_NAMES, Source
from skipwise.errors import UserError

UNREAD_IMAGE_SUFFIXES = {".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".raw", ".cr2", ".nef", ".dng"}
"""Images that Pillow may not read: they are named as unreadable rather than passed over."""


def read_folder(path: Path) -> Source:
    """The images below a folder. Raises UserError where there are fewer than two classes of images."""
    above = {folder.name.lower(): folder for folder in _folders(path)}
    if above and set(above) <= set(PART_NAMES) and "train" in above:
        parts = {PART_NAMES[name]: folder for name, folder in above.items()}
    else:
        parts = {"": path}
    classes = sorted({folder.name for root in parts.values() for folder in _folders(root)})
    files: list[Path] = []
    labels: list[int] = []
    given: list[str] = []
    others = 0
    for part, root in parts.items():
        others += sum(file.is_file() and not file.name.startswith(".") for file in root.iterdir())
        for folder in _folders(root):
            images, not_images = _images(folder)
            files += images
            labels += [classes.index(folder.name)] * len(images)
            given += [part] * len(images)
            others += not_images
    kept = sorted(set(labels))
    if len(kept) < 2:
        raise UserError(
            f"{path} holds images of {len(kept)} classes: put the images of each class into a folder of its own, "
            f"as {path}/cats/1.jpg and {path}/dogs/1.jpg."
        )
    empty = [name for number, name in enumerate(classes) if number not in kept]
    return Source(
        name=path.resolve().name,
        labels=np.searchsorted(kept, labels).astype(np.int64),
        classes=tuple(classes[number] for number in kept),
        parts=given,
        names=[file.relative_to(path).as_posix() for file in files],
        files=files,
        other_files=others,
        notes=(f"folders without images: {', '.join(empty)}",) if empty else (),
    )


def _folders(path: Path) -> list[Path]:
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def _images(folder: Path) -> tuple[list[Path], int]:
    """The image files anywhere below a folder, and how many other files there are. Hidden ones count as neither."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    images = [file for file in files if is_image(file)]
    return images, len(files) - len(images)


def is_image(file: Path) -> bool:
    """Whether a file's name says that it is an image."""
    suffix = file.suffix.lower()
    return suffix in UNREAD_IMAGE_SUFFIXES or (suffix in Image.registered_extensions() and suffix != ".pdf")
