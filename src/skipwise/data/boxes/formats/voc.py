"""Pascal VOC: an XML file for each image, beside it or in a folder of its own (Everingham et al. 2010)."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from skipwise.data.boxes.annotated import Annotated, Described, as_meant, assembled
from skipwise.data.boxes.formats.files import read_lines, read_xml
from skipwise.data.boxes.formats.written import flag, four, number, round_centre, round_points, size_of
from skipwise.data.boxes.tree import ImageFinder, Tree, part_in, unlisted
from skipwise.data.images.folder import is_image
from skipwise.data.parts import PARTS, part_of
from skipwise.data.tally import Tally
from skipwise.errors import UserError

MASKS = {"segmentationclass", "segmentationobject"}
"""Folders of masks, which have the names of the images."""
SIDES = ("xmin", "ymin", "xmax", "ymax")
TRAIN_TOO = "trainval"
"""The list of what is trained on where no train.txt is there."""
NO_IMAGE = "annotations without an image are left out"


@dataclass(frozen=True, kw_only=True)
class Document:
    """An XML file by its path below the tree's root, and its image's stem that its name says."""

    name: str
    root: Element

    @property
    def short(self) -> str:
        return PurePosixPath(self.name).name

    @property
    def stem(self) -> str:
        return image_stem(self.name)


def image_stem(name: str) -> str:
    """The name of an annotation's image without suffix, for `a.xml` as for `a.jpg.xml`."""
    inner = PurePosixPath(PurePosixPath(name).stem)
    return inner.stem if is_image(inner) else inner.name


def read_voc(tree: Tree) -> Annotated:
    """The images and boxes of a tree with XML files. Raises UserError naming file and object.

    Objects marked difficult are left out. Coordinates count from 1 and include the last pixel, unless one of them is 0.
    """
    tally = Tally()
    documents = _documents(tree, tally)
    finder = ImageFinder(tree)
    images = {document.name: _image(finder, document) for document in documents}
    stems = {PurePosixPath(image).stem for names in tree.images.values() for image in names}
    listed = _listed(tree, stems | {document.stem for document in documents})
    read: list[Described] = []
    for document in documents:
        image = images[document.name]
        if listed and document.stem not in listed:
            tally.add("annotated images are in no list of ImageSets/Main, and are left out", document.short)
        elif image is None:
            tally.add(NO_IMAGE, document.short)
        else:
            part = listed.get(document.stem, "") if listed else part_in(image.rpartition("/")[0])
            read.append(_described(document, image, part, tally))
    _tell_missing(tree, images, listed, tally)
    _check_parts(tree, listed, read)
    images_read, notes = _from_edges(as_meant(read, "all of them", tally))
    return assembled(tree.root, images_read, tally, notes=notes)


def _documents(tree: Tree, tally: Tally) -> list[Document]:
    """The XML files that begin with <annotation>. Raises UserError for another one that has an image."""
    documents = []
    stems = {PurePosixPath(name).stem for names in tree.images.values() for name in names}
    for name in tree.paths(".xml"):
        root = read_xml(tree.root / name)
        if root.tag == "annotation":
            documents.append(Document(name=name, root=root))
        elif image_stem(name) in stems:
            raise UserError(
                f"{tree.root / name} begins with <{root.tag[:40]}>: a file of Pascal VOC begins with <annotation>."
            )
        else:
            tally.add("XML files that annotate nothing are left out", name)
    return documents


def _image(finder: ImageFinder, document: Document) -> str | None:
    """The image of an annotation: the one of its name, else the one that its `filename` names."""
    folder = document.name.rpartition("/")[0]
    near, where = _beside(folder, finder.tree), document.short
    named = (document.root.findtext("filename") or "").strip()
    if PurePosixPath(named).stem == document.stem and is_image(PurePosixPath(named)):
        exact = finder.find(named, where, near=near, part=part_in(folder))
        if exact is not None:
            return exact
    found = finder.find(document.stem, where, near=near, part=part_in(folder))
    if found is not None and PurePosixPath(found).stem.casefold() == document.stem.casefold():
        return found
    return finder.find(named, where, near=near, part=part_in(folder)) if named else None


def _beside(folder: str, tree: Tree) -> str:
    """The folder of images that belongs to one of annotations: itself where it holds some."""
    if folder in tree.images:
        return folder
    parts = folder.split("/")
    for place, word in enumerate(parts):
        if word.lower() in ("annotations", "annotation", "labels", "xml", "xmls"):
            for other in ("JPEGImages", "images", "Images"):
                if (beside := "/".join([*parts[:place], other, *parts[place + 1 :]])) in tree.images:
                    return beside
    return folder


def _listed(tree: Tree, known: Collection[str]) -> dict[str, str]:
    """The part of each image that ImageSets lists. Raises UserError for one in two parts.

    A line is a known name, which may hold spaces and a suffix, or a name and a number, as in the lists of a class.
    """
    lists = [name for name in tree.paths(".txt") if "ImageSets" in PurePosixPath(name).parts]
    main = [name for name in lists if PurePosixPath(name).parts[-2] in ("Main", "ImageSets")]
    files: dict[str, str] = {}
    for name in main:
        if part := part_of(PurePosixPath(name).stem):
            files[part] = name
    both = next((name for name in main if PurePosixPath(name).stem == TRAIN_TOO), None)
    if "train" not in files and both is not None:
        files["train"] = both
    parts: dict[str, str] = {}
    for part in PARTS:
        file = tree.root / files[part] if part in files else None
        for line_number, line in enumerate(read_lines(file) if file else [], start=1):
            if not line.strip():
                continue
            stem = _stem_in(line.strip(), known)
            if parts.setdefault(stem, part) != part:
                raise UserError(f"{file}, line {line_number}: {stem} is in the {parts[stem]} part too: keep one.")
    return parts


def _stem_in(line: str, known: Collection[str]) -> str:
    """The name without suffix that a line of a list means."""
    for written in (line, line.split()[0]):
        path = PurePosixPath(written.replace("\\", "/"))
        for stem in (written, path.name, path.stem if is_image(path) else path.name):
            if stem in known:
                return stem
    first = PurePosixPath(line.split()[0])
    return first.stem if is_image(first) else first.name


def _tell_missing(tree: Tree, images: Mapping[str, str | None], listed: Mapping[str, str], tally: Tally) -> None:
    """Count the images without an annotation, of those that are listed where some are."""
    if listed:
        annotated = {image_stem(document) for document in images}
        alone = sorted(listed.keys() - annotated)
    else:
        left = [PurePosixPath(name) for name in unlisted(tree, (image for image in images.values() if image))]
        for mask in (name for name in left if name.parent.name.lower() in MASKS):
            tally.add("masks are left out", str(mask))
        alone = [name.stem for name in left if name.parent.name.lower() not in MASKS]
    for stem in alone:
        tally.add("images without an annotation are left out", stem)


def _check_parts(tree: Tree, listed: Mapping[str, str], read: Sequence[Described]) -> None:
    """Raises UserError for a part that is listed and of which nothing is there."""
    there = {image.part for image in read}
    for part in PARTS:
        if read and (count := sum(own == part for own in listed.values())) and part not in there:
            raise UserError(
                f"{tree.root}: ImageSets lists {count} images of the {part} part, and none of them is there with its "
                "annotation: add them, or take the list away."
            )


def _described(document: Document, image: str, part: str, tally: Tally) -> Described:
    """The objects of a document, corners as they are written."""
    objects = []
    for place, entry in enumerate(document.root.findall("object"), start=1):
        where = f"{document.name}: object {place}"
        name = (entry.findtext("name") or "").strip()
        if not name:
            raise UserError(f"{where} has no name: write its class.")
        if flag((entry.findtext("difficult") or "").strip()):
            tally.add("objects marked difficult are left out", f"{document.short}: object {place}")
            continue
        objects.append((_corners(entry, where, tally), name, f"{document.short}: object {place}"))
    size = size_of(*((document.root.findtext(f"size/{side}") or "").strip() for side in ("width", "height")))
    return Described(file=image, part=part, objects=objects, size=size)


def _corners(entry: Element, where: str, tally: Tally) -> list[float]:
    """The corners of an object's box, or round its outline or turned box. Raises UserError where there is neither."""
    box, outline, turned = entry.find("bndbox"), entry.find("polygon"), entry.find("robndbox")
    if box is not None:
        return four([box.findtext(side) for side in SIDES], where, "bndbox", ", ".join(SIDES))
    told = "objects without a box have the one round their outline"
    if outline is not None:
        tally.add(told, where)
        return round_points(_points(outline), where)
    if turned is None:
        raise UserError(f"{where} has no bndbox.")
    tally.add(told, where)
    names = ("cx", "cy", "w", "h", "angle")
    x, y, width, height, angle = (number((turned.findtext(name) or "").strip()) for name in names)
    if x is None or y is None or width is None or height is None or angle is None:
        raise UserError(f"{where}: robndbox must hold the numbers {', '.join(names)}.")
    return round_centre(x, y, width / 2, height / 2, math.degrees(angle))


def _points(outline: Element) -> list[tuple[str | None, str | None]]:
    """The points of a polygon, written as <pt><x>, <y> or as <x1>, <y1>, <x2>, <y2> and so on."""
    points = [(point.findtext("x"), point.findtext("y")) for point in outline.findall("pt")]
    if points:
        return points
    count = sum(child.tag.startswith("x") for child in outline)
    return [(outline.findtext(f"x{place}"), outline.findtext(f"y{place}")) for place in range(1, count + 1)]


def _from_edges(images: Sequence[Described]) -> tuple[list[Described], tuple[str, ...]]:
    """The images with corners as edges between pixels, and a note on how they counted."""
    if any(image.relative for image in images):
        return list(images), ()
    if any(0 in box[:2] for image in images for box, _, _ in image.objects):
        return list(images), ("coordinates count from 0, since some are 0",)
    moved = [
        replace(
            image,
            objects=[([box[0] - 1, box[1] - 1, *box[2:]], name, place) for box, name, place in image.objects],
        )
        for image in images
    ]
    return moved, ("coordinates count from 1, as VOC's do",)
