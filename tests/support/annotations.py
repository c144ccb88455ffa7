"""Small annotated images in the forms of COCO, Pascal VOC and YOLO, of which a test breaks one thing."""

import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, prepare_scenes
from skipwise.errors import UserError

WIDTH, HEIGHT = 40, 30
PHOTOS = 12


def photo(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def entry(image=1, box=(2, 3, 10, 8), category=1, **more):
    return {"image_id": image, "bbox": list(box), "category_id": category, **more}


def coco(folder, annotations=None, only=None, **changed):
    """t.json beside t/, PHOTOS photos with a box each."""
    for i in range(1, PHOTOS + 1):
        photo(folder / "t" / f"{i}.png", i)
    content = {
        "images": [{"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT} for i in range(1, PHOTOS + 1)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [*(annotations or []), *(entry(i, category=1 + i % 2) for i in range(1, PHOTOS + 1))]
        if only is None
        else only,
        **changed,
    }
    (folder / "t.json").write_text(json.dumps({name: value for name, value in content.items() if value is not None}))
    return folder / "t.json"


def voc_object(name="cat", box=(3, 4, 12, 11), more=""):
    sides = "".join(
        f"<{side}>{value}</{side}>" for side, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    )
    return f"<object><name>{name}</name>{more}<bndbox>{sides}</bndbox></object>"


def voc(folder, first=None, size=(WIDTH, HEIGHT)):
    for i in range(1, PHOTOS + 1):
        photo(folder / "JPEGImages" / f"{i}.png", i)
        (folder / "Annotations").mkdir(exist_ok=True)
        shape = f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>"
        text = f"<annotation>{shape}{voc_object()}</annotation>"
        (folder / "Annotations" / f"{i}.xml").write_text(first if i == 1 and first is not None else text)
    return folder


def yolo(folder, first=None, names="names: [cat, dog]"):
    for i in range(1, PHOTOS + 1):
        photo(folder / "images" / f"{i}.png", i)
        (folder / "labels").mkdir(exist_ok=True)
        (folder / "labels" / f"{i}.txt").write_text(f"{i % 2} .5 .5 .25 .2\n" if i > 1 or first is None else first)
    if names is not None:
        (folder / "data.yaml").write_text(names)
    return folder


def image_folder(folder):
    """Photos in class folders of a train part, without any annotation."""
    for name in ("cats", "dogs"):
        for i in range(3):
            photo(folder / "train" / name / f"{i}.png", i)
    return folder


def ready(data, *, size=None, photo_size=64):
    return prepare_scenes(data, Options(size=size), photo_size=photo_size)


def refusal(data):
    with pytest.raises(UserError) as error:
        ready(data)
    return str(error.value)
