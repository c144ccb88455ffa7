"""VGG Image Annotator's files: a project or its annotations as JSON, or as CSV; regions in pixels."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import degrees
from pathlib import Path, PurePosixPath
from typing import Any

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_json, read_lines
from skipwise.data.boxes.formats.written import (
    LARGEST,
    ONE_CLASS,
    entries,
    fields,
    four,
    number,
    round_ellipse,
    round_points,
    text,
)
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError

CLASS = ("class", "label", "category", "name", "type", "object", "species")
"""What an attribute of the class is called, where regions have several."""
SHAPES, ATTRIBUTES = "region_shape_attributes", "region_attributes"
"""Columns of the CSV."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of an image, or an image without one, where it has no shape."""

    image: str
    where: str
    shape: dict[str, Any]
    attributes: dict[str, Any]


def read_via(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of files, a class being an attribute of the region. Raises UserError naming a region."""
    tally, finder = Tally(), ImageFinder(tree)
    notes: list[str] = []
    images: list[Described] = []
    for name in names:
        file = tree.root / name
        regions = list(_of_table(file) if file.suffix.lower() == ".csv" else _of_json(file))
        attribute = _attribute(file, [region.attributes for region in regions if region.shape])
        notes.append(
            f"{name}: regions have no attribute, and all are of one class, {ONE_CLASS}"
            if attribute is None
            else f"{name}: classes are the region attribute {attribute!r}"
        )
        images += as_meant(_images(finder, name, regions, attribute, tally), name, tally)
    return assembled(tree.root, images, tally, notes=tuple(notes))


def _of_json(file: Path) -> Iterator[Region]:
    """The regions of a project, or of annotations exported as JSON, by image."""
    content = fields(read_json(file))
    for key, entry in fields(content.get("_via_img_metadata", content)).items():
        image = text(fields(entry).get("filename"))
        listed = fields(entry).get("regions")
        regions = list(listed.values()) if isinstance(listed, dict) else entries(listed)
        for place, region in enumerate(map(fields, regions)):
            shape, attributes = fields(region.get("shape_attributes")), fields(region.get("region_attributes"))
            yield Region(image=image, where=f"{image or key}, region {place}", shape=shape, attributes=attributes)
        if not regions:
            yield Region(image=image, where=image or key, shape={}, attributes={})


def _of_table(file: Path) -> Iterator[Region]:
    """The regions of a CSV. Raises UserError naming the line of one that is damaged."""
    reader = csv.reader(f"{line}\n" for line in read_lines(file))
    try:
        head = [cell.strip().lstrip("#").lower() for cell in next(reader, [])]
        image, shape, attributes = (head.index(name) for name in ("filename", SHAPES, ATTRIBUTES))
        for cells in reader:
            where = f"{file}, line {reader.line_num}"
            if len(cells) > max(image, shape, attributes):
                yield Region(
                    image=cells[image].strip(),
                    where=where,
                    shape=_cell(cells[shape], where),
                    attributes=_cell(cells[attributes], where),
                )
            elif any(cell.strip() for cell in cells):
                raise UserError(f"{where} has {len(cells)} cells: fill those of filename, {SHAPES} and {ATTRIBUTES}.")
    except (csv.Error, ValueError) as error:
        raise UserError(f"{file}, line {reader.line_num} is no row of VGG Image Annotator's CSV ({error}).") from error


def _cell(written: str, where: str) -> dict[str, Any]:
    try:
        return fields(json.loads(written or "{}"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} holds JSON that is damaged: {written[:60]}.") from error


def _attribute(file: Path, regions: Sequence[dict[str, Any]]) -> str | None:
    """The attribute that is the class; None where regions have none. Raises UserError where several could be."""
    times = Counter(name for region in regions for name in region if _value(region, name))
    everywhere = [name for name, count in times.items() if count == len(regions)] or list(times)
    wanted = [name for name in everywhere if name.lower() in CLASS] or everywhere
    if len(wanted) > 1:
        raise UserError(
            f"{file}: its regions have the attributes {', '.join(sorted(wanted))}, and one must be the class: call it "
            "class, or keep no other."
        )
    return wanted[0] if wanted else None


def _value(attributes: dict[str, Any], name: str | None) -> list[str]:
    """The values of an attribute: a text, or those of several boxes to tick."""
    value = attributes.get(name) if name is not None else None
    ticked = [key for key, is_set in value.items() if is_set] if isinstance(value, dict) else [value]
    return [text(some) for some in ticked if text(some)]


def _images(
    finder: ImageFinder, name: str, regions: Sequence[Region], attribute: str | None, tally: Tally
) -> list[Described]:
    folder = name.rpartition("/")[0]
    whole = part_in_name(PurePosixPath(name).stem) or part_in(folder)
    found: dict[str, Described] = {}
    objects: dict[str, list[tuple[list[float], str, str]]] = {}
    for region in regions:
        image = finder.find(region.image, region.where, near=folder, part=whole) if region.image else None
        if image is None:
            tally.add("annotations without an image are left out", f"{region.where}, {region.image or 'no name'}")
            continue
        part = whole or part_in(image.rpartition("/")[0])
        found.setdefault(image, Described(file=image, part=part, objects=objects.setdefault(image, [])))
        if not region.shape:
            continue
        labels = [ONE_CLASS] if attribute is None else _value(region.attributes, attribute)
        if not labels:
            tally.add("regions without a class are left out", region.where)
            continue
        if len(labels) > 1:
            tally.add("regions have several classes, of which the first is taken", region.where)
        box = _box(region.shape, region.where)
        if box is None:
            tally.add("points, which have no area, are left out", region.where)
        else:
            objects[image].append((box, labels[0], region.where))
    return list(found.values())


def _box(shape: dict[str, Any], where: str) -> list[float] | None:
    """Corners round a region; None for a point. Raises UserError for a shape that is not known."""
    match shape.get("name"):
        case "rect" | "rectangle":
            left, top, width, height = _numbers(shape, where, "x", "y", "width", "height")
            return [left, top, left + width, top + height]
        case "polygon" | "polyline":
            xs, ys = entries(shape.get("all_points_x")), entries(shape.get("all_points_y"))
            if len(xs) != len(ys):
                raise UserError(f"{where} has {len(xs)} x and {len(ys)} y: a point has one of each.")
            return round_points(list(zip(xs, ys, strict=True)), where)
        case "circle":
            x, y, radius, _ = _numbers({**shape, "0": 0}, where, "cx", "cy", "r", "0")
            return [x - radius, y - radius, x + radius, y + radius]
        case "ellipse":
            x, y, across, down = _numbers(shape, where, "cx", "cy", "rx", "ry")
            angle = number(shape.get("theta")) or 0.0
            return round_ellipse(x, y, across, down, degrees(angle if abs(angle) < LARGEST else 0.0))
        case "point":
            return None
        case other:
            raise UserError(f"{where} is a {str(other)[:40]!r}: expected rect, polygon, polyline, circle or ellipse.")


def _numbers(shape: dict[str, Any], where: str, *names: str) -> list[float]:
    return four([shape.get(name) for name in names], where, "its shape", ", ".join(names))
