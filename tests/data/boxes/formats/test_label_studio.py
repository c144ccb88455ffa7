"""Regions of Label Studio that are turned, in percent of an image that is wider than high."""

import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import open_scenes

WIDTH, HEIGHT = 200, 50


def box_of(folder, value):
    """The box in pixels round one region."""
    Image.new("RGB", (WIDTH, HEIGHT)).save(folder / "a.png")
    region = {"value": value, "original_width": WIDTH, "original_height": HEIGHT}
    tasks = [{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": [region]}]}]
    (folder / "export.json").write_text(json.dumps(tasks))
    (annotation,) = open_scenes(folder).annotations
    return annotation.boxes[0] * [WIDTH, HEIGHT, WIDTH, HEIGHT]


@pytest.mark.parametrize("degrees", [0, 30, 90, 200])
def test_a_turned_ellipse(tmp_path, degrees):
    value = {"x": 50, "y": 40, "radiusX": 5, "radiusY": 8, "rotation": degrees, "ellipselabels": ["cat"]}
    around, turn = np.linspace(0, 2 * np.pi, 100_001), np.radians(degrees)
    along, across = 10 * np.cos(around), 4 * np.sin(around)
    x, y = 100 + along * np.cos(turn) - across * np.sin(turn), 20 + along * np.sin(turn) + across * np.cos(turn)
    np.testing.assert_allclose(box_of(tmp_path, value), [x.min(), y.min(), x.max(), y.max()], atol=1e-6)


@pytest.mark.parametrize("degrees", [0, 30, 90, 200])
def test_a_turned_rectangle(tmp_path, degrees):
    value = {"x": 50, "y": 40, "width": 10, "height": 16, "rotation": degrees, "rectanglelabels": ["cat"]}
    turn, corners = np.radians(degrees), np.array([[0, 0], [20, 0], [20, 8], [0, 8]])
    turned = [100, 20] + corners @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    np.testing.assert_allclose(box_of(tmp_path, value), [*turned.min(0), *turned.max(0)], atol=1e-9)
