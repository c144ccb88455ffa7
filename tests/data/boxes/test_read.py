"""COCO, Pascal VOC and YOLO give the same boxes of the same objects; parts and classes are as they are written."""

import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import prepare_scenes
from skipwise.data.boxes.open import is_annotated, read_annotated
from skipwise.data.manifest import ClassCounts
from skipwise.errors import UserError

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


@pytest.mark.parametrize("write", [coco_beside, coco_official, coco_exported, voc, yolo, yolo_exported, yolo_described])
def test_every_kind_gives_the_same(tmp_path, write):
    write(tmp_path)
    assert is_annotated(tmp_path)
    source = read_annotated(tmp_path)
    assert source.classes == CLASSES
    scenes = prepare_scenes(tmp_path, size=None, photo_size=64, test_size=None, split_seed=0)
    part_of = {f"{i:02}": part for part, numbers in PARTS.items() for i in numbers}
    assert scenes.images.shape == (12, HEIGHT, WIDTH, 3)
    for position, name in enumerate(scenes.files):
        stem = name.rsplit("/", 1)[-1].removesuffix(".png")
        i = int(stem)
        np.testing.assert_allclose(scenes.objects[position].boxes, [BOXES[i]], atol=1e-9)
        assert scenes.objects[position].labels.tolist() == [LABELS[i]]
        part = {"train": scenes.train, "val": scenes.validation, "test": scenes.test}[part_of[stem]]
        assert position in part
    assert not scenes.manifest.boxes.mended
    assert scenes.manifest.counts == ClassCounts(train=(2, 2, 2), validation=(1, 1, 1), test=(1, 1, 1))


def test_one_json_beside_its_images(tmp_path):
    photos(tmp_path / "photos", range(12))
    (tmp_path / "photos" / "all.json").write_text(json.dumps(content(range(12))))
    scenes = prepare_scenes(tmp_path / "photos" / "all.json", size=None, photo_size=64, test_size=0.25, split_seed=0)
    assert (len(scenes.train), len(scenes.validation), len(scenes.test)) == (8, 1, 3)
    assert not scenes.manifest.own_test


def test_file_names_of_another_machine(tmp_path):
    photos(tmp_path / "images", range(12))
    written = content(range(12))
    for image in written["images"]:
        image["file_name"] = f"C:\\label studio\\{image['file_name']}"
    (tmp_path / "a.json").write_text(json.dumps(written))
    assert all(file.is_file() for file in read_annotated(tmp_path / "a.json").files)


def test_voc_that_counts_from_0(tmp_path):
    voc(tmp_path)
    text = (tmp_path / "Annotations" / "00.xml").read_text()
    (tmp_path / "Annotations" / "00.xml").write_text(text.replace("<xmin>6", "<xmin>0"))
    source = read_annotated(tmp_path)
    assert source.notes == ("coordinates count from 0, since some are 0",)
    assert source.annotations[0].boxes.tolist() == [[0, 3, 15, 12]]


def test_outlines_become_the_boxes_round_them(tmp_path):
    yolo(tmp_path)
    (tmp_path / "labels" / "train" / "00.txt").write_text("1 .1 .2 .5 .1 .3 .6\n")
    source = read_annotated(tmp_path)
    first = source.annotations[source.names.index("images/train/00.png")]
    assert first.boxes.tolist() == [[0.1, 0.1, 0.5, 0.6]]
    assert source.tally.notes() == [
        f"outlines are taken by the boxes round them: 1 ({tmp_path}/labels/train/00.txt, line 1)"
    ]


def test_numbers_are_the_classes_where_nobody_names_them(tmp_path):
    yolo(tmp_path)
    (tmp_path / "data.yaml").unlink()
    assert read_annotated(tmp_path).classes == ("0", "1", "2")
    (tmp_path / "labels" / "classes.txt").write_text("a\nb\nc\n")
    assert read_annotated(tmp_path).classes == ("a", "b", "c")


def test_classes_of_one_part_only_are_told(tmp_path):
    coco_beside(tmp_path)
    written = content(PARTS["test"])
    written["categories"].append({"id": 50, "name": "fig"})
    written["annotations"][0]["category_id"] = 50
    written["categories"].append({"id": 51, "name": "grape"})
    (tmp_path / "test.json").write_text(json.dumps(written))
    notes = prepare_scenes(tmp_path, size=None, photo_size=64, test_size=None, split_seed=0).manifest.notes
    assert "classes without a box are left out: grape" in notes
    assert "classes with no training image, and will not be found: fig" in notes


def test_the_yaml_itself_names_the_data(tmp_path):
    yolo(tmp_path)
    assert read_annotated(tmp_path / "data.yaml").names == read_annotated(tmp_path).names
    with pytest.raises(UserError, match="does not exist"):
        read_annotated(tmp_path / "other.yaml")
