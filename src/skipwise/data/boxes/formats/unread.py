"""Annotations that are known by the names of files and folders, and are not read."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from PIL import Image

from skipwise.data.boxes.formats.files import beginning
from skipwise.data.boxes.formats.kinds import UNREAD
from skipwise.data.boxes.tree import joined
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.folder import is_image

SUFFIXES = {
    ".tfrecord": "TFRecord",
    ".tfrecords": "TFRecord",
    ".record": "TFRecord",
    ".mdb": "LMDB",
    ".ndjson": "NDJSON of Labelbox or Ultralytics",
}
BBOX = re.compile(rb"[^\n]*\bbbox\b[,;\s]")
"""A header with one column of boxes."""
RUN_LENGTHS = re.compile(rb"[^\n]*\b(encodedpixels|rle)\b", re.IGNORECASE)
"""A header with a column of masks as run lengths."""
FOLDERS = {"label_2": "KITTI", "labeltxt": "DOTA"}
VISDRONE = re.compile(rb"(-?\d+,){7}-?\d+,?\s")
"""A line of VisDrone's: left, top, width, height, score, class, truncation, occlusion."""
LINES: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(imagesource:[^\n]*\n)?(gsd:[^\n]*\n)?(-?[\d.]+ ){8}[A-Za-z][\w-]* -?\d\s"), "is of DOTA"),
    (re.compile(rb"[A-Za-z]\w* -?[\d.]+ -?\d+ (-?[\d.]+ ){11}-?[\d.]+\s"), "is of KITTI"),
    (
        re.compile(rb"[^\n]*\S\.\w{3,4}( -?\d+(\.\d+)?(,-?\d+(\.\d+)?){4})+\s"),
        "lists images with boxes as x,y,x,y,class",
    ),
    (
        re.compile(rb"[^\n,]*[^\s,]\.\w{3,4}(,-?\d+(\.\d+)?){4},[^\n,]+\n"),
        "is a table of boxes (image, corners, class) called .txt",
    ),
)
"""How .txt files beside or about images begin, and what they are."""
VIA_3 = re.compile(rb"(#[^\n]*\n)*# CSV_HEADER = metadata_id,")
MANIFEST = re.compile(rb'\A\s*\{[^\n]*"source-ref"')
MASK_CLASSES = re.compile(rb"Pixel Value,")
MASKS = {"masks", "mask", "segmentationclass", "segmentationobject", "annotations", "labels", "gt", "ground_truth"}
PHOTOS = {"images", "image", "imgs", "img", "jpegimages", "photos"}
MASK_MODES = {"1", "L", "P", "I", "I;16"}
"""Numbers of classes, not colours."""
LOOKED_INTO = 5
"""Text files of each folder."""
INSTEAD = "export as COCO, Pascal VOC or YOLO"


def unread(glimpse: Glimpse, kinds: dict[str, list[str]]) -> str | None:
    """Return the sentence on annotations that cannot be read; `kinds` are files by what they hold."""
    for kind, instead in UNREAD.items():
        if files := kinds.get(kind):
            return f"{glimpse.path / files[0]} is an export of {kind}, which is not read: {instead}."
    for file in glimpse.all_files():
        suffixes = [suffix.lower().split("-")[0] for suffix in file.suffixes]  # as .tfrecord-00000-of-00001
        named = [SUFFIXES[suffix] for suffix in suffixes if suffix in SUFFIXES]
        named += [FOLDERS[part.lower()] for part in file.parts[:-1] if part.lower() in FOLDERS]
        if named:
            return f"{glimpse.path / file} is of {named[0]}, which is not read: {INSTEAD}."
    return _by_content(glimpse) or _masks(glimpse) or _odd_sidecars(glimpse)


def _by_content(glimpse: Glimpse) -> str | None:
    """The sentence on lists of boxes that are told by a file's name and what it begins with."""
    for folder, names in glimpse.files.items():
        for name in names:
            file = glimpse.path / folder / name
            if name.lower().endswith("_bbx_gt.txt"):
                return f"{file} is of WIDER FACE, which is not read: {INSTEAD}."
            if name.lower().endswith(".csv") and RUN_LENGTHS.match(beginning(file)):
                return (
                    f"{file} holds masks as run lengths (EncodedPixels), which are not read: write boxes round them, as a table "
                    "with columns image, xmin, ymin, xmax, ymax and class."
                )
            if name.lower() == "metadata.jsonl" and b'"objects"' in beginning(file):
                return f"{file} holds the objects of Hugging Face's imagefolder, which are not read: {INSTEAD}."
            if name.lower().endswith((".manifest", ".jsonl")) and MANIFEST.match(beginning(file)):
                return f"{file} is a manifest of SageMaker Ground Truth, which is not read: convert it to COCO."
            if name.lower().endswith(".csv") and VIA_3.match(beginning(file)):
                return f"{file} is a CSV of VGG Image Annotator 3, which is not read: save the project as JSON."
            if name.lower() == "_classes.csv" and MASK_CLASSES.match(beginning(file)):
                return f"{file} numbers the pixels of masks, and masks alone are not read: export as COCO."
            if name.lower().endswith(".csv") and BBOX.match(beginning(file)):
                return (
                    f"{file} holds boxes in a column bbox, but no column image_id or filename: name the images in one."
                )
        if folder.rpartition("/")[2].lower() == "annotations":
            texts = [name for name in names if name.lower().endswith(".txt")][:1]
            if texts and VISDRONE.match(beginning(glimpse.path / folder / texts[0])):
                return f"{glimpse.path / folder / texts[0]} is of VisDrone, which is not read: {INSTEAD}."
    return _by_lines(glimpse)


def _by_lines(glimpse: Glimpse) -> str | None:
    """The sentence on text files of boxes, of which the first few of each folder are looked into."""
    if not any(map(is_image, glimpse.all_files())):
        return None
    for folder, names in glimpse.files.items():
        for name in [name for name in names if name.lower().endswith(".txt")][:LOOKED_INTO]:
            begun = beginning(glimpse.path / folder / name).replace(b"\r\n", b"\n") + b"\n"
            if said := next((said for pattern, said in LINES if pattern.match(begun)), None):
                instead = "save it as .csv" if said.endswith(".txt") else INSTEAD
                return f"{glimpse.path / folder / name} {said}, which is not read: {instead}."
    return None


def _masks(glimpse: Glimpse) -> str | None:
    """Masks: images that lie beside a folder of photos and have their names."""
    for folder, names in glimpse.files.items():
        above, _, own = folder.rpartition("/")
        if own.lower() not in MASKS or not (stems := _stems(names)):
            continue
        for other in glimpse.folders(above):
            beside = joined(above, other)
            photos = _stems(glimpse.files.get(beside, ()))
            if other.lower() not in PHOTOS or len(stems & photos) * 2 <= len(stems):
                continue
            mask, photo = (_mode(glimpse, some, min(stems & photos)) for some in (folder, beside))
            if mask in MASK_MODES and photo not in MASK_MODES:
                return (
                    f"{glimpse.path / folder} holds masks of the images in {other}, and masks alone are not read: "
                    "export as COCO, with outlines or boxes."
                )
    return None


def _mode(glimpse: Glimpse, folder: str, stem: str) -> str:
    """The colour mode of a folder's image of this name, "" where it cannot be read."""
    name = next(
        name for name in glimpse.files[folder] if PurePosixPath(name).stem == stem and is_image(PurePosixPath(name))
    )
    try:
        with Image.open(glimpse.path / folder / name) as image:
            return image.mode
    except Exception:
        return ""


def _odd_sidecars(glimpse: Glimpse) -> str | None:
    """JSON or XML files beside images, with their names, in a form that nobody knows."""
    for folder, names in glimpse.files.items():
        stems = _stems(names)
        for suffix in (".json", ".xml"):
            beside = [name for name in names if name.lower().endswith(suffix) and PurePosixPath(name).stem in stems]
            if len(beside) * 2 > len(stems) > 1:
                return (
                    f"{glimpse.path / folder / beside[0]} lies beside an image as its annotation does, in a form that is "
                    f"not known: {INSTEAD}."
                )
    return None


def _stems(names: Sequence[str]) -> set[str]:
    """The names without suffix of the images among these."""
    return {PurePosixPath(name).stem for name in names if is_image(PurePosixPath(name))}
