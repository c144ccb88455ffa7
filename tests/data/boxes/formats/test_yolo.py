"""YOLO: its folders and classes, and a sentence that names file and line, or a count of what was left out."""

import shutil

import numpy as np
import pytest
from PIL import Image

from skipwise.data import open_scenes
from support import fruit
from support.annotations import PHOTOS, photo, ready, refusal, yolo


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("0 .5 .5 .2\n", "1.txt, line 1 holds 4 numbers: it must hold class x y width height"),
        ("\n0 .5 .5 .2 a\n", "1.txt, line 2: '0 .5 .5 .2 a' must be numbers: class x y width height"),
        ("0 20 10 8 6\n", "1.txt, line 1: 20 10 8 6 are no shares of the image"),
        ("0 .5 .5 nan .2\n", "1.txt, line 1: .5 .5 nan .2 are no shares of the image"),
        ("2 .5 .5 .2 .2\n", "1.txt, line 1 has the class 2: the 2 classes are 0 to 1."),
        ("-1 .5 .5 .2 .2\n", "1.txt, line 1 has the class -1: the 2 classes are 0 to 1."),
        ("0.5 .5 .5 .2 .2\n", "1.txt, line 1 has the class 0.5: the 2 classes are 0 to 1."),
        ("inf .5 .5 .2 .2\n", "1.txt, line 1 has the class inf: the 2 classes are 0 to 1."),
    ],
)
def test_yolo_that_cannot_be(tmp_path, first, words):
    assert words in refusal(yolo(tmp_path, first))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("names: cat", "the description's names are 'cat', and must be a list as [cat, dog]."),
        ("names: [cat, cat]", "the class 'cat' is named twice"),
        (
            "just some words",
            "data.yaml, line 1: 'just some words' is no `name: value`: begin with `names: [cat, dog]`.",
        ),
    ],
)
def test_descriptions_that_cannot_be(tmp_path, names, words):
    assert words in refusal(yolo(tmp_path, names=names))


def test_what_yolo_leaves_out_is_counted(tmp_path):
    yolo(tmp_path)
    (tmp_path / "labels" / "lost.txt").write_text("0 .5 .5 .2 .2")
    photo(tmp_path / "images" / "empty.png")
    scenes = ready(tmp_path)
    assert "label files without an image are left out: 1 (labels/lost.txt)" in scenes.manifest.notes
    assert "images have no label file, and are taken to show no object: 1 (images/empty.png)" in scenes.manifest.notes
    assert "1 images show no object, and teach what is none" in scenes.manifest.notes
    assert sum(len(some.labels) == 0 for some in scenes.objects) == 1


@pytest.mark.parametrize("shape", ["[17, 3]", "\n- 2\n- 2"])
def test_poses_are_refused(tmp_path, shape):
    yolo(tmp_path, "0 .5 .5 .2 .2 .4 .4 .6 .6\n", names=f"kpt_shape: {shape}\nnames: [cat, dog]")
    words = refusal(tmp_path)
    assert "holds poses (kpt_shape in its description), and keypoints are not read: export boxes alone" in words


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (".4 .4 2", "1.txt, line 1 holds 8 numbers"),
        (".4 .4 2 .6 .6 1", "1.txt, line 1 holds keypoints, and keypoints are not read"),
        (".4 .4 1 .6 .6 2", "1.txt, line 1 holds keypoints, and keypoints are not read"),
        (".4 .4 2 .6 .6 2 .5 .5 2", "1.txt, line 1 holds 14 numbers"),
    ],
)
def test_keypoints_that_nobody_describes_are_refused_by_what_marks_them(tmp_path, points, words):
    words_said = refusal(yolo(tmp_path, f"0 .5 .5 .2 .2 {points}\n"))
    assert words in words_said
    assert "keypoints are not read: export boxes alone" in words_said


def test_four_corners_of_a_turned_box_are_an_outline(tmp_path):
    yolo(tmp_path, "1 .5 .1 .8 .4 .5 .7 .2 .4\n")
    source = open_scenes(tmp_path)
    assert source.annotations[source.names.index("images/1.png")].boxes.tolist() == [[0.2, 0.1, 0.8, 0.7]]


def test_outlines_become_the_boxes_round_them(tmp_path):
    fruit.yolo(tmp_path)
    (tmp_path / "labels" / "train" / "00.txt").write_text("1 .1 .2 .5 .1 .3 .6\n")
    source = open_scenes(tmp_path)
    first = source.annotations[source.names.index("images/train/00.png")]
    assert first.boxes.tolist() == [[0.1, 0.1, 0.5, 0.6]]
    assert source.tally.notes() == [
        f"outlines are taken by the boxes round them: 1 ({tmp_path}/labels/train/00.txt, line 1)"
    ]


def test_numbers_are_the_classes_where_nobody_names_them(tmp_path):
    fruit.yolo(tmp_path)
    (tmp_path / "data.yaml").unlink()
    assert open_scenes(tmp_path).classes == ("0", "1", "2")
    (tmp_path / "labels" / "classes.txt").write_text("a\nb\nc\n")
    assert open_scenes(tmp_path).classes == ("a", "b", "c")


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


@pytest.mark.parametrize("lines", ["path: ../out\ntrain: images", "train: ../out/images", "train: {out}/images"])
def test_folders_of_a_description_that_lead_away(tmp_path, lines):
    """They are not read; those that lie as they are expected are."""
    yolo(tmp_path / "out")
    (tmp_path / "data").mkdir()
    text = lines.format(out=tmp_path / "out") + "\nnames: [cat, dog]"
    (tmp_path / "data" / "data.yaml").write_text(text)
    assert "for the train part, and nothing of that name lies in" in refusal(tmp_path / "data" / "data.yaml")
    yolo(tmp_path / "data", names=text)
    files = open_scenes(tmp_path / "data").files
    assert len(files) == PHOTOS
    assert all(file.is_relative_to(tmp_path / "data") and ".." not in file.parts for file in files)


@pytest.mark.parametrize("base", [".", "{folder}", "a/.."])
def test_folders_of_a_description_that_come_back_or_are_linked(tmp_path, base):
    yolo(tmp_path / "data" / "made", names=None)
    (tmp_path / "data" / "fruit").symlink_to("made")
    text = f"path: {base.format(folder=tmp_path / 'data')}\ntrain: fruit/images\nnames: [cat, dog]"
    (tmp_path / "data" / "data.yaml").write_text(text)
    source = open_scenes(tmp_path / "data" / "data.yaml")
    assert set(source.names) == {f"fruit/images/{i}.png" for i in range(1, PHOTOS + 1)}
    assert all(len(annotation.labels) == 1 for annotation in source.annotations)


def test_the_names_of_roboflows_darknet_export(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("1 .5 .5 .2 .2\n")
    (tmp_path / "_darknet.labels").write_text("cat\ndog\n")
    assert open_scenes(tmp_path).classes == ("cat", "dog")
