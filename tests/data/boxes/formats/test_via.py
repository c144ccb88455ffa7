"""VGG Image Annotator's regions: which attribute is the class, shapes, and what cannot be."""

import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import open_scenes
from skipwise.errors import UserError

RECTANGLE = {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4}


def project(folder, *regions):
    """One image with regions of a shape and attributes."""
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    listed = [{"shape_attributes": shape, "region_attributes": attributes} for shape, attributes in regions]
    entries = {"a.png9": {"filename": "a.png", "size": 9, "regions": listed}}
    (folder / "via.json").write_text(json.dumps({"_via_img_metadata": entries}))
    return folder


def test_the_attribute_that_all_regions_have_is_the_class_and_is_told(tmp_path):
    source = open_scenes(
        project(tmp_path, (RECTANGLE, {"note": "wet", "animal": "cat"}), (RECTANGLE, {"animal": "dog", "note": ""}))
    )
    assert source.classes == ("cat", "dog")
    assert source.notes == ("via.json: classes are the region attribute 'animal'",)


def test_of_several_attributes_the_one_that_is_called_so_is_the_class(tmp_path):
    source = open_scenes(project(tmp_path, (RECTANGLE, {"age": "old", "Class": "cat"})))
    assert source.classes == ("cat",)


def test_several_attributes_that_could_be_the_class_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"via\.json: its regions have the attributes age, animal, and one must be"):
        open_scenes(project(tmp_path, (RECTANGLE, {"age": "old", "animal": "cat"})))


def test_regions_without_attributes_are_of_one_class(tmp_path):
    source = open_scenes(project(tmp_path, (RECTANGLE, {}), (RECTANGLE, {})))
    assert source.classes == ("object",)
    assert source.notes == ("via.json: regions have no attribute, and all are of one class, object",)


def test_points_and_regions_without_a_class_are_counted(tmp_path):
    source = open_scenes(
        project(
            tmp_path,
            (RECTANGLE, {"animal": "cat"}),
            (RECTANGLE, {}),
            ({"name": "point", "cx": 1, "cy": 2}, {"animal": "cat"}),
        )
    )
    assert len(source.annotations[0].boxes) == 1
    assert source.tally.counts == {
        "regions without a class are left out": 1,
        "points, which have no area, are left out": 1,
    }


def test_an_image_without_regions_shows_no_object(tmp_path):
    project(tmp_path, (RECTANGLE, {"animal": "cat"}))
    Image.new("RGB", (40, 30)).save(tmp_path / "b.png")
    content = json.loads((tmp_path / "via.json").read_text())
    content["_via_img_metadata"]["b.png9"] = {"filename": "b.png", "size": 9, "regions": []}
    (tmp_path / "via.json").write_text(json.dumps(content))
    source = open_scenes(tmp_path)
    assert source.names == ["a.png", "b.png"]
    assert len(source.annotations[1].boxes) == 0


@pytest.mark.parametrize("theta", [0.0, 0.4, np.pi / 2])
def test_the_box_round_a_turned_ellipse_touches_it(tmp_path, theta):
    shape = {"name": "ellipse", "cx": 20, "cy": 15, "rx": 8, "ry": 3, "theta": theta}
    source = open_scenes(project(tmp_path, (shape, {"animal": "cat"})))
    around = np.linspace(0, 2 * np.pi, 100_001)
    x = 20 + 8 * np.cos(around) * np.cos(theta) - 3 * np.sin(around) * np.sin(theta)
    y = 15 + 8 * np.cos(around) * np.sin(theta) + 3 * np.sin(around) * np.cos(theta)
    np.testing.assert_allclose(source.annotations[0].boxes[0], [x.min(), y.min(), x.max(), y.max()], atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"name": "rect", "x": 1, "y": "left", "width": 3, "height": 4}, "must be four numbers: x, y, width, height"),
        ({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1]}, "has 2 x and 1 y"),
        ({"name": "star"}, "is a 'star': expected rect, polygon"),
    ],
)
def test_shapes_that_cannot_be(tmp_path, shape, words):
    with pytest.raises(UserError, match=rf"a\.png, region 0.*{words}"):
        open_scenes(project(tmp_path, (shape, {"animal": "cat"})))


@pytest.mark.parametrize(
    ("row", "words"), [('a.png,"{",{}', "line 2 holds JSON that is damaged"), ("a.png,x", "line 2 has 2 cells: fill")]
)
def test_rows_that_cannot_be(tmp_path, row, words):
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    (tmp_path / "via.csv").write_text(f"filename,region_shape_attributes,region_attributes\n{row}\n")
    with pytest.raises(UserError, match=words):
        open_scenes(tmp_path)
