"""Twelve images of fruit, a box in each, in every form of annotations that is read."""

import json

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 50, 20
PARTS = {"train": range(6), "val": range(6, 9), "test": range(9, 12)}
BOXES = [[5 + i, 2, 15 + i, 12] for i in range(12)]
LABELS = [i % 3 for i in range(12)]
CLASSES = ("apple", "big pear", "cherry")


def photos(folder, numbers, suffix=".png"):
    folder.mkdir(parents=True)
    for i in numbers:
        pixels = np.random.default_rng(i).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:02}{suffix}")


def content(numbers):
    """COCO's, with ids that begin anywhere."""
    return {
        "categories": [{"id": 10 + label, "name": name} for label, name in enumerate(CLASSES)],
        "images": [{"id": 100 + i, "file_name": f"{i:02}.png", "width": WIDTH, "height": HEIGHT} for i in numbers],
        "annotations": [
            {"image_id": 100 + i, "category_id": 10 + LABELS[i], "bbox": [BOXES[i][0], BOXES[i][1], 10, 10]}
            for i in numbers
        ],
    }


def coco_beside(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        (folder / f"{part}.json").write_text(json.dumps(content(numbers)))


def coco_official(folder):
    (folder / "annotations").mkdir()
    for part, numbers in PARTS.items():
        photos(folder / f"{part}2017", numbers)
        (folder / "annotations" / f"instances_{part}2017.json").write_text(json.dumps(content(numbers)))
    (folder / "annotations" / "captions_train2017.json").write_text("{}")


def coco_exported(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        (folder / part / "_annotations.coco.json").write_text(json.dumps(content(numbers)))


def voc(folder):
    photos(folder / "JPEGImages", range(12))
    (folder / "Annotations").mkdir()
    (folder / "ImageSets" / "Main").mkdir(parents=True)
    for i, (left, top, right, bottom) in enumerate(BOXES):
        (folder / "Annotations" / f"{i:02}.xml").write_text(
            f"<annotation><size><width>{WIDTH}</width><height>{HEIGHT}</height></size><object>"
            f"<name>{CLASSES[LABELS[i]]}</name><bndbox><xmax>{right}</xmax><xmin>{left + 1}</xmin>"
            f"<ymin>{top + 1}</ymin><ymax>{bottom}</ymax></bndbox>"
            "<part><name>stalk</name><bndbox><xmin>1</xmin></bndbox></part></object></annotation>"
        )
    for part, numbers in PARTS.items():
        (folder / "ImageSets" / "Main" / f"{part}.txt").write_text("".join(f"{i:02}\n" for i in numbers))


def lines(i):
    left, top, right, bottom = BOXES[i]
    shares = ((left + right) / 2 / WIDTH, (top + bottom) / 2 / HEIGHT, 10 / WIDTH, 10 / HEIGHT)
    return f"{LABELS[i]} {' '.join(map(str, shares))}\n"


def yolo(
    folder, images="images/{}", labels="labels/{}", names='names:\n  0: apple\n  1: "big pear"\n  2: cherry # red\n'
):
    for part, numbers in PARTS.items():
        photos(folder / images.format(part), numbers)
        texts = folder / labels.format(part)
        texts.mkdir(parents=True)
        for i in numbers:
            (texts / f"{i:02}.txt").write_text(lines(i))
    (folder / "data.yaml").write_text(f"# fruit\npath: ../elsewhere\n{names}")


def yolo_exported(folder):
    names = "train: ../train/images\nval: ../valid/images\nnc: 3\nnames: ['apple', 'big pear', 'cherry']\nroboflow:\n  url: a\n"
    yolo(folder, "{}/images", "{}/labels", names)


def yolo_described(folder):
    parts = "".join(f"{part}: images/{part}2017\n" for part in PARTS)
    yolo(folder, "images/{}2017", "labels/{}2017", f"{parts}names: [apple,\n  'big pear', cherry]\n")
