"""VGG Image Annotator: projects and exports of VIA 1, 2 and 3 as JSON, and the CSV of VIA 1 and 2."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import degrees
from pathlib import Path, PurePosixPath
from typing import Any

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import beginning, read_json, read_lines
from skipwise.data.boxes.formats.written import (
    ONE_CLASS,
    entries,
    fields,
    flag,
    four,
    number,
    round_centre,
    round_ellipse,
    round_points,
    text,
)
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, part_in_name
from skipwise.data.tally import Tally
from skipwise.errors import UserError, clause

HEADER = re.compile(rb"\A(\xef\xbb\xbf)?#?\"?filename\b[^\n]*\bregion_shape_attributes\b")
SHAPES_OF_3 = ("", "point", "rect", "circle", "ellipse", "line", "polyline", "polygon", "rect", "circle")
"""VIA 3's shapes by their numbers; the last two are drawn by extreme points."""
CLASS = ("class", "label", "category", "name", "type")
"""Names of the attribute of the class, where regions have several."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A box, where it is written, and the values of its attributes that have some."""

    box: list[float]
    where: str
    values: Mapping[str, str]


def is_via_table(file: Path) -> bool:
    """Whether a .csv has the header of VIA 1's or 2's."""
    return HEADER.match(beginning(file)) is not None


def read_via(tree: Tree, names: Sequence[str], attribute: str | None = None) -> Annotated:
    """The images and boxes of projects and exports; a region's attribute names the class, which a user may have chosen.

    Raises UserError naming file and region, and where it is not clear which attribute names the class.
    """
    tally, finder = Tally(), ImageFinder(tree)
    found: list[tuple[str, str, list[Region]]] = []
    for name in names:
        folder, short = name.rpartition("/")[0], PurePosixPath(name).name
        part = part_in_name(PurePosixPath(name).stem) or part_in(folder)
        for written, regions in _listed(tree.root / name):
            where = f"{short}: {written or 'an entry without a filename'}"
            image = finder.find(written, where, near=folder, part=part) if written else None
            if image is None:
                tally.add("annotations without an image are left out", where)
                continue
            own = [region for place, some in enumerate(regions) if (region := _region(some, where, place, tally))]
            found.append((image, part or part_in(image.rpartition("/")[0]), own))
    regions_of_all = [region for *_, some in found for region in some]
    attribute, notes = _class_attribute(regions_of_all, attribute, tree.root / names[0])
    images: dict[tuple[str, str], Described] = {}
    for image, part, regions in found:
        described = Described(file=image, part=part, objects=_objects(regions, attribute, tally))
        alike = repr([(box, label) for box, label, _ in described.objects])
        if (image, alike) in images:  # a project and its export, side by side
            tally.add("images are annotated alike in several files, of which one is read", image)
        images.setdefault((image, alike), described)
    return assembled(tree.root, as_meant(list(images.values()), "all of them", tally), tally, notes=notes)


def _listed(file: Path) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name of each image and its regions: shape and region_attributes, as VIA 2 has them."""
    if file.suffix.lower() == ".csv":
        yield from _of_table(file)
        return
    content = fields(read_json(file))
    if "metadata" in content and "file" in content:
        yield from _of_version_3(content)
        return
    for entry in map(fields, fields(content.get("_via_img_metadata", content)).values()):
        if "filename" in entry:
            regions = entry.get("regions")
            # VIA 1 numbers them in an object
            yield text(entry["filename"]), list(regions.values()) if isinstance(regions, dict) else entries(regions)


def _of_table(file: Path) -> Iterator[tuple[str, list[Any]]]:
    regions: dict[str, list[Any]] = {}
    rows = csv.DictReader(f"{line}\n" for line in read_lines(file))
    try:
        for row in rows:
            own = regions.setdefault((row.get("filename") or row.get("#filename") or "").strip(), [])
            shape, attributes = (
                json.loads(row.get(name) or "{}") for name in ("region_shape_attributes", "region_attributes")
            )
            if shape:
                own.append({"shape_attributes": shape, "region_attributes": attributes})
    except (csv.Error, ValueError, RecursionError) as error:
        raise UserError(
            f"{file}, line {rows.line_num} is no row of VIA's CSV ({clause(error)}): export it again."
        ) from error
    yield from regions.items()


def _of_version_3(content: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The same from a project of VIA 3, whose regions point to views, and these to files."""
    known = {text(key): fields(some) for key, some in fields(content.get("attribute")).items()}
    views = {text(key): entries(fields(some).get("fid_list")) for key, some in fields(content.get("view")).items()}
    files = {text(key): fields(some) for key, some in fields(content.get("file")).items()}
    regions: dict[str, list[Any]] = {fid: [] for fid in files}
    for entry in map(fields, fields(content.get("metadata")).values()):
        fid = next(map(text, views.get(text(entry.get("vid")), [entry.get("vid")])), "")
        values = {}
        for key, value in fields(entry.get("av")).items():
            options = fields(known.get(key, {}).get("options"))
            chosen = [text(options.get(some, some)) for some in text(value).split(",")] if options else [text(value)]
            values[text(known.get(key, {}).get("aname")) or key] = {some: True for some in chosen if some}
        if entry.get("xy"):  # without: an answer on the whole image
            regions.setdefault(fid, []).append({"xy": entry["xy"], "region_attributes": values})
    for fid, some in regions.items():
        yield text(files.get(fid, {}).get("fname")) or text(files.get(fid, {}).get("src")), some


def _region(written: Any, where: str, place: int, tally: Tally) -> Region | None:
    """A region that has an area; None for points."""
    own = f"{where}, region {place}"
    shape = _shape_of_3(entries(fields(written)["xy"])) if "xy" in fields(written) else fields(written)
    shape = fields(shape.get("shape_attributes"))
    name = text(shape.get("name"))
    box = _box(name, shape, own)
    if box is None:
        tally.add(f"regions without an area ({name or 'no shape'}) are left out", own)
        return None
    if name != "rect":
        tally.add("regions that are no rectangle are taken by the boxes round them", own)
    values = {}
    for key, value in fields(fields(written).get("region_attributes")).items():
        chosen = [str(some) for some, set_ in value.items() if flag(set_)] if isinstance(value, dict) else [text(value)]
        if len(chosen) > 1:
            tally.add("attributes have several values, of which the first is taken", f"{own}, {key}")
        if chosen and chosen[0].strip():
            values[key] = chosen[0].strip()
    return Region(box=box, where=own, values=values)


def _shape_of_3(xy: Sequence[Any]) -> dict[str, Any]:
    """VIA 3's list of numbers, the first of which is the shape, as VIA 2 writes it."""
    kind = number(xy[0]) if xy else None
    name = SHAPES_OF_3[int(kind)] if kind is not None and 0 <= kind < len(SHAPES_OF_3) else ""
    sides = {"rect": ("x", "y", "width", "height"), "circle": ("cx", "cy", "r"), "ellipse": ("cx", "cy", "rx", "ry")}
    if name in sides:
        return {"shape_attributes": {"name": name, **dict(zip(sides[name], xy[1:], strict=False))}}
    return {"shape_attributes": {"name": name, "all_points_x": list(xy[1::2]), "all_points_y": list(xy[2::2])}}


def _box(name: str, shape: dict[str, Any], where: str) -> list[float] | None:
    """Corners round a shape; None for points and what is not known."""

    def numbers(*sides: str) -> list[float]:
        return four([shape.get(side) for side in sides], where, f"its {name}", ", ".join(sides))

    if name == "rect":
        left, top, width, height = numbers("x", "y", "width", "height")
        return [left, top, left + width, top + height]
    if name == "circle":
        x, y, radius, _ = numbers("cx", "cy", "r", "r")
        return round_centre(x, y, radius, radius)
    if name == "ellipse":
        x, y, across, down = numbers("cx", "cy", "rx", "ry")
        return round_ellipse(x, y, across, down, degrees(number(shape.get("theta")) or 0.0))
    if name in ("polygon", "polyline", "line"):
        across_all, down_all = entries(shape.get("all_points_x")), entries(shape.get("all_points_y"))
        if len(across_all) != len(down_all):
            raise UserError(f"{where} has {len(across_all)} x and {len(down_all)} y: each point must have both.")
        return round_points(list(zip(across_all, down_all, strict=True)), where)
    return None


def _class_attribute(regions: Sequence[Region], wanted: str | None, file: Path) -> tuple[str | None, tuple[str, ...]]:
    """The attribute that names the class, None for one class, and a note where it was chosen.

    Raises UserError where several could, and where a user wants one that is not there.
    """
    known = sorted({name for region in regions for name in region.values})
    listed = ", ".join(known)
    if wanted is not None:
        if wanted not in known:
            raise UserError(f"{file}: no region has the attribute {wanted!r} of --label-column (they have: {listed}).")
        return wanted, ()
    if not known:
        note = f"no region has an attribute: all boxes are of one class, {ONE_CLASS}"
        return None, (note,) if regions else ()
    if len(known) == 1:
        return known[0], ()
    everywhere = [name for name in known if all(name in region.values for region in regions)]
    likely = [name for name in everywhere or known if name.lower() in CLASS] or everywhere
    if len(likely) != 1:
        raise UserError(
            f"{file}: regions have the attributes {listed}, and it is not clear which names the class: say so with "
            "--label-column."
        )
    return likely[0], (f"the attribute {likely[0]} names the class, of {listed} (--label-column takes another)",)


def _objects(regions: Sequence[Region], attribute: str | None, tally: Tally) -> list[tuple[list[float], str, str]]:
    found = []
    for region in regions:
        label = region.values.get(attribute, "") if attribute is not None else ONE_CLASS
        if label:
            found.append((region.box, label, region.where))
        else:
            tally.add(f"regions without a value of {attribute} are left out", region.where)
    return found
