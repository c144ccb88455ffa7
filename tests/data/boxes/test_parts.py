"""Which images of annotated data are trained on and which are tested: never the same, never too few."""

import json
import shutil

import numpy as np
import pytest

from skipwise.data import prepare_scenes
from skipwise.data.boxes.open import read_annotated
from support.annotations import PHOTOS, coco, photo, ready, refusal, voc, yolo


def yolo_below(folder, parts, description):
    """images/PART and labels/PART, twelve photos in each, with a description."""
    for number, part in enumerate(parts):
        yolo(folder / "made", names=None)
        for kind in ("images", "labels"):
            (folder / kind).mkdir(exist_ok=True, parents=True)
            shutil.move(folder / "made" / kind, folder / kind / part)
        for i in range(1, PHOTOS + 1):
            photo(folder / "images" / part / f"{i}.png", 100 * number + i)
    (folder / "data.yaml").write_text(f"{description}\nnames: [cat, dog]\n")
    return folder


@pytest.mark.parametrize("second", ["images/train2017", "./images/train2017/", "images/../images/train2017"])
@pytest.mark.parametrize("base", ["", "path: .\n", "path: coco128 # elsewhere\n"])
def test_a_part_in_the_folder_of_another_is_left_out(tmp_path, base, second):
    yolo_below(tmp_path, ["train2017"], f"{base}train: images/train2017\nval: {second}\ntest: # none")
    scenes = ready(tmp_path)
    note = "the validation part is left out: its folder images/train2017 is that of the train part too"
    assert note in scenes.manifest.notes
    assert len(scenes.images) == PHOTOS
    assert not scenes.manifest.own_test
    assert sorted(np.concatenate([scenes.train, scenes.validation, scenes.test]).tolist()) == list(range(PHOTOS))


def test_a_link_to_the_folder_of_another_part_is_that_folder(tmp_path):
    yolo_below(tmp_path, ["train"], "")
    for kind in ("images", "labels"):
        (tmp_path / kind / "val").symlink_to("train")
    assert "the validation part is left out" in " ".join(ready(tmp_path).manifest.notes)


def test_a_test_part_that_is_the_validation_part_is_left_out_and_that_one_tests(tmp_path):
    yolo_below(tmp_path, ["a", "b"], "train: images/a\nval: images/b\ntest: images/b")
    scenes = ready(tmp_path)
    assert {scenes.files[i].split("/")[1] for i in scenes.test} == {"b"}
    assert len(scenes.test) == PHOTOS


def test_folders_within_one_another_are_refused(tmp_path):
    yolo_below(tmp_path, ["a"], "train: images\nval: images/a")
    assert "the folders of the train and the validation part lie in one another (images and a)" in refusal(tmp_path)


def test_several_folders_of_a_part(tmp_path):
    yolo_below(tmp_path, ["a", "b", "c"], "train: [images/a, images/b]\nval:\n  - images/c")
    scenes = ready(tmp_path)
    assert {scenes.files[i].split("/")[1] for i in scenes.test} == {"c"}
    assert len(scenes.images) == 3 * PHOTOS


def test_test_images_that_are_all_trained_on_are_refused(tmp_path):
    coco(tmp_path)
    for part in ("train", "test"):
        shutil.copytree(tmp_path / "t", tmp_path / part)
        shutil.copy(tmp_path / "t.json", tmp_path / f"{part}.json")
    assert "is a training image too: give it others to test on" in refusal(tmp_path)
    photo(tmp_path / "test" / "1.png", 999)
    assert len(ready(tmp_path).test) == PHOTOS


def with_images(folder, count):
    images = [{"id": i, "file_name": f"{i}.png"} for i in range(1, count + 1)]
    return coco(folder, images=images)


@pytest.mark.parametrize("count", range(1, 13))
def test_few_images_make_a_test_set_of_two_or_a_sentence(tmp_path, count):
    data = with_images(tmp_path, count)
    if count >= 8:
        assert len(ready(data).test) >= 2
        return
    words = refusal(data)
    assert "class" not in words
    expected = (
        "it needs at least 4" if count < 4 else f"t has {count} images and 1 to test on, and results need at least 2"
    )
    assert expected in words
    if count >= 4:
        assert len(prepare_scenes(data, size=None, photo_size=64, test_size=0.5, split_seed=0).test) >= 2


@pytest.mark.parametrize("train", [1, 2, 5])
@pytest.mark.parametrize("test", [1, 2])
def test_few_images_of_given_parts(tmp_path, train, test):
    content = json.loads(coco(tmp_path).read_text())
    shutil.move(tmp_path / "t", tmp_path / "train")
    parts = {"train": content["images"][:train], "test": content["images"][train : train + test]}
    for part, images in parts.items():
        (tmp_path / f"{part}.json").write_text(json.dumps({**content, "images": images}))
    (tmp_path / "test").mkdir()
    for image in parts["test"]:
        shutil.move(tmp_path / "train" / image["file_name"], tmp_path / "test")
    if train > 1 and test > 1:
        assert len(ready(tmp_path).test) == 2
        return
    words = refusal(tmp_path)
    assert "class" not in words
    if train == 5:
        assert "has 6 images and 1 to test on, and results need at least 2: put more into its test part." in words


def test_lists_of_voc_may_name_images_with_spaces(tmp_path):
    voc(tmp_path)
    for i in range(1, PHOTOS + 1):
        (tmp_path / "JPEGImages" / f"{i}.png").rename(tmp_path / "JPEGImages" / f"img {i}.png")
        (tmp_path / "Annotations" / f"{i}.xml").rename(tmp_path / "Annotations" / f"img {i}.xml")
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("".join(f"img {i}\n" for i in range(1, 9)))
    (lists / "test.txt").write_text("".join(f"  img {i} \n" for i in range(9, 13)))
    source = read_annotated(tmp_path)
    assert dict(zip(source.names, source.parts, strict=True)) == {
        f"JPEGImages/img {i}.png": "train" if i < 9 else "test" for i in range(1, 13)
    }
    assert not source.tally.counts


def test_lists_of_voc_may_hold_a_number_after_the_name(tmp_path):
    lists = voc(tmp_path) / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("".join(f"{i} {(-1) ** i}\n" for i in range(1, 13)))
    assert read_annotated(tmp_path).parts == ["train"] * 12
