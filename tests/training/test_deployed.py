"""A run tells what it becomes when it is deployed."""

import json

from skipwise.networks import PRESETS
from skipwise.recipe import Recipe
from support.runs import train_images


def test_a_run_tells_what_it_becomes_when_deployed(data, tmp_path):
    train_images(data, tmp_path, recipe=Recipe(epochs=1, batch_size=16), architecture=PRESETS["resnet8"])
    told = json.loads((tmp_path / "run.json").read_text())
    assert told["deployed"]["parameters"] < told["parameters"]
    assert told["deployed"]["multiply_adds"] == told["multiply_adds"]
    assert not told["deployed"]["plain"]
    assert told["deployed"]["difference"] < 1e-4
    assert told["depth"] == 8
