"""Which annotated images lie in a folder or a file, and every way to read them."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from skipwise.data.boxes.annotated import Annotated
from skipwise.data.boxes.formats.box_columns import columns_of
from skipwise.data.boxes.formats.box_table import read_box_table
from skipwise.data.boxes.formats.coco import SECTIONS, read_coco
from skipwise.data.boxes.formats.cvat import read_cvat
from skipwise.data.boxes.formats.files import LOOKED_AT, beginning
from skipwise.data.boxes.formats.kinds import (
    COCO,
    CREATE_ML,
    CVAT,
    LABEL_STUDIO,
    LABELME,
    UNREAD,
    VIA,
    VOC,
    VOTT,
    kind_of,
)
from skipwise.data.boxes.formats.label_studio import read_label_studio
from skipwise.data.boxes.formats.labelme import read_labelme
from skipwise.data.boxes.formats.unread import unread
from skipwise.data.boxes.formats.via import read_via
from skipwise.data.boxes.formats.voc import read_voc
from skipwise.data.boxes.formats.vott import read_create_ml, read_vott
from skipwise.data.boxes.formats.yolo import looks_like_labels, read_yolo
from skipwise.data.boxes.formats.yolo_description import DARKNET, YAML
from skipwise.data.boxes.formats.yolo_layout import is_label_file, label_folders
from skipwise.data.boxes.tree import Tree, joined, part_in_name, tree_of
from skipwise.data.glimpse import Glimpse, Reading, look_at
from skipwise.data.images.folder import is_image
from skipwise.data.images.table import image_tables
from skipwise.errors import UserError

TASK = "boxes"
KINDS = (
    "a COCO .json, or a folder of COCO, Pascal VOC, YOLO, LabelMe, CVAT, Label Studio, VIA or VoTT, or a table of boxes"
)
READERS: dict[str, Callable[[Tree, Sequence[str]], Annotated]] = {
    COCO: read_coco,
    VOC: lambda tree, _: read_voc(tree),
    LABELME: lambda tree, _: read_labelme(tree),
    CVAT: read_cvat,
    LABEL_STUDIO: read_label_studio,
    VOTT: read_vott,
    CREATE_ML: read_create_ml,
    VIA: read_via,
}
"""By what a file holds."""
LOOKED_INTO, ALONE = 5, 50
"""Files of a folder that are looked into: of those that have an image's name, and of the others."""
HOLDS_ANNOTATIONS = ("annotations", "annotation", "labels", "label", "xml", "xmls", "json", "jsons")
"""Names of folders that lie beside the images."""


def readings(glimpse: Glimpse) -> list[Reading]:
    """Every way to read boxes there, or the one sentence on annotations that cannot be read."""
    if glimpse.is_file:
        return _of_file(glimpse.path, glimpse.label_column)
    if _holds_labels_alone(glimpse):
        above = _yolo(look_at(glimpse.path.resolve().parent))
        return [above] if above else []
    kinds = _kinds(glimpse)
    found = [_by_content(glimpse, kind, kinds[kind]) for kind in READERS if kind in kinds]
    found += [some for some in (_table(glimpse), _yolo(glimpse)) if some]
    if not found and (refused := unread(glimpse, kinds)):
        return [Reading(task=TASK, words="annotations that are not read", read=_refuser(refused), refused=refused)]
    return found


def why_none(glimpse: Glimpse) -> str:
    """Say why no boxes can be read where they are asked for."""
    path = glimpse.path
    files = [path.name] if glimpse.is_file else tree_of(path).paths(".json")
    named = [name for name in files if PurePosixPath(name).suffix.lower() == ".json"]
    broken = next((name for name in named if glimpse.is_file or part_in_name(PurePosixPath(name).stem)), None)
    if broken is not None:
        try:
            read_coco(tree_of(path.parent if glimpse.is_file else path), [broken])
        except UserError as error:
            return str(error)
    if glimpse.is_file:
        return f"{path} is a file without boxes: give {KINDS}."
    return (
        f"{path} holds no boxes: give {KINDS} (train.json beside train, Annotations beside JPEGImages, or labels beside "
        "images)."
    )


def _kinds(glimpse: Glimpse) -> dict[str, list[str]]:
    """The .json, .xml and .csv files that were looked into, by what they hold."""
    kinds: dict[str, list[str]] = {}
    for folder, names in glimpse.files.items():
        stems = {PurePosixPath(name).stem for name in names if is_image(PurePosixPath(name))}
        some = [name for name in names if PurePosixPath(name).suffix.lower() in (".json", ".xml", ".csv")]
        beside = [name for name in some if PurePosixPath(name).stem in stems][:LOOKED_INTO]
        alone = [name for name in some if PurePosixPath(name).stem not in stems][:ALONE]
        for name in (*alone, *beside):
            if kind := kind_of(glimpse.path / folder / name):
                kinds.setdefault(kind, []).append(joined(folder, name))
    return kinds


def _holds_labels_alone(glimpse: Glimpse) -> bool:
    """Whether a folder of YOLO's labels is given without that of the images, which is beside it."""
    files = list(glimpse.all_files())
    named = glimpse.path.resolve().name.lower() in HOLDS_ANNOTATIONS
    texts = [file for file in files if is_label_file(file.name)][:LOOKED_INTO]
    return named and not any(map(is_image, files)) and any(looks_like_labels(glimpse.path / file) for file in texts)


def _by_content(glimpse: Glimpse, kind: str, files: Sequence[str]) -> Reading:
    """The reading of files that are told by what they hold."""
    path = glimpse.path
    root = _root(path)

    def read() -> Annotated:
        inside = "" if root == path else path.resolve().name
        names = [joined(inside, name) for name in files]
        return _named(_read(kind, tree_of(root), names, glimpse.label_column), path)

    words = f"{kind} boxes: {_words(path, kind, files)}"
    return Reading(task=TASK, words=words, read=read, ask=_ask(path, files), has_columns=kind == VIA)


def _read(kind: str, tree: Tree, names: Sequence[str], label_column: str | None) -> Annotated:
    """Read files of a kind; a column that a user named is the attribute of VIA's regions."""
    return read_via(tree, names, label_column) if kind == VIA else READERS[kind](tree, names)


def _of_file(path: Path, label_column: str | None) -> list[Reading]:
    """The reading of one file: those of its folder belong to it where each image has one of its own."""
    suffix = path.suffix.lower()
    if suffix in (*YAML, DARKNET):
        return [
            Reading(
                task=TASK,
                words=f"YOLO boxes: described by {path.name}",
                read=lambda: _named(read_yolo(tree_of(path.parent), path.name), path.parent),
                ask=str(path),
            )
        ]
    if suffix == ".csv" and is_box_table(path, label_column):
        return [
            Reading(task=TASK, words=f"boxes in the table {path.name}", ask=str(path), has_columns=True,
                    read=lambda: _named(read_box_table(tree_of(path.parent), [path.name], label_column), path))
        ]  # fmt: skip
    if suffix not in (".json", ".xml", ".csv"):
        return []
    kind = kind_of(path)
    if kind in UNREAD:
        refused = f"{path} is an export of {kind}, which is not read: {UNREAD[kind]}."
        return [Reading(task=TASK, words=f"an export of {kind}", read=_refuser(refused), refused=refused)]
    if kind in (VOC, LABELME):
        refused = f"{path} annotates one image: give the folder that holds all of them."
        return [Reading(task=TASK, words=f"one annotation of {kind}", read=_refuser(refused), refused=refused)]
    if kind is None and suffix == ".json" and sum(f'"{name}"'.encode() in beginning(path) for name in SECTIONS) > 1:
        kind = COCO  # of which a list is missing, which is said when it is read
    if kind is None:
        return []
    root = _root(path.parent)
    name = joined("" if root == path.parent else path.resolve().parent.name, path.name)
    return [
        Reading(
            task=TASK,
            words=f"{kind} boxes: {_words(path.parent, kind, [path.name])}",
            read=lambda: _named(_read(kind, tree_of(root), [name], label_column), path),
            ask=str(path),
            has_columns=kind == VIA,
        )
    ]


def _root(path: Path) -> Path:
    """The folder in which the images are looked for: the one above where a folder of annotations alone is given."""
    named = path.resolve().name.lower() in HOLDS_ANNOTATIONS
    return path.resolve().parent if named and not tree_of(path).images else path


def is_box_table(file: Path, label_column: str | None) -> bool:
    """Return whether a table is one of boxes; one without their classes that has those of images is not."""
    columns = columns_of(file, label_column)
    return columns is not None and (columns.label is not None or not image_tables([file], label_column))


def _table(glimpse: Glimpse) -> Reading | None:
    """Tables of boxes, of which each part may have one."""
    tables = [file.as_posix() for file in glimpse.all_files() if file.suffix.lower() == ".csv"][:ALONE]
    files = [name for name in tables if is_box_table(glimpse.path / name, glimpse.label_column)]
    if not files:
        return None
    return Reading(
        task=TASK,
        words=f"boxes in {_listed(files)}",
        read=lambda: _named(read_box_table(tree_of(glimpse.path), files, glimpse.label_column), glimpse.path),
        ask=_ask(glimpse.path, files),
        has_columns=True,
    )


def _yolo(glimpse: Glimpse) -> Reading | None:
    """Label files of YOLO's, with or without a description."""
    path = glimpse.path
    description = _description(glimpse)
    labels = _label_folders(glimpse)
    if not labels:
        return None
    where = _listed([f"{some or path.resolve().name}/" for some in labels])
    where += f", described by {description}" if description else ""
    common = PurePosixPath(os.path.commonpath(labels)).as_posix()
    return Reading(
        task=TASK,
        words=f"YOLO boxes: label files in {where}",
        read=lambda: _named(read_yolo(tree_of(path), description), path),
        ask=f"{path / description}" if description else str(path / common),
    )


def _description(glimpse: Glimpse) -> str | None:
    """The data.yaml, dataset.yaml or only .yaml of a folder, or darknet's obj.data."""
    files = [name for name in glimpse.files.get("", ()) if PurePosixPath(name).suffix.lower() in YAML]
    named = [name for name in files if PurePosixPath(name).stem in ("data", "dataset")]
    if len(named or files) == 1:
        return (named or files)[0]
    darknet = [name for name in glimpse.files.get("", ()) if name.lower() == f"obj{DARKNET}"]
    return darknet[0] if darknet else None


def _label_folders(glimpse: Glimpse) -> list[str]:
    """The folders with label files of images; a few files of each are looked into."""
    found: dict[str, None] = {}
    for folder, names in glimpse.files.items():
        stems = {PurePosixPath(name).stem for name in names if is_image(PurePosixPath(name))}
        for place in label_folders(folder) if stems else ():
            texts = [name for name in glimpse.files.get(place, ()) if is_label_file(name)]
            own = [name for name in texts if PurePosixPath(name).stem in stems]
            looked = (own if place == folder else own or texts)[: 2 * LOOKED_INTO]
            named = place != folder and not all(beginning(glimpse.path / place / name).strip() for name in looked)
            if looked and (named or any(looks_like_labels(glimpse.path / place / name) for name in looked)):
                found.setdefault(place)
                break
    return list(found)


def _words(path: Path, kind: str, files: Sequence[str]) -> str:
    """Name the files, and say how many images they list or how large they are."""
    if kind in (VOC, LABELME):
        return f"{files[0]} and its like, a file for each image"
    if len(files) > 1 or kind != COCO:
        return _listed(files)
    begun = beginning(path / files[0])
    if len(begun) < LOOKED_AT:
        try:
            return f"{files[0]} with {len(json.loads(begun.decode('utf-8-sig'))['images'])} images"
        except (ValueError, RecursionError, KeyError, TypeError):
            return files[0]
    return f"{files[0]} of {(path / files[0]).stat().st_size / 1e6:.0f} MB"


def _listed(files: Sequence[str]) -> str:
    return f"{', '.join(files[:3])}{f' and {len(files) - 3} more' if len(files) > 3 else ''}"


def _ask(path: Path, files: Sequence[str]) -> str:
    """How a reading is asked for where there are others: by its file, or by the folder that holds its files alone."""
    if len(files) == 1:
        return str(path / files[0])
    folders = {name.rpartition("/")[0] for name in files}
    return str(path / folders.pop()) if len(folders) == 1 else f"--task {TASK}"


def _named(source: Annotated, path: Path) -> Annotated:
    """The source under the name of what was given."""
    return replace(source, name=path.stem if path.is_file() else path.resolve().name)


def _refuser(sentence: str) -> Callable[[], Annotated]:
    def refuse() -> Annotated:
        raise UserError(sentence)

    return refuse
