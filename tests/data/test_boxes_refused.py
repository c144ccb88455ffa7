"""Annotations that are broken: a sentence that names file and entry, or a count of what was left out or mended."""

import json

import numpy as np
import pytest
from PIL import Image

from skipwise.data import prepare_scenes
from skipwise.data.sources.annotated_open import is_annotated, read_annotated
from skipwise.errors import UserError

WIDTH, HEIGHT = 40, 30


def photo(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def entry(image=1, box=(2, 3, 10, 8), category=1, **more):
    return {"image_id": image, "bbox": list(box), "category_id": category, **more}


def coco(folder, annotations=None, only=None, **changed):
    """t.json beside t/, six photos with a box each."""
    for i in range(1, 7):
        photo(folder / "t" / f"{i}.png", i)
    content = {
        "images": [{"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT} for i in range(1, 7)],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
        "annotations": [*(annotations or []), *(entry(i, category=1 + i % 2) for i in range(1, 7))]
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
    for i in range(1, 7):
        photo(folder / "JPEGImages" / f"{i}.png", i)
        (folder / "Annotations").mkdir(exist_ok=True)
        shape = f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>3</depth></size>"
        text = f"<annotation>{shape}{voc_object()}</annotation>"
        (folder / "Annotations" / f"{i}.xml").write_text(first if i == 1 and first is not None else text)
    return folder


def yolo(folder, first=None, names="names: [cat, dog]"):
    for i in range(1, 7):
        photo(folder / "images" / f"{i}.png", i)
        (folder / "labels").mkdir(exist_ok=True)
        (folder / "labels" / f"{i}.txt").write_text(f"{i % 2} .5 .5 .25 .2\n" if i > 1 or first is None else first)
    if names is not None:
        (folder / "data.yaml").write_text(names)
    return folder


def ready(data):
    return prepare_scenes(data, size=None, photo_size=64, test_size=None, split_seed=0)


def refusal(data):
    with pytest.raises(UserError) as error:
        ready(data)
    return str(error.value)


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"images": None}, "t.json has no list 'images': COCO's format holds images, annotations and categories."),
        ({"only": {"a": 1}}, "t.json has no list 'annotations'"),
        ({"images": []}, "t.json lists no images."),
        ({"images": [3]}, "t.json: images[0] is '3', not an entry with fields."),
        ({"images": [{"file_name": "1.png"}]}, "t.json: images[0] has no 'id'."),
        ({"images": [{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}]},
         "t.json: images[1] has the id 1 of 'a.png' too"),
        ({"images": [{"id": 1, "file_name": "nowhere/a.png"}]}, "None of the 1 images that"),
        ({"categories": [{"id": 1}]}, "t.json: categories[0] has no 'name'."),
        ({"categories": [{"id": 1, "name": "cat"}, {"id": 1, "name": "dog"}]},
         "t.json: categories[1] has the id 1 of 'cat' too"),
        ({"only": []}, "t has 6 images and no box in any of them: annotate some objects."),
        *(({"annotations": [broken]}, words) for broken, words in [
            (entry(category=9), "annotations[0] has category_id 9, which categories does not list: add it."),
            (entry(box=(1, 2, 3)), "annotations[0]: bbox is [1, 2, 3], and must be four numbers: left, top, width, height."),
            (entry(box=(1, 2, "a", 4)), "annotations[0]: bbox is [1, 2, 'a', 4], and must be four numbers"),
            (entry(box=(1, 2, None, 4)), "annotations[0]: bbox is [1, 2, None, 4], and must be four numbers"),
            (entry(box=(1, 2, True, 4)), "annotations[0]: bbox is [1, 2, True, 4], and must be four numbers"),
            (entry(box=(1, NAN, 3, 4)), "annotations[0]: bbox is [1, nan, 3, 4], and must be four numbers"),
            (entry(box=(1, 2, INFINITE, 4)), "annotations[0]: bbox is [1, 2, inf, 4], and must be four numbers"),
            ({**entry(), "bbox": "1234"}, "annotations[0]: bbox is 1234, and must be four numbers"),
            ({"image_id": 1, "category_id": 1}, "annotations[0] has no 'bbox'."),
            ({"bbox": [1, 2, 3, 4], "category_id": 1}, "annotations[0] has no 'image_id'."),
        ]),
    ],
)  # fmt: skip
def test_coco_that_cannot_be(tmp_path, changed, words):
    assert words in refusal(coco(tmp_path, **changed))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "t.json cannot be read as JSON"),
        (b"{", "t.json cannot be read as JSON"),
        (b"[1]", "t.json has no list 'images'"),
        (b"\xff\xfe\x00", "t.json cannot be read as JSON"),
        (b"[" * 100_000, "t.json cannot be read as JSON"),
    ],
)
def test_files_that_are_no_json(tmp_path, content, words):
    (tmp_path / "t.json").write_bytes(content)
    assert words in refusal(tmp_path / "t.json")


@pytest.mark.parametrize(
    ("extra", "note"),
    [
        (entry(iscrowd=1), "boxes round crowds (iscrowd) are left out: 1 (t.json: annotations[0])"),
        (entry(image=99), "boxes of images that are not listed are left out: 1 (t.json: annotations[0], image_id 99)"),
        (entry(box=(50, 3, 10, 8)), "boxes outside their image are left out: 1 (t/1.png, t.json: annotations[0])"),
        (entry(box=(-30, 3, 10, 8)), "boxes outside their image are left out: 1 (t/1.png, t.json: annotations[0])"),
        (entry(box=(5, 3, 0, 8)), "boxes without an area are left out: 1 (t/1.png, t.json: annotations[0])"),
        (entry(), "boxes stand there twice, and are taken once: 1 (t/1.png, t.json: annotations[1])"),
    ],
)
def test_boxes_of_coco_that_are_left_out(tmp_path, extra, note):
    extra = extra | {"category_id": 2} if "twice" in note else extra
    scenes = ready(coco(tmp_path, [extra]))
    assert note in scenes.found["notes"]
    assert scenes.found["mended"][0]["count"] == 1
    assert [len(some.labels) for some in scenes.objects] == [1] * 6


@pytest.mark.parametrize(
    ("box", "becomes", "words"),
    [
        ((12, 11, -10, -8), [2, 3, 12, 11], "boxes have their corners swapped"),
        ((30, 20, 20, 20), [30, 20, 40, 30], "boxes reach beyond their image, and are cut at its edge"),
        ((-5, -5, 10, 10), [0, 0, 5, 5], "boxes reach beyond their image, and are cut at its edge"),
    ],
)
def test_boxes_that_are_mended(tmp_path, box, becomes, words):
    extra = entry(box=box, category=1)
    scenes = ready(coco(tmp_path, [extra]))
    assert scenes.objects[0].boxes[0].tolist() == becomes
    assert any(words in note for note in scenes.found["notes"])


def test_images_that_are_missing_damaged_or_of_another_size(tmp_path):
    data = coco(tmp_path)
    (tmp_path / "t" / "1.png").unlink()
    (tmp_path / "t" / "2.png").write_bytes(b"no image")
    Image.new("RGB", (WIDTH, 2 * HEIGHT)).save(tmp_path / "t" / "3.png")
    scenes = ready(data)
    assert len(scenes.images) == 3
    reasons = {entry["name"]: entry["reason"] for entry in scenes.found["unreadable"]}
    assert reasons == {
        "t/1.png": "no such file or directory",
        "t/2.png": "no image that Pillow knows",
        "t/3.png": "annotated as 40x30 px, but 40x60 px",
    }


def test_images_that_are_all_of_another_size_are_refused_although_they_are_cached(tmp_path):
    ready(coco(tmp_path))
    images = [{"id": i, "file_name": f"{i}.png", "width": 80, "height": 60} for i in range(1, 7)]
    words = refusal(coco(tmp_path, images=images))
    assert words == (
        "No image of t can be used (the first: t/1.png, annotated as 80x60 px, but 40x30 px): mend or replace them."
    )
    images[1:] = [{**image, "width": 40, "height": 30} for image in images[1:]]
    assert len(ready(coco(tmp_path, images=images)).images) == 5


def test_images_listed_twice_are_one(tmp_path):
    images = [{"id": i, "file_name": f"{1 + (i - 1) % 5}.png"} for i in range(1, 7)]
    scenes = ready(coco(tmp_path, images=images))
    assert len(scenes.images) == 5
    assert any(note.startswith("images are listed twice, and are taken for one: 1 (") for note in scenes.found["notes"])


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("", "1.xml cannot be read as XML"),
        ("<annotation><object></annotation>", "1.xml cannot be read as XML"),
        ("<html></html>", "1.xml begins with <html>: a file of Pascal VOC begins with <annotation>."),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
         "1.xml defines a document type or entities, which are never read"),
        ("<annotation><object></object></annotation>", "1.xml: object 1 has no name: write its class."),
        ("<annotation><object><name>a</name></object></annotation>", "1.xml: object 1 has no bndbox."),
        (f"<annotation>{voc_object()}{voc_object(box=(1, 'x', 3, 4))}</annotation>",
         "1.xml: object 2: bndbox is ['1', 'x', '3', '4'], and must be four numbers: xmin, ymin, xmax, ymax."),
        ("<annotation><object><name>a</name><bndbox><xmin>1</xmin></bndbox></object></annotation>",
         "1.xml: object 1: bndbox is ['1', None, None, None], and must be four numbers"),
    ],
)  # fmt: skip
def test_voc_that_cannot_be(tmp_path, first, words):
    assert words in refusal(voc(tmp_path, first))


def test_entities_in_utf_16_are_refused(tmp_path):
    voc(tmp_path)
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><annotation/>'
    (tmp_path / "Annotations" / "1.xml").write_bytes(text.encode("utf-16"))
    assert "1.xml defines a document type or entities" in refusal(tmp_path)


def test_voc_lists_that_contradict(tmp_path):
    folder = voc(tmp_path) / "ImageSets" / "Main"
    folder.mkdir(parents=True)
    (folder / "train.txt").write_text("1\n2\n")
    (folder / "test.txt").write_text("3\n2\n")
    assert "test.txt, line 2: 2 is in the train part too: keep one." in refusal(tmp_path)


def test_what_voc_leaves_out_is_counted(tmp_path):
    hard = voc_object(more="<difficult>1</difficult>")
    voc(tmp_path, f"<annotation>{hard}{voc_object()}</annotation>")
    photo(tmp_path / "JPEGImages" / "alone.png")
    (tmp_path / "Annotations" / "lost.xml").write_text("<annotation/>")
    notes = ready(tmp_path).found["notes"]
    assert "objects marked difficult are left out: 1 (1.xml: object 1)" in notes
    assert "images without an annotation are left out: 1 (alone)" in notes
    assert "annotations without an image are left out: 1 (lost.xml)" in notes


def test_two_images_of_one_annotation(tmp_path):
    photo(voc(tmp_path) / "JPEGImages" / "1.jpg")
    assert "holds both 1.jpg and 1.png" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("0 .5 .5 .2\n", "1.txt, line 1 holds 4 numbers: it must hold class x y width height"),
        ("\n0 .5 .5 .2 a\n", "1.txt, line 2: '0 .5 .5 .2 a' must be numbers: class x y width height"),
        ("0 20 10 8 6\n", "1.txt, line 1: 20 10 8 6 are no shares of the image"),
        ("0 .5 .5 nan .2\n", "1.txt, line 1: .5 .5 nan .2 are no shares of the image"),
        ("2 .5 .5 .2 .2\n", "1.txt, line 1 has the class 2: the 2 classes are 0 to 1."),
        ("-1 .5 .5 .2 .2\n", "1.txt, line 1 has the class -1: the 2 classes are 0 to 1."),
        ("0.5 .5 .5 .2 .2\n", "1.txt, line 1 has the class 0.5: the 2 classes are 0 to 1."),
        ("inf .5 .5 .2 .2\n", "1.txt, line 1 has the class inf: the 2 classes are 0 to 1."),
    ],
)
def test_yolo_that_cannot_be(tmp_path, first, words):
    assert words in refusal(yolo(tmp_path, first))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("names: cat", "the description's names are 'cat', and must be a list as [cat, dog]."),
        ("names: [cat, cat]", "the class 'cat' is named twice"),
        ("just some words", "data.yaml, line 1: 'just some words' is no `name: value` and no `- value`."),
    ],
)
def test_descriptions_that_cannot_be(tmp_path, names, words):
    assert words in refusal(yolo(tmp_path, names=names))


def test_what_yolo_leaves_out_is_counted(tmp_path):
    yolo(tmp_path)
    (tmp_path / "labels" / "lost.txt").write_text("0 .5 .5 .2 .2")
    photo(tmp_path / "images" / "empty.png")
    scenes = ready(tmp_path)
    assert "label files without an image are left out: 1 (labels/lost.txt)" in scenes.found["notes"]
    assert "images have no label file, and are taken to show no object: 1 (images/empty.png)" in scenes.found["notes"]
    assert "1 images show no object, and teach what is none" in scenes.found["notes"]
    assert sum(len(some.labels) == 0 for some in scenes.objects) == 1


def test_other_things_are_refused(tmp_path):
    assert "does not exist: give a COCO .json" in refusal(tmp_path / "a.json")
    assert "holds no boxes: give a COCO .json" in refusal(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    assert "a.txt is a file without boxes" in refusal(tmp_path / "a.txt")
    assert not is_annotated(tmp_path)
    assert not is_annotated("digits")


def test_too_few_images(tmp_path):
    images = [{"id": 1, "file_name": "1.png"}, {"id": 2, "file_name": "2.png"}]
    assert refusal(coco(tmp_path, images=images)) == "t has 2 images that differ: it needs at least 3."


def test_a_part_that_is_there_twice(tmp_path):
    coco(tmp_path)
    for name in ("train", "val", "valid"):
        (tmp_path / f"{name}.json").write_text((tmp_path / "t.json").read_text())
    with pytest.raises(UserError, match=r"holds both val\.json and valid\.json: keep one for the validation part"):
        read_annotated(tmp_path)
    assert is_annotated(tmp_path)
