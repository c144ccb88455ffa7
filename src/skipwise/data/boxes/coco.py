"""COCO's JSON: images, annotations and categories in one file, beside folders of images (Lin et al. 2014)."""

import json
import re
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np

from skipwise.data.boxes.annotated import Annotated, Annotation, Tally, corners, read_content
from skipwise.data.images.source import PART_NAMES
from skipwise.errors import UserError

SECTIONS = ("images", "annotations", "categories")
OFFICIAL = re.compile(r"instances_(train|val|valid|validation|test)\w*\.json", re.IGNORECASE)
EXPORTED = "_annotations.coco.json"
"""Roboflow's name for the file beside the images of each part."""
LOOKED_AT = 1 << 18
"""Bytes of a file that tell whether it is COCO's."""
BEGINNING = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{.*"(?:images|annotations)"\s*:', re.DOTALL)

Content = dict[str, list[dict[str, Any]]]


def is_coco(path: Path) -> bool:
    """Whether a folder holds a JSON file of COCO's; of other data's, which may have the same names, a little is
    read.
    """
    return any(_has_sections(file) for _, file in _named(path))


def coco_files(path: Path) -> dict[str, Path]:
    """The JSON files of a folder by part. Raises UserError where a part is there twice."""
    parts: dict[str, Path] = {}
    for part, file in _named(path):
        if part in parts:
            raise UserError(f"{path} holds both {parts[part].name} and {file.name}: keep one for the {part} part.")
        parts[part] = file
    return parts


def _named(path: Path) -> list[tuple[str, Path]]:
    """Parts with files named as train.json, annotations/instances_train*.json or train/_annotations.coco.json."""
    found = [(name, path / f"{name}.json") for name in PART_NAMES]
    found += [(name, path / name / EXPORTED) for name in PART_NAMES]
    if (path / "annotations").is_dir():
        named = ((OFFICIAL.fullmatch(file.name), file) for file in sorted((path / "annotations").iterdir()))
        found += [(match[1].lower(), file) for match, file in named if match]
    return [(PART_NAMES[name], file) for name, file in found if file.is_file()]


def _has_sections(file: Path) -> bool:
    """Whether a file is JSON with images and annotations; of a large or broken one, whether it begins like that."""
    try:
        with file.open("rb") as opened:
            begun = opened.read(LOOKED_AT)
    except OSError:  # which is said when it is read
        return True
    if len(begun) < LOOKED_AT:
        try:
            content = json.loads(begun.decode("utf-8-sig"))
            return isinstance(content, dict) and {"images", "annotations"} <= content.keys()
        except (ValueError, RecursionError):  # what is broken in it is said when it is read
            return BEGINNING.search(begun) is not None
    return BEGINNING.search(begun) is not None


def read_coco(path: Path) -> Annotated:
    """The images and boxes of one JSON file, or of a folder with one for each part. Raises UserError naming an
    entry.
    """
    files = {"": path} if path.is_file() else coco_files(path)
    contents = {part: _content(file) for part, file in files.items()}
    classes = _classes(list(zip(files.values(), contents.values(), strict=True)))
    tally = Tally()
    annotations: list[Annotation] = []
    parts: list[str] = []
    images: list[Path] = []
    for part, content in contents.items():
        found, own = _annotations(files[part], content, classes, tally)
        annotations += found
        images += own
        parts += [part] * len(own)
    root = path.parent if path.is_file() else path
    return Annotated(
        name=path.stem if path.is_file() else path.resolve().name,
        classes=tuple(classes),
        annotations=annotations,
        parts=parts,
        names=[image.relative_to(root).as_posix() if image.is_relative_to(root) else str(image) for image in images],
        files=images,
        tally=tally,
    ).in_order()


def _content(file: Path) -> Content:
    """The file's three lists of entries. Raises UserError where they are not there."""
    try:
        content = json.loads(read_content(file).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} cannot be read as JSON ({error}): export the annotations again.") from error
    for section in SECTIONS:
        entries = content.get(section) if isinstance(content, dict) else None
        if not isinstance(entries, list):
            raise UserError(f"{file} has no list {section!r}: COCO's format holds images, annotations and categories.")
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict):
                raise UserError(f"{file}: {section}[{number}] is {str(entry)[:40]!r}, not an entry with fields.")
    if not content["images"]:
        raise UserError(f"{file} lists no images.")
    return {section: content[section] for section in SECTIONS}


def _field(entry: dict[str, Any], name: str, where: str) -> Any:
    if entry.get(name) is None:
        raise UserError(f"{where} has no {name!r}.")
    return entry[name]


def _classes(contents: Sequence[tuple[Path, Content]]) -> list[str]:
    """The categories of all files by name, in the order in which they are listed."""
    names: dict[str, None] = {}
    for file, content in contents:
        names |= dict.fromkeys(_categories(file, content).values())
    return list(names)


def _categories(file: Path, content: Content) -> dict[str, str]:
    """From a category's id, as text, to its name. Raises UserError where one id has two."""
    names: dict[str, str] = {}
    for number, entry in enumerate(content["categories"]):
        where = f"{file}: categories[{number}]"
        own, name = str(_field(entry, "id", where)), str(_field(entry, "name", where))
        if names.setdefault(own, name) != name:
            raise UserError(f"{where} has the id {own} of {names[own]!r} too: give each category an id of its own.")
    return names


def _annotations(file: Path, content: Content, classes: list[str], tally: Tally) -> tuple[list[Annotation], list[Path]]:
    """The images that a file lists with their boxes. An image that is listed twice is one."""
    names = _categories(file, content)
    number_of = {name: number for number, name in enumerate(classes)}
    entries: dict[str, dict[str, Any]] = {}
    image_of: dict[str, str] = {}
    for number, entry in enumerate(content["images"]):
        where = f"{file}: images[{number}]"
        own, name = str(_field(entry, "id", where)), str(_field(entry, "file_name", where))
        if image_of.get(own, name) != name:
            raise UserError(f"{where} has the id {own} of {image_of[own]!r} too: give each image an id of its own.")
        if name in entries:
            tally.add("images are listed twice, and are taken for one", f"{where}, {name}")
        image_of[own] = name
        entries.setdefault(name, entry)
    boxes: dict[str, list[tuple[list[float], int, str]]] = {name: [] for name in entries}
    for number, entry in enumerate(content["annotations"]):
        where = f"{file.name}: annotations[{number}]"
        image = image_of.get(str(_field(entry, "image_id", where)))
        if image is None:
            tally.add("boxes of images that are not listed are left out", f"{where}, image_id {entry['image_id']}")
            continue
        category = names.get(str(_field(entry, "category_id", where)))
        if category is None:
            raise UserError(f"{where} has category_id {entry['category_id']}, which categories does not list: add it.")
        if entry.get("iscrowd"):
            tally.add("boxes round crowds (iscrowd) are left out", where)
            continue
        boxes[image].append((_bbox(entry, where), number_of[category], where))
    return [_annotation(boxes[name], entries[name]) for name in entries], _files(file, list(entries))


def _bbox(entry: dict[str, Any], where: str) -> list[float]:
    """Corners from COCO's left, top, width, height. Raises UserError where they are not four numbers."""
    left, top, width, height = corners(_field(entry, "bbox", where), where, "bbox", "left, top, width, height")
    return [left, top, left + width, top + height]


def _annotation(found: list[tuple[list[float], int, str]], entry: dict[str, Any]) -> Annotation:
    claimed = (entry.get("height"), entry.get("width"))
    known = all(isinstance(side, int) and side > 0 for side in claimed)
    return Annotation(
        boxes=np.array([box for box, _, _ in found], np.float64).reshape(-1, 4),
        labels=np.array([label for _, label, _ in found], np.int64),
        places=[place for _, _, place in found],
        size=(int(claimed[0] or 0), int(claimed[1] or 0)) if known else None,
    )


def _files(file: Path, names: list[str]) -> list[Path]:
    """Where the images are: in a folder of the file's name, beside it, or as in the official layout.

    Raises UserError where none of them is, or two are one file.
    """
    part = file.stem.removeprefix("instances_")
    above = file.parent.parent
    beside = [file.parent / file.stem, file.parent, file.parent / "images"]
    folders = [*beside, above / part, above / "images" / part, above / "images"]
    folders = [folder for folder in folders if folder.is_dir()]
    found = [_file(folders, name) for name in names]
    if not any(image.is_file() for image in found):
        looked = ", ".join(str(folder) for folder in folders)
        raise UserError(
            f"None of the {len(names)} images that {file} lists is there (the first: {names[0]}; looked in {looked}): "
            f"put them into {file.parent / file.stem}."
        )
    listed_as: dict[Path, str] = {}
    for name, image in zip(names, found, strict=True):
        if listed_as.setdefault(image, name) != name:
            raise UserError(
                f"{file} lists {listed_as[image]} and {name}, and for both only {image} is found: give each image a "
                "name of its own."
            )
    return found


def _file(folders: list[Path], name: str) -> Path:
    """An image by the name that is written, or by its last part where the rest is another machine's or leads away."""
    written = PureWindowsPath(name)  # which knows both slashes
    leads_away = written.anchor or ".." in written.parts
    names = [written.name] if leads_away else [written.as_posix(), written.name]
    places = [folder / some for some in names for folder in folders]
    return next((place for place in places if _is_file(place)), places[0])


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except (OSError, ValueError):
        return False
