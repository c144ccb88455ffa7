"""Scenes that several tests look at."""

import json

import numpy as np
import pytest
from PIL import Image

from support.annotations import entry


@pytest.fixture
def tall_and_wide(tmp_path):
    """Black images of several shapes with a white rectangle each."""
    generator = np.random.default_rng(0)
    images, annotations = [], []
    for i in range(1, 13):
        width, height = (int(side) for side in generator.integers(60, 300, 2))
        left, top = int(generator.integers(0, width - 40)), int(generator.integers(0, height - 40))
        box = (left, top, *(int(side) for side in generator.integers(20, 40, 2)))
        pixels = np.zeros((height, width, 3), np.uint8)
        pixels[box[1] : box[1] + box[3], box[0] : box[0] + box[2]] = 255
        (tmp_path / "t").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / "t" / f"{i:02}.png")
        images.append({"id": i, "file_name": f"{i:02}.png"})
        annotations.append(entry(i, box))
    categories = [{"id": 1, "name": "square"}]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "t.json").write_text(json.dumps(content))
    return tmp_path / "t.json"
