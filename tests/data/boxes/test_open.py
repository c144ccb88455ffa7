"""Every form of annotations gives the same boxes of the same objects, and data of other tasks are not taken for one."""

import numpy as np
import pytest

from skipwise.data import Options, open_scenes, prepare_scenes
from skipwise.data.boxes.formats.files import LOOKED_AT
from skipwise.data.boxes.open import readings
from skipwise.data.glimpse import look_at
from skipwise.data.manifest import ClassCounts
from skipwise.errors import UserError
from support import fruit
from support.annotations import PHOTOS, image_folder, refusal, yolo


@pytest.mark.parametrize(
    "content",
    [
        '{"lr": 0.1}',
        "[1, 2]",
        "",
        "{",
        '{"images": [1]}',
        "[" * 100_000,
        '{"lr": "' + "a" * LOOKED_AT + '"}',
        '{"text": "say \\"images\\" or annotations: ' + "a" * LOOKED_AT + '"}',
    ],
)
def test_images_beside_some_json_are_no_boxes(tmp_path, content):
    image_folder(tmp_path)
    for name in ("train.json", "train/_annotations.coco.json", "val.json", "valid.json"):
        (tmp_path / name).write_text(content)
    assert not readings(look_at(tmp_path))


def test_what_some_json_lacks_is_still_said_where_boxes_are_asked_for(tmp_path):
    (image_folder(tmp_path) / "train.json").write_text('{"lr": 0.1}')
    assert "train.json has no list 'images'" in refusal(tmp_path)


def test_a_json_of_another_kind_does_not_hide_yolo(tmp_path):
    (yolo(tmp_path) / "train.json").write_text('{"lr": 0.1}')
    assert len(open_scenes(tmp_path).names) == PHOTOS


@pytest.mark.parametrize(
    "write",
    [
        fruit.coco_beside,
        fruit.coco_official,
        fruit.coco_exported,
        fruit.voc,
        fruit.yolo,
        fruit.yolo_exported,
        fruit.yolo_described,
    ],
)
def test_every_kind_gives_the_same(tmp_path, write):
    write(tmp_path)
    assert readings(look_at(tmp_path))
    source = open_scenes(tmp_path)
    assert source.classes == fruit.CLASSES
    scenes = prepare_scenes(tmp_path, Options(), photo_size=64)
    part_of = {f"{i:02}": part for part, numbers in fruit.PARTS.items() for i in numbers}
    assert scenes.images.shape == (12, fruit.HEIGHT, fruit.WIDTH, 3)
    for position, name in enumerate(scenes.files):
        stem = name.rsplit("/", 1)[-1].removesuffix(".png")
        i = int(stem)
        np.testing.assert_allclose(scenes.objects[position].boxes, [fruit.BOXES[i]], atol=1e-9)
        assert scenes.objects[position].labels.tolist() == [fruit.LABELS[i]]
        part = {"train": scenes.train, "val": scenes.validation, "test": scenes.test}[part_of[stem]]
        assert position in part
    assert not scenes.manifest.boxes.mended
    assert scenes.manifest.counts == ClassCounts(train=(2, 2, 2), validation=(1, 1, 1), test=(1, 1, 1))


def test_the_yaml_itself_names_the_data(tmp_path):
    fruit.yolo(tmp_path)
    assert open_scenes(tmp_path / "data.yaml").names == open_scenes(tmp_path).names
    with pytest.raises(UserError, match="does not exist"):
        open_scenes(tmp_path / "other.yaml")


def test_other_things_are_refused(tmp_path):
    assert "does not exist: give a folder, a file" in refusal(tmp_path / "a.json")
    assert "holds no boxes: give a COCO .json" in refusal(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    assert "a.txt is a file without boxes" in refusal(tmp_path / "a.txt")
    assert not readings(look_at(tmp_path))
