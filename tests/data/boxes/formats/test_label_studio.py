"""Label Studio's turned ellipses, and regions that have no box."""

import json
from math import cos, radians, sin, sqrt

import numpy as np
from PIL import Image

from skipwise.data import open_scenes


def test_the_box_is_round_the_turned_ellipse(tmp_path):
    Image.new("RGB", (200, 100)).save(tmp_path / "a.png")
    ellipse = {"x": 50, "y": 50, "radiusX": 20, "radiusY": 10, "rotation": 30, "ellipselabels": ["cat"]}
    brush = {"format": "rle", "rle": [1, 2], "brushlabels": ["cat"]}
    point = {"x": 5, "y": 5, "width": 1, "keypointlabels": ["cat"]}
    size = {"original_width": 200, "original_height": 100}
    result = [{"value": value, **size} for value in (ellipse, brush, point)]
    tasks = [{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": result}]}]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    source = open_scenes(tmp_path)
    across = sqrt((40 * cos(radians(30))) ** 2 + (10 * sin(radians(30))) ** 2)
    down = sqrt((40 * sin(radians(30))) ** 2 + (10 * cos(radians(30))) ** 2)
    expected = np.array([[100 - across, 50 - down, 100 + across, 50 + down]]) / (200, 100, 200, 100)
    np.testing.assert_allclose(source.annotations[0].boxes, expected)
    assert source.tally.counts["regions that are no rectangle, ellipse or polygon are left out"] == 2
