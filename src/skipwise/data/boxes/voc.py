"""Pascal VOC: an XML file for each image, beside a folder of images (Everingham et al. 2010)."""

import re
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from skipwise.data.boxes.annotated import Annotated, Annotation, Tally, corners, read_content, read_lines
from skipwise.data.images.folder import is_image
from skipwise.data.parts import PARTS
from skipwise.errors import UserError

SIDES = ("xmin", "ymin", "xmax", "ymax")
SETS = {"train": "train", "val": "validation", "test": "test"}
FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)|\0", re.IGNORECASE)
"""Declarations that could name other files or grow without end; with a null byte, UTF-16 could hide it."""


def is_voc(path: Path) -> bool:
    return (path / "Annotations").is_dir() and (path / "JPEGImages").is_dir()


def read_voc(path: Path) -> Annotated:
    """The images and boxes of a folder with Annotations and JPEGImages. Raises UserError naming file and object.

    Objects marked difficult are left out. Coordinates count from 1 and include the last pixel, unless one of them is 0.
    """
    documents = sorted((path / "Annotations").glob("*.xml"))
    if not documents:
        raise UserError(f"{path / 'Annotations'} holds no .xml: it must hold one for each image.")
    images = _images(path)
    part_of = _parts(path, images.keys() | {document.stem for document in documents})
    tally = Tally()
    chosen: list[tuple[Path, Path, str]] = []
    for document in documents:
        if part_of and document.stem not in part_of:
            tally.add("annotated images are in no list of ImageSets/Main, and are left out", document.name)
        elif document.stem not in images:
            tally.add("annotations without an image are left out", document.name)
        else:
            chosen.append((document, images[document.stem], part_of.get(document.stem, "")))
    annotated = {document.stem for document in documents}
    for stem in sorted((part_of or images).keys() - annotated):
        tally.add("images without an annotation are left out", stem)
    if not chosen:
        raise UserError(f"{path} holds no image with an annotation: Annotations/a.xml is that of JPEGImages/a.jpg.")
    found = [_read(document, tally) for document, _, _ in chosen]
    classes = sorted({name for _, names, _ in found for name in names})
    boxes = [box for box, _, _ in found]
    first = 0 if any((box[:, :2] == 0).any() for box in boxes) else 1
    note = "coordinates count from 1, as VOC's do" if first else "coordinates count from 0, since some are 0"
    annotations = [
        Annotation(
            boxes=box - np.array([first, first, 0, 0]),
            labels=np.array([classes.index(name) for name in names], np.int64),
            places=[f"{document.name}: object {place}" for place in _places(names)],
            size=size,
        )
        for (document, _, _), (box, names, size) in zip(chosen, found, strict=True)
    ]
    return Annotated(
        name=path.resolve().name,
        classes=tuple(classes),
        annotations=annotations,
        parts=[part for _, _, part in chosen],
        names=[image.relative_to(path).as_posix() for _, image, _ in chosen],
        files=[image for _, image, _ in chosen],
        notes=(note,),
        tally=tally,
    ).in_order()


def _places(names: list[str]) -> range:
    return range(1, len(names) + 1)


def _images(path: Path) -> dict[str, Path]:
    """The images by name without suffix. Raises UserError where two share one."""
    images: dict[str, Path] = {}
    for file in sorted((path / "JPEGImages").iterdir()):
        if not is_image(file) or file.name.startswith("."):
            continue
        if file.stem in images:
            raise UserError(
                f"{file.parent} holds both {images[file.stem].name} and {file.name}: an annotation is found by the name "
                "before the dot, so keep one."
            )
        images[file.stem] = file
    return images


def _parts(path: Path, known: Collection[str]) -> dict[str, str]:
    """The part of each image that ImageSets/Main lists. Raises UserError for one in two parts.

    A line is a known name, which may hold spaces, or a name and a number, as in the lists of a class.
    """
    folder = path / "ImageSets" / "Main"
    parts: dict[str, str] = {}
    files = {part: folder / f"{name}.txt" for name, part in SETS.items()}
    if not files["train"].is_file() and (folder / "trainval.txt").is_file():
        files["train"] = folder / "trainval.txt"
    for part in PARTS:
        for number, line in enumerate(read_lines(files[part]) if files[part].is_file() else [], start=1):
            if not line.strip():
                continue
            stem = line.strip() if line.strip() in known else line.split()[0]
            if parts.setdefault(stem, part) != part:
                raise UserError(f"{files[part]}, line {number}: {stem} is in the {parts[stem]} part too: keep one.")
    return parts


def _read(document: Path, tally: Tally) -> tuple[np.ndarray, list[str], tuple[int, int] | None]:
    """Boxes (objects, 4) as written, class names, and the height and width that are claimed."""
    root = _root(document)
    boxes, names = [], []
    for number, entry in enumerate(root.findall("object"), start=1):
        where = f"{document}: object {number}"
        name = (entry.findtext("name") or "").strip()
        if not name:
            raise UserError(f"{where} has no name: write its class.")
        if (entry.findtext("difficult") or "").strip() not in ("", "0"):
            tally.add("objects marked difficult are left out", f"{document.name}: object {number}")
            continue
        box = entry.find("bndbox")
        if box is None:
            raise UserError(f"{where} has no bndbox.")
        boxes.append(corners([box.findtext(side) for side in SIDES], where, "bndbox", ", ".join(SIDES)))
        names.append(name)
    claimed = [(root.findtext(f"size/{side}") or "").strip() for side in ("height", "width")]
    known = all(side.isdecimal() and int(side) > 0 for side in claimed)
    size = (int(claimed[0]), int(claimed[1])) if known else None
    return np.array(boxes, np.float64).reshape(-1, 4), names, size


def _root(document: Path) -> Element:
    """The tree of an XML file. Raises UserError where it is none, or defines entities."""
    content = read_content(document)
    if FORBIDDEN.search(content):
        raise UserError(f"{document} defines a document type or entities, which are never read: write plain UTF-8 XML.")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities there is nothing to expand
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UserError(f"{document} cannot be read as XML ({error}): export the annotation again.") from error
    if root.tag != "annotation":
        raise UserError(f"{document} begins with <{root.tag[:40]}>: a file of Pascal VOC begins with <annotation>.")
    return root
