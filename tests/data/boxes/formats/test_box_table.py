"""Tables whose boxes stand in one column."""

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, open_scenes
from skipwise.errors import UserError


def opened(folder, header, *rows):
    for name in ("a", "b"):
        Image.new("RGB", (40, 30)).save(folder / f"{name}.png")
    (folder / "train.csv").write_text("\n".join([header, *rows]))
    return open_scenes(folder)


@pytest.mark.parametrize("box", ['"[20, 3, 10, 5]"', '"20.0, 3, 10, 5"', "20 3 10 5", '"(20, 3, 10, 5)"'])
def test_one_column_in_any_writing(tmp_path, box):
    source = opened(tmp_path, "image_id,width,height,bbox,source", f"a,40,30,{box},usask", "b,40,30,,usask")
    np.testing.assert_allclose(source.annotations[0].boxes, [[20, 3, 30, 8]])
    assert len(source.annotations[1].boxes) == 0
    assert source.classes == ("object",)
    assert "one class, object (--label-column names another: source)" in source.notes[0]
    assert "left, top, width, height: as right and bottom they would end before they begin (line 2)" in source.notes[1]


@pytest.mark.parametrize("sides", ["40,30,", ""])
def test_corners_are_told_by_the_size_of_the_image(tmp_path, sides):
    header = "image,width,height,bbox,label" if sides else "image,bbox,label"
    source = opened(tmp_path, header, f'a.png,{sides}"[20, 3, 30, 8]",cat')
    np.testing.assert_allclose(source.annotations[0].boxes, [[20, 3, 30, 8]])
    assert "left, top, right, bottom: as width and height they would leave the image (line 2)" in source.notes[0]


def test_a_user_may_name_the_column_of_classes(tmp_path):
    header, row = "image,x1,y1,x2,y2,label,species", "a.png,1,2,10,20,checked,owl"
    assert opened(tmp_path, header, row).classes == ("checked",)
    assert open_scenes(tmp_path, Options(label_column="Species")).classes == ("owl",)
    with pytest.raises(
        UserError, match=r"train\.csv has no column 'genus' for --label-column \(it has label, species\)"
    ):
        open_scenes(tmp_path, Options(label_column="genus"))


def test_what_no_row_tells_is_assumed_and_said(tmp_path):
    source = opened(tmp_path, "image,bbox,label", 'a.png,"[1, 2, 10, 20]",cat')
    np.testing.assert_allclose(source.annotations[0].boxes, [[1, 2, 11, 22]])
    assert "as COCO has them: no row tells" in source.notes[0]


def test_the_header_decides(tmp_path):
    source = opened(tmp_path, "image,bbox_xyxy,label", 'a.png,"[1, 2, 10, 20]",cat')
    np.testing.assert_allclose(source.annotations[0].boxes, [[1, 2, 10, 20]])
    assert source.notes == ()


def test_rows_of_both_kinds_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"\(line 3\).*\(line 2\): call the column bbox_xyxy or bbox_xywh"):
        opened(tmp_path, "image,bbox,label", 'a.png,"[20, 3, 30, 8]",cat', 'b.png,"[20, 3, 10, 5]",cat')


@pytest.mark.parametrize("sides", ["w,h", "width,height"])
def test_a_corner_and_sides_are_a_box(tmp_path, sides):
    source = opened(tmp_path, f"image,x,y,{sides},label", "a.png,1,2,10,20,cat", "b.png,1,2,10,20,dog")
    np.testing.assert_allclose(source.annotations[0].boxes, [[1, 2, 11, 22]])
    assert source.classes == ("cat", "dog")
    assert source.annotations[0].size is None


def test_groups_of_open_images_are_left_out(tmp_path):
    header = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf"
    source = opened(tmp_path, header, "a,x,/m/1,1,0.1,0.5,0.2,0.9,0,0,0", "b,x,/m/1,1,0.1,0.5,0.2,0.9,0,0,1")
    np.testing.assert_allclose(source.annotations[0].boxes, [[0.1, 0.2, 0.5, 0.9]])
    assert len(source.annotations[1].boxes) == 0
    assert source.tally.counts["boxes round groups (IsGroupOf, iscrowd) are left out"] == 1


def test_a_table_of_corners_without_classes_has_one(tmp_path):
    source = opened(tmp_path, "image,xmin,ymin,xmax,ymax", "a.png,1,2,10,20")
    assert source.classes == ("object",)
    assert source.notes == ("train.csv has no column class or label: all boxes are of one class, object",)
