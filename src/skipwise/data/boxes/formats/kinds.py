"""Which program's annotations a file holds, told by its beginning."""

import json
import re
from pathlib import Path
from typing import Any

from skipwise.data.boxes.formats.files import LOOKED_AT, beginning
from skipwise.data.boxes.formats.via import is_via_table
from skipwise.data.boxes.formats.written import entries, fields

COCO, LABELME, LABEL_STUDIO, VOTT, CREATE_ML = "COCO", "LabelMe", "Label Studio", "VoTT", "CreateML"
VOC, CVAT, VIA = "Pascal VOC", "CVAT", "VGG Image Annotator"
UNREAD = {
    "Datumaro": "export as COCO 1.0 or CVAT for images 1.1",
    "Supervisely": "export as COCO or Pascal VOC",
    "Labelbox": "export as COCO",
    "BDD100K": "convert to COCO with bdd100k's own label.to_coco",
    "CVAT for video": "export as CVAT for images 1.1 or COCO 1.0",
}
"""Formats that are known and not read, and what to do."""
BEGINNINGS: tuple[tuple[str, bytes], ...] = (
    (VIA, rb'\A\s*\{.*"(_via_img_metadata|shape_attributes|fid_list)"\s*:'),
    (LABELME, rb'\A\s*\{.*"shapes"\s*:'),
    (VOTT, rb'\A\s*\{.*"assets?"\s*:\s*\{'),
    (COCO, rb'\A\s*\{.*"(images|annotations)"\s*:'),
    (LABEL_STUDIO, rb'\A\s*\[.*"(result|\w+labels)"\s*:\s*\['),
    (CREATE_ML, rb'\A\s*\[.*"coordinates"\s*:\s*\{'),
)
"""How files begin, where one is too large or too broken to be read whole."""
_BEGINNINGS = [(kind, re.compile(pattern, re.DOTALL)) for kind, pattern in BEGINNINGS]
MARKS = re.compile(rb"<(annotations?)[\s>/]")
TRACK = re.compile(rb"<track[\s>/]")


def kind_of(file: Path) -> str | None:
    """Whose annotations a .json, .xml or .csv file holds; None for other files, and for tables of boxes."""
    if file.suffix.lower() == ".csv":
        return VIA if is_via_table(file) else None
    begun = beginning(file)
    return _kind_of_xml(begun) if file.suffix.lower() == ".xml" else _kind_of_json(begun)


def _kind_of_xml(begun: bytes) -> str | None:
    found = MARKS.search(begun)
    if found is None:
        return None
    if found[1] == b"annotation":
        return VOC
    return "CVAT for video" if TRACK.search(begun) else CVAT


def _kind_of_json(begun: bytes) -> str | None:
    begun = begun.removeprefix(b"\xef\xbb\xbf")
    if len(begun) < LOOKED_AT - 3:
        try:
            content = json.loads(begun)
        except (ValueError, RecursionError):  # what is broken in it is said when it is read
            pass
        else:
            return _kind_of_list(content) if isinstance(content, list) else _kind_of_object(fields(content))
    return next((kind for kind, pattern in _BEGINNINGS if pattern.search(begun)), None)


def _kind_of_object(content: dict[str, Any]) -> str | None:
    names = content.keys()
    if {"images", "annotations"} <= names:
        return COCO
    if isinstance(content.get("shapes"), list):
        return LABELME
    if {"asset", "regions"} <= names or any("asset" in fields(some) for some in fields(content.get("assets")).values()):
        return VOTT
    if "_via_img_metadata" in names or {"file", "metadata", "view"} <= names:
        return VIA
    if any({"filename", "regions"} <= fields(some).keys() for some in content.values()):
        return VIA
    if {"categories", "items"} <= names:
        return "Datumaro"
    if {"objects", "size"} <= names:
        return "Supervisely"
    return None


def _kind_of_list(content: list[Any]) -> str | None:
    first = next((fields(some) for some in content if fields(some)), {})
    if "data" in first and isinstance(first.get("annotations", first.get("completions")), list):
        return LABEL_STUDIO
    if any(key.endswith("labels") for value in first.values() for some in entries(value) for key in fields(some)):
        return LABEL_STUDIO
    if ("image" in first or "imagefilename" in first) and isinstance(
        first.get("annotations", first.get("annotation")), list
    ):
        return CREATE_ML
    if "data_row" in first:
        return "Labelbox"
    if any("box2d" in fields(some) for some in entries(first.get("labels"))):
        return "BDD100K"
    return None
