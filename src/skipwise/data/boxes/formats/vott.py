"""VoTT's JSON, one file an asset or an export of all, and CreateML's, a list of images with centred boxes."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_json
from skipwise.data.boxes.formats.written import entries, fields, four, size_of, text
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError

NO_IMAGE = "annotations without an image are left out"


def read_vott(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of assets, or of exports where there are some. Raises UserError naming a region."""
    tally, finder = Tally(), ImageFinder(tree)
    contents = {name: fields(read_json(tree.root / name)) for name in names}
    exports = {name: content for name, content in contents.items() if "assets" in content} or contents
    images: list[Described] = []
    for name, content in exports.items():
        for entry in _assets(content):
            asset = fields(entry.get("asset"))
            written = unquote(text(asset.get("name")) or text(asset.get("path")))
            where = f"{PurePosixPath(name).name}: {written or 'an asset without a name'}"
            image = finder.find(written, where, near=name.rpartition("/")[0]) if written else None
            if image is None:
                tally.add(NO_IMAGE, where)
                continue
            size = size_of(fields(asset.get("size")).get("width"), fields(asset.get("size")).get("height"))
            objects = _regions(entries(entry.get("regions")), where, tally)
            images.append(Described(file=image, part=part_in(image.rpartition("/")[0]), objects=objects, size=size))
    return assembled(tree.root, as_meant(images, "all of them", tally), tally)


def read_create_ml(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of CreateML's files. Raises UserError naming file and annotation."""
    tally, finder = Tally(), ImageFinder(tree)
    images: list[Described] = []
    for name in names:
        folder, short = name.rpartition("/")[0], PurePosixPath(name).name
        part = part_in_name(PurePosixPath(name).stem) or part_in(folder)
        for place, entry in enumerate(entries(read_json(tree.root / name))):
            written = text(fields(entry).get("image", fields(entry).get("imagefilename")))
            where = f"{short}: entry {place}"
            image = finder.find(written, where, near=folder, part=part) if written else None
            if image is None:
                tally.add(NO_IMAGE, f"{where}, {written or 'no name'}")
                continue
            listed = entries(fields(entry).get("annotations", fields(entry).get("annotation")))
            objects = [_centred(fields(some), f"{where}, annotation {number}") for number, some in enumerate(listed)]
            images.append(Described(file=image, part=part or part_in(image.rpartition("/")[0]), objects=objects))
    return assembled(tree.root, as_meant(images, "all of them", tally), tally)


def _assets(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (fields(some) for some in fields(content.get("assets")).values()) if "assets" in content else [content]


def _regions(regions: Sequence[Any], where: str, tally: Tally) -> list[tuple[list[float], str, str]]:
    found = []
    names = ("left", "top", "width", "height")
    for place, region in enumerate(map(fields, regions)):
        own = f"{where}, region {place}"
        tags = [text(tag) for tag in entries(region.get("tags")) if text(tag)]
        if not tags:
            tally.add("regions without a tag are left out", own)
            continue
        if len(tags) > 1:
            tally.add("regions have several tags, of which the first is taken", own)
        if region.get("type") not in ("RECTANGLE", None):
            tally.add("regions that are no rectangle are taken by the boxes round them", own)
        box = fields(region.get("boundingBox"))
        left, top, width, height = four([box.get(name) for name in names], own, "boundingBox", ", ".join(names))
        found.append(([left, top, left + width, top + height], tags[0], own))
    return found


def _centred(entry: dict[str, Any], where: str) -> tuple[list[float], str, str]:
    """Corners from CreateML's centre, width and height."""
    names = ("x", "y", "width", "height")
    place = fields(entry.get("coordinates"))
    x, y, width, height = four([place.get(name) for name in names], where, "coordinates", ", ".join(names))
    label = text(entry.get("label"))
    if not label:
        raise UserError(f"{where} has no label: write its class.")
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2], label, where
