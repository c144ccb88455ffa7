"""YOLO that is broken: a sentence that names file and line, or a count of what was left out."""

import pytest

from small_annotations import photo, ready, refusal, yolo


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
        ("just some words", "data.yaml, line 1: 'just some words' is no `name: value` and no `- value`."),
    ],
)
def test_descriptions_that_cannot_be(tmp_path, names, words):
    assert words in refusal(yolo(tmp_path, names=names))


def test_what_yolo_leaves_out_is_counted(tmp_path):
    yolo(tmp_path)
    (tmp_path / "labels" / "lost.txt").write_text("0 .5 .5 .2 .2")
    photo(tmp_path / "images" / "empty.png")
    scenes = ready(tmp_path)
    assert "label files without an image are left out: 1 (labels/lost.txt)" in scenes.found["notes"]
    assert "images have no label file, and are taken to show no object: 1 (images/empty.png)" in scenes.found["notes"]
    assert "1 images show no object, and teach what is none" in scenes.found["notes"]
    assert sum(len(some.labels) == 0 for some in scenes.objects) == 1
