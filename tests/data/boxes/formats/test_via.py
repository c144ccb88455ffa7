"""VGG Image Annotator's projects and exports of all versions."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, open_scenes
from skipwise.errors import UserError

RECT = {"name": "rect", "x": 2, "y": 3, "width": 10, "height": 5}


def entries(*regions, name="a.png"):
    """An export with one image and these regions."""
    return {f"{name}123": {"filename": name, "size": 123, "regions": list(regions), "file_attributes": {}}}


def region(shape=RECT, **attributes):
    return {"shape_attributes": shape, "region_attributes": attributes}


def opened(folder, content):
    Image.new("RGB", (40, 30)).save(folder / "a.png")
    (folder / "via.json").write_text(json.dumps(content))
    return open_scenes(folder)


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (RECT, [2, 3, 12, 8]),
        ({"name": "polygon", "all_points_x": [4, 9, 6], "all_points_y": [1, 5, 8]}, [4, 1, 9, 8]),
        ({"name": "polyline", "all_points_x": [4, 9, 6], "all_points_y": [1, 5, 8]}, [4, 1, 9, 8]),
        ({"name": "circle", "cx": 10, "cy": 12, "r": 4}, [6, 8, 14, 16]),
        ({"name": "ellipse", "cx": 10, "cy": 12, "rx": 6, "ry": 2}, [4, 10, 16, 14]),
        ({"name": "ellipse", "cx": 10, "cy": 12, "rx": 6, "ry": 2, "theta": np.pi / 2}, [8, 6, 12, 18]),
    ],
)
def test_each_shape_gives_the_box_round_it(tmp_path, shape, box):
    source = opened(tmp_path, entries(region(shape, kind="cat")))
    np.testing.assert_allclose(source.annotations[0].boxes, [box])
    assert source.classes == ("cat",)


def test_projects_version_1_and_checkboxes(tmp_path):
    content = entries()
    content["a.png123"]["regions"] = {"0": region(kind={"cat": True, "dog": False}), "1": region(kind={"dog": True})}
    source = opened(tmp_path, {"_via_settings": {}, "_via_img_metadata": content, "_via_attributes": {}})
    assert source.classes == ("cat", "dog")


def test_version_3(tmp_path):
    content = {
        "project": {"pid": "__VIA_PROJECT_ID__"},
        "attribute": {"1": {"aname": "kind", "options": {"0": "cat", "1": "dog"}}},
        "file": {"7": {"fid": "7", "fname": "a.png", "src": "a.png"}},
        "view": {"1": {"fid_list": ["7"]}},
        "metadata": {
            "1_a": {"vid": "1", "xy": [2, 2, 3, 10, 5], "av": {"1": "1"}},
            "1_b": {"vid": "1", "xy": [7, 4, 1, 9, 5, 6, 8], "av": {"1": "0"}},
            "1_c": {"vid": "1", "xy": [1, 4, 1], "av": {"1": "0"}},
        },
    }
    source = opened(tmp_path, content)
    np.testing.assert_allclose(source.annotations[0].boxes, [[2, 3, 12, 8], [4, 1, 9, 8]])
    assert [source.classes[label] for label in source.annotations[0].labels] == ["dog", "cat"]
    assert source.tally.counts["regions without an area (point) are left out"] == 1


def test_a_table_and_its_project_are_read_once(tmp_path):
    rows = [
        ("a.png", 123, "{}", 1, 0, json.dumps(RECT), json.dumps({"kind": "cat"})),
        ("b.png", 123, "{}", 0, 0, "{}", "{}"),
    ]
    names = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    with (tmp_path / "via.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names.split(","), *rows])
    Image.new("RGB", (40, 30)).save(tmp_path / "b.png")
    source = opened(tmp_path, entries(region(kind="cat")))
    assert source.names == ["a.png", "b.png"]
    assert [len(some.boxes) for some in source.annotations] == [1, 0]
    assert "images are annotated alike in several files, of which one is read" in source.tally.counts


def test_the_attribute_of_every_region_names_the_class(tmp_path):
    source = opened(tmp_path, entries(region(kind="cat", colour="red"), region(kind="dog", colour="")))
    assert source.classes == ("cat", "dog")
    assert source.notes == ("the attribute kind names the class, of colour, kind (--label-column takes another)",)


def test_a_user_may_name_the_attribute(tmp_path):
    several = entries(region(kind="cat", colour="red"), region(kind="dog", colour="blue"))
    with pytest.raises(UserError, match="attributes colour, kind, and it is not clear which names the class: say so"):
        opened(tmp_path, several)
    assert open_scenes(tmp_path, Options(label_column="kind")).classes == ("cat", "dog")
    with pytest.raises(
        UserError, match=r"no region has the attribute 'sort' of --label-column \(they have: colour, kind\)"
    ):
        open_scenes(tmp_path, Options(label_column="sort"))


def test_of_several_attributes_the_one_that_is_called_class_names_it(tmp_path):
    assert opened(tmp_path, entries(region(age="old", Class="cat"))).classes == ("cat",)


@pytest.mark.parametrize("second", [{"kind": "dog", "colour": "red"}, {"size": "big"}])
def test_unclear_attributes_are_refused(tmp_path, second):
    with pytest.raises(UserError, match=r"via\.json: regions have the attributes colour, kind"):
        opened(tmp_path, entries(region(kind="cat", colour="red"), region(**second)))


def test_no_attribute_is_one_class(tmp_path):
    source = opened(tmp_path, entries(region()))
    assert source.classes == ("object",)
    assert source.notes == ("no region has an attribute: all boxes are of one class, object",)
