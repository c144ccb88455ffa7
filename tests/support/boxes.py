"""Small images with bright bars, of which a detector learns something in seconds."""

import json

import numpy as np
from PIL import Image

CLASSES = ("flat", "tall")
SHAPES = {"flat": (24, 12), "tall": (12, 24)}
"""Width and height in pixels."""


def bars(folder, *, train=24, test=8, side=48, seed=0):
    """A folder in COCO's form of grey noise with a bar in it, every other image with two; a class each."""
    generator = np.random.default_rng(seed)
    for part, count in (("train", train), ("test", test)):
        (folder / part).mkdir(parents=True)
        images, annotations = [], []
        for i in range(count):
            pixels = generator.integers(0, 90, (side, side), np.uint8)
            images.append({"id": i, "file_name": f"{i}.png", "width": side, "height": side})
            for label in [i // 2 % 2] if i % 2 else [0, 1]:
                width, height = SHAPES[CLASSES[label]]
                left, top = (
                    int(generator.integers(0, side // (1 + (i % 2 == 0)) - length + 1)) for length in (width, height)
                )
                if i % 2 == 0 and label:
                    left, top = side - width - left // 2, side - height - top // 2
                pixels[top : top + height, left : left + width] = 220
                annotations.append({"image_id": i, "category_id": label, "bbox": [left, top, width, height]})
            Image.fromarray(pixels).save(folder / part / f"{i}.png")
        categories = [{"id": number, "name": name} for number, name in enumerate(CLASSES)]
        content = {"images": images, "annotations": annotations, "categories": categories}
        (folder / f"{part}.json").write_text(json.dumps(content))
    return folder


def bright_box(image):
    """Corners round the pixels that are bright."""
    rows, columns = (np.flatnonzero((image > 200).any(axis)) for axis in (1, 0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
