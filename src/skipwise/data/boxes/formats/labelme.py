"""LabelMe's and X-AnyLabeling's JSON: a file beside each image, with shapes (Wada 2016)."""

from collections.abc import Sequence
from math import hypot
from pathlib import PurePosixPath
from typing import Any

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_json
from skipwise.data.boxes.formats.written import entries, fields, round_points, size_of, text
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, unlisted
from skipwise.data.tally import Tally
from skipwise.errors import UserError

WITHOUT_AREA = ("point", "points", "line", "linestrip", "lines")


def read_labelme(tree: Tree) -> Annotated:
    """The images and the boxes round the shapes of a tree of JSON files. Raises UserError naming file and shape."""
    tally, finder = Tally(), ImageFinder(tree)
    images: list[Described] = []
    for name in tree.paths(".json"):
        content = fields(read_json(tree.root / name))
        if not isinstance(content.get("shapes"), list):
            tally.add("JSON files without shapes are left out", name)
            continue
        image = _image(finder, name, text(content.get("imagePath")))
        if image is None:
            tally.add("annotations without an image beside them are left out (imageData is not read)", name)
            continue
        images.append(
            Described(
                file=image,
                part=part_in(image.rpartition("/")[0]),
                objects=_objects(content["shapes"], name, tally),
                size=size_of(content.get("imageWidth"), content.get("imageHeight")),
            )
        )
    for alone in unlisted(tree, (image.file for image in images)):
        tally.add("images without an annotation are left out", alone)
    return assembled(tree.root, as_meant(images, "all of them", tally), tally)


def _image(finder: ImageFinder, name: str, written: str) -> str | None:
    """The image of an annotation: the one that it names, else the one of its own name."""
    folder, stem = name.rpartition("/")[0], PurePosixPath(name).stem
    named = finder.find(written, name, near=folder, part=part_in(folder)) if written else None
    return named or finder.find(stem, name, near=folder, part=part_in(folder))


def _objects(shapes: Sequence[Any], name: str, tally: Tally) -> list[tuple[list[float], str, str]]:
    """The boxes round the shapes that have an area."""
    found = []
    for place, shape in enumerate(shapes):
        where = f"{name}: shapes[{place}]"
        label, kind = text(fields(shape).get("label")), text(fields(shape).get("shape_type")) or "polygon"
        if not label:
            raise UserError(f"{where} has no label: write its class.")
        if kind in WITHOUT_AREA:
            tally.add(f"shapes without an area ({kind}) are left out", where)
            continue
        points = entries(fields(shape).get("points"))
        box = _round_circle(points, where) if kind == "circle" else round_points(points, where)
        if kind not in ("rectangle", "mask"):
            tally.add(f"shapes ({kind}) are taken by the boxes round them", where)
        found.append((box, label, where))
    return found


def _round_circle(points: Sequence[Any], where: str) -> list[float]:
    """The box round a circle, of which a centre and a point on it are given."""
    round_points(points, where)
    if len(points) != 2:
        return round_points(points, where)  # X-AnyLabeling may give its corners
    (x, y), (edge_x, edge_y) = ((float(point[0]), float(point[1])) for point in points)
    radius = hypot(edge_x - x, edge_y - y)
    return [x - radius, y - radius, x + radius, y + radius]
