"""CVAT's XML for images: one file with the shapes of all of them."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_xml
from skipwise.data.boxes.formats.written import four, number, round_centre, round_ellipse, round_points, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in
from skipwise.data.parts import part_of
from skipwise.data.tally import Tally
from skipwise.errors import UserError

CORNERS = ("xtl", "ytl", "xbr", "ybr")
WITHOUT_AREA = ("polyline", "points", "tag", "skeleton", "cuboid")


def read_cvat(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of CVAT's files. Raises UserError naming file, image and shape."""
    tally, finder = Tally(), ImageFinder(tree)
    images: list[Described] = []
    for name in names:
        root = read_xml(tree.root / name)
        if root.tag != "annotations":
            raise UserError(f"{tree.root / name} begins with <{root.tag[:40]}>: CVAT's file begins with <annotations>.")
        for entry in root.iter("image"):
            written = (entry.get("name") or "").strip()
            where = f"{PurePosixPath(name).name}: image {written}"
            image = finder.find(written, where, near=name.rpartition("/")[0])
            if image is None:
                tally.add("annotations without an image are left out", where)
                continue
            images.append(
                Described(
                    file=image,
                    part=part_of(entry.get("subset") or "") or part_in(image.rpartition("/")[0]),
                    objects=_objects(entry, where, tally),
                    size=size_of(entry.get("width"), entry.get("height")),
                )
            )
    return assembled(tree.root, as_meant(images, "all of them", tally), tally)


def _objects(image: Element, where: str, tally: Tally) -> list[tuple[list[float], str, str]]:
    """The boxes round the shapes that have an area."""
    found = []
    for place, shape in enumerate(image):
        own = f"{where}, {shape.tag} {place}"
        if shape.tag in WITHOUT_AREA:
            tally.add(f"shapes without a box ({shape.tag}) are left out", own)
            continue
        box = _box(shape, own)
        if box is None:
            continue  # attributes and the like
        label = (shape.get("label") or "").strip()
        if not label:
            raise UserError(f"{own} has no label: write its class.")
        if shape.tag != "box" or number(shape.get("rotation")):
            tally.add("shapes other than upright boxes are taken by the boxes round them", own)
        found.append((box, label, own))
    return found


def _box(shape: Element, where: str) -> list[float] | None:
    """Corners round a shape; None where it is none that is known."""
    if shape.tag == "box":
        left, top, right, bottom = four([shape.get(side) for side in CORNERS], where, "it", ", ".join(CORNERS))
        if angle := number(shape.get("rotation")):
            return round_centre((left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2, angle)
        return [left, top, right, bottom]
    if shape.tag == "polygon":
        return round_points([pair.split(",") for pair in (shape.get("points") or "").split(";")], where)
    if shape.tag == "ellipse":
        names = ("cx", "cy", "rx", "ry")
        x, y, across, down = four([shape.get(name) for name in names], where, "it", ", ".join(names))
        return round_ellipse(x, y, across, down, number(shape.get("rotation")) or 0.0)
    if shape.tag == "mask":
        names = ("left", "top", "width", "height")
        left, top, width, height = four([shape.get(name) for name in names], where, "it", ", ".join(names))
        return [left, top, left + width, top + height]
    return None
