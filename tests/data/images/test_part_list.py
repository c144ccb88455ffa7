"""Lists of classes in the folder of a part, as Tiny ImageNet has them."""

import pytest
from PIL import Image

from skipwise.data.images.dataset import open_source
from skipwise.data.images.part_list import list_of_part


def paint(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (9, 9)).save(path)


def test_validation_images_with_a_list(tmp_path):
    for place in (
        "train/n1/images/a.jpg",
        "train/n2/images/b.jpg",
        "val/images/c.jpg",
        "val/images/d.jpg",
        "val/images/e.jpg",
    ):
        paint(tmp_path / place)
    (tmp_path / "val/val_annotations.txt").write_text(
        "c.jpg\tn2\t0\t0\t9\t9\nd.jpg\tn1\t0\t0\t9\t9\n", encoding="utf-8"
    )
    source = open_source(tmp_path)
    read = dict(zip(source.names, zip(source.labels.tolist(), source.parts, strict=True), strict=True))
    assert read == {
        "train/n1/images/a.jpg": (0, "train"),
        "train/n2/images/b.jpg": (1, "train"),
        "val/images/c.jpg": (1, "validation"),
        "val/images/d.jpg": (0, "validation"),
    }
    assert "the classes of 2 images in val are those that val_annotations.txt says" in source.notes
    assert "images that a list of classes does not name are left out: 1 (val/images/e.jpg)" in source.notes


def test_other_texts_are_no_lists(tmp_path):
    (tmp_path / "readme.txt").write_text("about n1\nwritten by hand\nin a hurry\n", encoding="utf-8")
    (tmp_path / "boxes.txt").write_text("a.jpg 1 2 3 4\n", encoding="utf-8")
    assert list_of_part(tmp_path, "", "validation", ["n1", "n2"]) is None


@pytest.mark.parametrize("place", ["val/val.txt", "val.txt", "meta/val.txt"])
def test_numbers_of_classes_in_a_list_of_validation_images(tmp_path, place):
    for image in ("train/n1/a.jpg", "train/n2/b.jpg", "val/c.jpg", "val/d.jpg"):
        paint(tmp_path / image)
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("c.jpg 1\nd.jpg 0\n", encoding="utf-8")
    source = open_source(tmp_path)
    read = dict(zip(source.names, source.labels.tolist(), strict=True))
    assert read == {"train/n1/a.jpg": 0, "train/n2/b.jpg": 1, "val/c.jpg": 1, "val/d.jpg": 0}
    said = place.removeprefix("val/")
    assert any(
        f"in val are those that {said} says, whose numbers count the classes in the order of their names (0 is n1)"
        in note
        for note in source.notes
    )


def test_a_list_that_is_read_is_not_told_as_left_out(tmp_path):
    for image in ("train/n1/a.jpg", "train/n2/b.jpg", "val/c.jpg", "val/d.jpg"):
        paint(tmp_path / image)
    (tmp_path / "val.txt").write_text("c.jpg n2\nd.jpg n1\n", encoding="utf-8")
    source = open_source(tmp_path)
    assert source.other_files == 0
    assert not any("are left out" in note for note in source.notes)
    (tmp_path / "readme.txt").write_text("photos\n", encoding="utf-8")
    assert "files that are no images are left out: 1 (readme.txt)" in open_source(tmp_path).notes


def test_a_list_in_an_old_encoding(tmp_path):
    for image in ("train/café/a.jpg", "train/thé/b.jpg", "val/c.jpg", "val/d.jpg"):
        paint(tmp_path / image)
    (tmp_path / "val.txt").write_text("c.jpg café\nd.jpg thé\n", encoding="utf-16")
    source = open_source(tmp_path)
    assert source.labels[source.parts.index("validation") :].tolist() == [0, 1]
    assert list_of_part(tmp_path, "val", "validation", source.classes).classes == {"c.jpg": "café", "d.jpg": "thé"}
