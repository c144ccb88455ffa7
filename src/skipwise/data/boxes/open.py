"""Which kind of annotated images data are."""

from pathlib import Path

from skipwise.data.boxes.annotated import Annotated
from skipwise.data.boxes.coco import coco_files, is_coco, read_coco
from skipwise.data.boxes.voc import is_voc, read_voc
from skipwise.data.boxes.yolo import YAML, is_yolo, read_yolo
from skipwise.data.glimpse import Glimpse, Reading
from skipwise.errors import UserError

KINDS = "a COCO .json, or a folder of COCO, Pascal VOC or YOLO"


def is_annotated(data: str | Path) -> bool:
    """Whether data look like images with boxes; little is read."""
    try:
        path = Path(data).expanduser()
        if path.is_file() or not path.is_dir():
            return path.suffix.lower() in (".json", *YAML)
        return is_coco(path) or is_voc(path) or is_yolo(path)
    except UserError:
        return True  # which is said when it is read
    except (OSError, RuntimeError):  # what cannot be a path
        return False


def read_annotated(data: str | Path) -> Annotated:
    """The images and boxes that `data` names. Raises UserError where they cannot be read."""
    path = Path(data).expanduser()
    if not path.exists():
        raise UserError(f"{data} does not exist: give {KINDS}, or the name digit-scenes.")
    if path.is_file():
        if path.suffix.lower() == ".json":
            return read_coco(path)
        if path.suffix.lower() in YAML:
            return read_yolo(path)
        raise UserError(f"{data} is a file without boxes: give {KINDS}.")
    if is_coco(path):
        return read_coco(path)
    if is_voc(path):
        return read_voc(path)
    if is_yolo(path):
        return read_yolo(path)
    if coco_files(path):  # of which none is as it must be
        return read_coco(path)
    raise UserError(
        f"{data} holds no boxes: give {KINDS} (train.json beside train, Annotations beside JPEGImages, or labels beside "
        "images)."
    )


def readings(glimpse: "Glimpse") -> list["Reading"]:
    path = glimpse.path
    return [Reading(task="boxes", words="boxes", read=lambda: read_annotated(path))] if is_annotated(path) else []
