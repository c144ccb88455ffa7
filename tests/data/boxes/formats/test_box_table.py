"""Tables of boxes: one column of four numbers, and none of classes."""

import pytest
from PIL import Image

from skipwise.data import open_scenes
from skipwise.errors import UserError


def table(folder, header, *rows):
    for name in ("a", "b", "c"):
        Image.new("RGB", (40, 30)).save(folder / f"{name}.png")
    (folder / "boxes.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


SIZES = [[[1, 2, 9, 11]], [[9, 2, 12, 6]]]


@pytest.mark.parametrize(
    ("header", "rows", "boxes", "words"),
    [
        ("image_id,label,bbox", ['a,x,"[1, 2, 8, 9]"', 'b,x,"[9, 2, 3, 4]"'], SIZES, "width, height, since boxes.csv, line 3"),
        ("image_id,label,bbox", ["a,x,1 2 8 9"], SIZES[:1], "width, height, as COCO has them"),
        ("image_id,label,bbox", ["a,x,1 2 8 9", "b,x,5 20 20 28"], [[[1, 2, 8, 9]], [[5, 20, 20, 28]]], "right, bottom, since"),
        ("image_id,width,height,label,bbox", ["a,10,9,x,3 2 8 9"], [[[3, 2, 8, 9]]], "right, bottom, since"),
    ],
)  # fmt: skip
def test_one_column_is_read_as_its_boxes_show(tmp_path, header, rows, boxes, words):
    source = open_scenes(table(tmp_path, header, *rows))
    assert [annotation.boxes.tolist() for annotation in source.annotations] == boxes
    (note,) = source.notes
    assert note.startswith("boxes in one column are read as left, top, ")
    assert words in note


def test_an_empty_box_is_an_image_without_objects(tmp_path):
    source = open_scenes(table(tmp_path, "image_id,label,bbox", 'a,x,"[1, 2, 8, 9]"', "c,x,[]", "b,,"))
    assert [annotation.boxes.tolist() for annotation in source.annotations] == [SIZES[0], [], []]


@pytest.mark.parametrize("header", ["image_id,width,height,source,bbox", "image_id,width,height,source,x1,y1,x2,y2"])
def test_boxes_without_a_column_of_classes_are_of_one_and_this_is_told(tmp_path, header):
    box = "1,2,8,9" if header.endswith("y2") else '"[1, 2, 8, 9]"'
    source = open_scenes(table(tmp_path, header, f"a,40,30,farm,{box}"))
    assert source.classes == ("object",)
    assert source.notes[0] == (
        "boxes.csv has no column of classes, as class or label: all boxes are of one class, object"
    )


def test_a_cell_that_is_no_box_is_refused_with_its_line(tmp_path):
    with pytest.raises(UserError, match=r"boxes\.csv, line 2: its box is \[1, 2, 8\], and must be four numbers"):
        open_scenes(table(tmp_path, "image_id,label,bbox", 'a,x,"[1, 2, 8]"'))
