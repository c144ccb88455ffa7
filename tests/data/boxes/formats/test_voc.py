"""Pascal VOC: its lists and coordinates, and a sentence that names file and object, or a count of what was left out."""

import pytest

from skipwise.data import open_scenes
from support import fruit
from support.annotations import PHOTOS, photo, ready, refusal, voc, voc_object


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("", "1.xml cannot be read as XML"),
        ("<annotation><object></annotation>", "1.xml cannot be read as XML"),
        ("<html></html>", "1.xml begins with <html>: a file of Pascal VOC begins with <annotation>."),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
         "1.xml defines a document type or entities, which are never read"),
        ("<annotation><object></object></annotation>", "1.xml: object 1 has no name: write its class."),
        ("<annotation><object><name>a</name></object></annotation>", "1.xml: object 1 has no bndbox."),
        (f"<annotation>{voc_object()}{voc_object(box=(1, 'x', 3, 4))}</annotation>",
         "1.xml: object 2: bndbox is ['1', 'x', '3', '4'], and must be four numbers: xmin, ymin, xmax, ymax."),
        ("<annotation><object><name>a</name><bndbox><xmin>1</xmin></bndbox></object></annotation>",
         "1.xml: object 1: bndbox is ['1', None, None, None], and must be four numbers"),
    ],
)  # fmt: skip
def test_voc_that_cannot_be(tmp_path, first, words):
    assert words in refusal(voc(tmp_path, first))


def test_entities_in_utf_16_are_refused(tmp_path):
    voc(tmp_path)
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><annotation/>'
    (tmp_path / "Annotations" / "1.xml").write_bytes(text.encode("utf-16"))
    assert "1.xml defines a document type or entities" in refusal(tmp_path)


def test_voc_lists_that_contradict(tmp_path):
    folder = voc(tmp_path) / "ImageSets" / "Main"
    folder.mkdir(parents=True)
    (folder / "train.txt").write_text("1\n2\n")
    (folder / "test.txt").write_text("3\n2\n")
    assert "test.txt, line 2: 2 is in the train part too: keep one." in refusal(tmp_path)


def test_what_voc_leaves_out_is_counted(tmp_path):
    hard = voc_object(more="<difficult>1</difficult>")
    voc(tmp_path, f"<annotation>{hard}{voc_object()}</annotation>")
    photo(tmp_path / "JPEGImages" / "alone.png")
    (tmp_path / "Annotations" / "lost.xml").write_text("<annotation/>")
    (tmp_path / "SegmentationClass").mkdir()
    photo(tmp_path / "SegmentationClass" / "1.png")
    notes = ready(tmp_path).manifest.notes
    assert "objects marked difficult are left out: 1 (1.xml: object 1)" in notes
    assert "images without an annotation are left out: 1 (alone)" in notes
    assert "annotations without an image are left out: 1 (lost.xml)" in notes
    assert "masks are left out: 1 (SegmentationClass/1.png)" in notes


def test_two_images_of_one_annotation(tmp_path):
    photo(voc(tmp_path) / "JPEGImages" / "1.jpg")
    assert "holds both 1.jpg and 1.png" in refusal(tmp_path)


def test_voc_that_counts_from_0(tmp_path):
    fruit.voc(tmp_path)
    text = (tmp_path / "Annotations" / "00.xml").read_text()
    (tmp_path / "Annotations" / "00.xml").write_text(text.replace("<xmin>6", "<xmin>0"))
    source = open_scenes(tmp_path)
    assert source.notes == ("coordinates count from 0, since some are 0",)
    assert source.annotations[0].boxes.tolist() == [[0, 3, 15, 12]]


def test_lists_of_voc_may_name_images_with_spaces(tmp_path):
    voc(tmp_path)
    for i in range(1, PHOTOS + 1):
        (tmp_path / "JPEGImages" / f"{i}.png").rename(tmp_path / "JPEGImages" / f"img {i}.png")
        (tmp_path / "Annotations" / f"{i}.xml").rename(tmp_path / "Annotations" / f"img {i}.xml")
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("".join(f"img {i}\n" for i in range(1, 9)))
    (lists / "test.txt").write_text("".join(f"  img {i} \n" for i in range(9, 13)))
    source = open_scenes(tmp_path)
    assert dict(zip(source.names, source.parts, strict=True)) == {
        f"JPEGImages/img {i}.png": "train" if i < 9 else "test" for i in range(1, 13)
    }
    assert not source.tally.counts


def test_lists_of_voc_may_hold_a_number_after_the_name(tmp_path):
    lists = voc(tmp_path) / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("".join(f"{i} {(-1) ** i}\n" for i in range(1, 13)))
    assert open_scenes(tmp_path).parts == ["train"] * 12
