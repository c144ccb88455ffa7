"""Every tool's export gives the same boxes, parts and classes, and the line that says what it is."""

import numpy as np
import pytest

from skipwise.data import open_scenes
from skipwise.data.boxes.open import readings
from skipwise.data.glimpse import look_at
from support import fruit
from support.fruit_exports import EXPORTS

WORDS = {
    "coco_instances": "COCO boxes: annotations/anns_test.json, annotations/anns_train.json, annotations/anns_val.json",
    "coco_outlines": "COCO boxes: test.json, train.json, val.json",
    "voc_beside": "Pascal VOC boxes: test/09.png.xml and its like, a file for each image",
    "yolo_beside": "YOLO boxes: label files in test/day/, train/day/, val/day/",
    "yolo_darknet": "YOLO boxes: label files in obj_train_data/, described by obj.data",
    "labelme": "LabelMe boxes: test/09.json and its like, a file for each image",
    "label_studio": "Label Studio boxes: project-1-at-2024.json",
    "label_studio_min": "Label Studio boxes: min.json",
    "cvat": "CVAT boxes: annotations.xml",
    "vott_export": "VoTT boxes: fruit-export.json",
    "via_project": "VGG Image Annotator boxes: via_project_5Nov.json",
    "via_table": "VGG Image Annotator boxes: via_export_csv.csv",
    "tables_of_one_column": "boxes in test.csv, train.csv, val.csv",
    "tables": "boxes in test/_annotations.csv, train/_annotations.csv, val/_annotations.csv",
}


@pytest.mark.parametrize("export", EXPORTS)
def test_every_export_gives_the_same(tmp_path, export):
    EXPORTS[export](tmp_path)
    (reading,) = readings(look_at(tmp_path))
    assert reading.explicit
    assert reading.refused is None
    assert WORDS.get(export, "") in reading.words
    source = open_scenes(tmp_path)
    assert source.classes == fruit.CLASSES
    assert len(source.names) == 12
    named = {"train": "train", "validation": "val", "test": "test"}
    for name, part, annotation in zip(source.names, source.parts, source.annotations, strict=True):
        i = int(name.rsplit("/", 1)[-1].removesuffix(".png"))
        assert i in fruit.PARTS[named[part]], name
        scale = np.array([fruit.WIDTH, fruit.HEIGHT] * 2) if annotation.relative else 1
        np.testing.assert_allclose(annotation.boxes * scale, [fruit.BOXES[i]], atol=1e-9)
        assert source.classes[annotation.labels[0]] == fruit.CLASSES[fruit.LABELS[i]]
        assert annotation.size in (None, (fruit.HEIGHT, fruit.WIDTH))
    told = set(source.tally.counts)
    outlines = {"coco_outlines": "objects without a box have the one round their outline or mask"}
    outlines |= dict.fromkeys(
        ("via_project", "via_annotations", "via_table"),
        "regions that are no rectangle are taken by the boxes round them",
    )
    assert told == {outlines[export]} if export in outlines else not told
