"""YOLO that is broken: a sentence that names file and line, or a count of what was left out."""

import pytest

from skipwise.data.boxes.open import read_annotated
from support.annotations import photo, ready, refusal, yolo


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
    source = read_annotated(tmp_path)
    assert source.annotations[source.names.index("images/1.png")].boxes.tolist() == [[0.2, 0.1, 0.8, 0.7]]
