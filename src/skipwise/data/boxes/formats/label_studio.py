"""Label Studio's JSON and JSON-MIN: a list of tasks, with regions in percent of the image."""

from collections.abc import Sequence
from math import cos, radians, sin
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from skipwise.data.boxes.annotated import Annotated, Described, assembled
from skipwise.data.boxes.formats.files import read_json
from skipwise.data.boxes.formats.written import (
    entries,
    fields,
    flag,
    number,
    round_centre,
    round_ellipse,
    round_points,
    size_of,
    text,
)
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in
from skipwise.data.images.folder import is_image
from skipwise.data.tally import Tally
from skipwise.errors import UserError

Region = dict[str, Any]


def read_label_studio(tree: Tree, names: Sequence[str]) -> Annotated:
    """The images and boxes of exported tasks. Raises UserError naming file and region."""
    tally, finder = Tally(), ImageFinder(tree)
    images: list[Described] = []
    for name in names:
        for place, task in enumerate(entries(read_json(tree.root / name))):
            where = f"{PurePosixPath(name).name}: task {text(fields(task).get('id')) or place}"
            regions = _regions(fields(task), where, tally)
            if regions is None:
                tally.add("tasks without an annotation are left out", where)
                continue
            written = _written(fields(task))
            image = finder.find(written, where, near=name.rpartition("/")[0]) if written else None
            if image is None:
                tally.add("annotations without an image are left out", f"{where}, {written or 'no name'}")
                continue
            images.append(_described(image, regions, where, tally))
    return assembled(tree.root, images, tally)


def _written(task: dict[str, Any]) -> str:
    """The name of a task's image, from a link or a path; "" where there is none."""
    values = [value for value in {**fields(task.get("data")), **task}.values() if isinstance(value, str)]
    paths = (unquote(value).replace("?d=", "/").replace("\\", "/").split("?")[0] for value in values)
    return next((path for path in paths if is_image(PurePosixPath(path))), text(task.get("file_upload")))


def _regions(task: dict[str, Any], where: str, tally: Tally) -> list[Region] | None:
    """The regions of a task's annotation, the first that was not cancelled; None where there is none."""
    listed = task.get("annotations", task.get("completions"))
    if listed is None:  # JSON-MIN
        minimal = [
            value for value in task.values() if isinstance(value, list) and any(_label(fields(some)) for some in value)
        ]
        return [{"value": fields(some), **fields(some)} for some in minimal[0]] if minimal else None
    kept = [fields(some) for some in entries(listed) if not flag(fields(some).get("was_cancelled"))]
    if len(kept) > 1:
        tally.add("tasks have several annotations, of which the first is taken", where)
    return [fields(some) for some in entries(kept[0].get("result"))] if kept else None


def _described(image: str, regions: Sequence[Region], where: str, tally: Tally) -> Described:
    """The regions with an area, as shares of the image."""
    size = next((size for some in regions if (size := _size(some))), None)
    objects = []
    for place, region in enumerate(regions):
        own = f"{where}, region {place}"
        label = _label(fields(region.get("value")))
        if not label:
            tally.add("regions without a class, and answers on whole images, are left out", own)
            continue
        box = _box(fields(region.get("value")), size, own)
        if box is not None and size is None and number(fields(region.get("value")).get("rotation")):
            tally.add("regions are turned on images without original_width and height, which are taken for square", own)
        if box is None:
            tally.add("regions that are no rectangle, ellipse or polygon are left out", own)
        else:
            objects.append(([side / 100 for side in box], label, own))
    return Described(file=image, part=part_in(image.rpartition("/")[0]), objects=objects, size=size, relative=True)


def _size(region: Region) -> tuple[int, int] | None:
    return size_of(region.get("original_width"), region.get("original_height"))


def _label(value: dict[str, Any]) -> str:
    """The class of a region: the first under `rectanglelabels`, `polygonlabels` and the like."""
    lists = (entries(some) for key, some in value.items() if key.endswith("labels"))
    return next((text(some[0]) for some in lists if some), "")


def _box(value: dict[str, Any], size: tuple[int, int] | None, where: str) -> list[float] | None:
    """Corners in percent round a rectangle, an ellipse or a polygon; None for other regions."""
    if "points" in value:
        return round_points(entries(value["points"]), where)
    names = ("x", "y", "radiusX", "radiusY") if "radiusX" in value else ("x", "y", "width", "height")
    if not set(names) <= value.keys():
        return None
    x, y, across, down = (number(value[name]) for name in names)
    angle = number(value.get("rotation")) or 0.0
    if x is None or y is None or across is None or down is None or max(map(abs, (x, y, across, down))) > 1e4:
        raise UserError(f"{where}: {', '.join(names)} must be numbers, in percent of the image.")
    rows, columns = size or (1, 1)
    if "radiusX" in value:
        left, top, right, bottom = round_ellipse(x * columns, y * rows, across * columns, down * rows, angle)
        return [left / columns, top / rows, right / columns, bottom / rows]
    if not angle:
        return [x, y, x + across, y + down]
    return _turned(x, y, across, down, angle, size or (1, 1))


def _turned(x: float, y: float, width: float, height: float, angle: float, size: tuple[int, int]) -> list[float]:
    """Corners in percent round a rectangle that is turned about its upper left corner, on an image of this shape."""
    rows, columns = size
    half_width, half_height = width * columns / 2, height * rows / 2
    cosine, sine = cos(radians(angle)), sin(radians(angle))
    centre_x = x * columns + half_width * cosine - half_height * sine
    centre_y = y * rows + half_width * sine + half_height * cosine
    left, top, right, bottom = round_centre(centre_x, centre_y, half_width, half_height, angle)
    return [left / columns, top / rows, right / columns, bottom / rows]
