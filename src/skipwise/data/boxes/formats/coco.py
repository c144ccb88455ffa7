"""COCO's JSON: images, annotations and categories in one file, wherever the images are (Lin et al. 2014)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_json
from skipwise.data.boxes.formats.outlines import round_outline
from skipwise.data.boxes.formats.written import flag, four, identity, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, joined, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError
from skipwise.names import tidy

SECTIONS = ("images", "annotations", "categories")
OTHER_TASKS = ("person_keypoints", "captions", "image_info", "stuff", "panoptic")
"""Files that COCO puts beside `instances`, of the same images."""
UNLISTED = "boxes of images that are not listed are left out"

Content = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class CocoFile:
    """A file of COCO's: its path below the tree's root, as `file` for errors, its part, and what it holds."""

    name: str
    file: str
    part: str
    content: Content

    @property
    def short(self) -> str:
        """Its name alone, for places."""
        return PurePosixPath(self.name).name


def read_coco(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of the files of a tree called `names`. Raises UserError naming an entry."""
    tally, finder = Tally(), ImageFinder(tree)
    parts = coco_parts(tree, names, tally)
    files = [
        CocoFile(name=name, file=str(tree.root / name), part=part, content=_content(tree, name))
        for part, name in parts.items()
    ]
    categories = [_categories(file, tally) for file in files]
    described = [
        image
        for file, known in zip(files, categories, strict=True)
        for image in as_meant(_images(finder, file, known, tally), file.short, tally)
    ]
    return assembled(
        tree.root,
        described,
        tally,
        classes=list(dict.fromkeys(name for known in categories for name in known.values())),
    )


def coco_parts(tree: Tree, names: Sequence[str], tally: Tally) -> dict[str, str]:
    """The file of each part. Raises UserError where a part is there twice, or several files have none."""
    instances = [name for name in names if not PurePosixPath(name).stem.startswith(OTHER_TASKS)] or list(names)
    parts: dict[str, str] = {}
    for name in instances:
        path = PurePosixPath(name)
        part = part_in_name(path.stem) or part_in("/".join(path.parts[:-1]))
        if part in parts:
            one, other = _apart(parts[part], name)
            raise UserError(
                f"{tree.root} holds both {one} and {other}: "
                + (f"keep one for the {part} part." if part else "give the one that is meant, or name them by part.")
            )
        parts[part] = name
    if "" in parts and len(parts) > 1:
        tally.add("annotation files of no part are left out beside those of parts", parts.pop(""))
    return parts


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two names as short as they can be told apart."""
    short = PurePosixPath(one).name, PurePosixPath(other).name
    return short if short[0] != short[1] else (one, other)


def _content(tree: Tree, name: str) -> Content:
    """The file's three lists of entries. Raises UserError where they are not there."""
    file = tree.root / name
    content = read_json(file)
    for section in SECTIONS:
        found = content.get(section) if isinstance(content, dict) else None
        if not isinstance(found, list):
            raise UserError(f"{file} has no list {section!r}: COCO's format holds images, annotations and categories.")
        for number, entry in enumerate(found):
            if not isinstance(entry, dict):
                raise UserError(f"{file}: {section}[{number}] is {str(entry)[:40]!r}, not an entry with fields.")
    if not content["images"]:
        raise UserError(f"{file} lists no images.")
    return {section: content[section] for section in SECTIONS}


def _field(entry: dict[str, Any], name: str, where: str) -> Any:
    if entry.get(name) is None:
        raise UserError(f"{where} has no {name!r}.")
    return entry[name]


def _categories(file: CocoFile, tally: Tally) -> dict[str, str]:
    """From a category's id to its name, in order as listed. Raises UserError where one id has two."""
    names: dict[str, str] = {}
    seen = set[str]()
    for number, entry in enumerate(file.content["categories"]):
        where = f"{file.file}: categories[{number}]"
        own, name = identity(_field(entry, "id", where)), tidy(str(_field(entry, "name", where)))
        if names.get(own, name) != name:
            raise UserError(f"{where} has the id {own} of {names[own]!r} too: give each category an id of its own.")
        if own not in names and name in seen:
            tally.add("categories of one name are one class", f"{file.short}: categories[{number}], {name}")
        names[own] = name
        seen.add(name)
    return names


def _images(finder: ImageFinder, file: CocoFile, categories: dict[str, str], tally: Tally) -> list[Described]:
    """The images that a file lists with their boxes. An image that is listed twice is one."""
    listed, image_of = _listed(file, tally)
    objects: dict[str, list[tuple[list[float], str, str]]] = {name: [] for name in listed}
    short = file.short
    for number, entry in enumerate(file.content["annotations"]):
        where = f"{short}: annotations[{number}]"
        if "segments_info" in entry:
            raise UserError(
                f"{file.file} is of COCO's panoptic format, which holds masks in images and no boxes: give the file of "
                "instances, as instances_train2017.json."
            )
        image = image_of.get(identity(_field(entry, "image_id", where)))
        if image is None:
            tally.add(UNLISTED, f"{where}, image_id {entry['image_id']}")
            continue
        category = categories.get(identity(_field(entry, "category_id", where)))
        if category is None:
            raise UserError(f"{where} has category_id {entry['category_id']}, which categories does not list: add it.")
        if flag(entry.get("iscrowd")):
            tally.add("boxes round crowds (iscrowd) are left out", where)
            continue
        objects[image].append((_box(entry, where, tally), category, where))
    files = _files(finder, file, list(listed))
    return [
        Described(
            file=files[name],
            part=file.part or part_in(files[name].rpartition("/")[0]),
            objects=objects[name],
            size=size_of(entry.get("width"), entry.get("height")),
        )
        for name, entry in listed.items()
    ]


def _listed(file: CocoFile, tally: Tally) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The entry of each image's name, and the name of each id."""
    listed: dict[str, dict[str, Any]] = {}
    image_of: dict[str, str] = {}
    for number, entry in enumerate(file.content["images"]):
        where = f"{file.file}: images[{number}]"
        own, name = identity(_field(entry, "id", where)), str(_field(entry, "file_name", where))
        if image_of.get(own, name) != name:
            raise UserError(f"{where} has the id {own} of {image_of[own]!r} too: give each image an id of its own.")
        if name in listed:
            tally.add("images are listed twice, and are taken for one", f"{where}, {name}")
        image_of[own] = name
        listed.setdefault(name, entry)
    return listed, image_of


def _box(entry: dict[str, Any], where: str, tally: Tally) -> list[float]:
    """Corners from COCO's left, top, width, height, or round the outline. Raises UserError where there is neither."""
    if "bbox" not in entry and "segmentation" not in entry and "num_keypoints" in entry:
        raise UserError(f"{where} has keypoints and no 'bbox', and keypoints are not read: export boxes with them.")
    if "bbox" not in entry and "segmentation" not in entry and "category_id" in entry:
        raise UserError(
            f"{where} has no 'bbox' and no 'segmentation', so that it gives the class of an image and no boxes: with --task "
            "images the folders are the classes, or write a table with columns path and label."
        )
    if entry.get("bbox") or not entry.get("segmentation"):
        left, top, width, height = four(_field(entry, "bbox", where), where, "bbox", "left, top, width, height")
        return [left, top, left + width, top + height]
    tally.add("objects without a box have the one round their outline or mask", where)
    return round_outline(entry["segmentation"], where)


def _files(finder: ImageFinder, file: CocoFile, names: list[str]) -> dict[str, str]:
    """Where each image is; one that is nowhere should lie where most of the others do.

    Raises UserError where none of them is, or two are one file.
    """
    folder = file.name.rpartition("/")[0]
    called = PurePosixPath(file.name).stem.removeprefix("instances_")
    found = {
        name: finder.find(name, f"{file.short}, {name!r},", near=folder, called=called, part=file.part)
        for name in names
    }
    if not any(found.values()):
        raise UserError(
            f"None of the {len(names)} images that {file.file} lists is there (the first: {names[0]}; looked in "
            f"{finder.tree.root}): put them into {finder.tree.root / joined(folder, called)}."
        )
    folders = Counter(image.rpartition("/")[0] for image in found.values() if image)
    usual = folders.most_common(1)[0][0]
    listed_as: dict[str, str] = {}
    places: dict[str, str] = {}
    for name, image in found.items():
        place = image or joined(usual, PurePosixPath(name.replace("\\", "/")).name or "?")
        if listed_as.setdefault(place, name) != name:
            raise UserError(
                f"{file.file} lists {listed_as[place]} and {name}, and for both only {finder.tree.root / place} is found: "
                "give each image a name of its own."
            )
        places[name] = place
    return places
