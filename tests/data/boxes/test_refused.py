"""Annotations that are broken: a sentence that names file and entry, or a count of what was left out or mended."""

import pytest
from PIL import Image

from skipwise.data.boxes.open import is_annotated, read_annotated
from skipwise.errors import UserError
from support.annotations import HEIGHT, PHOTOS, WIDTH, coco, entry, ready, refusal

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
        ({"only": []}, "t has 12 images and no box in any of them: annotate some objects."),
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
    assert note in scenes.manifest.notes
    assert scenes.manifest.boxes.mended[0].count == 1
    assert [len(some.labels) for some in scenes.objects] == [1] * PHOTOS


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
    assert any(words in note for note in scenes.manifest.notes)


def test_images_that_are_missing_damaged_or_of_another_size(tmp_path):
    data = coco(tmp_path)
    (tmp_path / "t" / "1.png").unlink()
    (tmp_path / "t" / "2.png").write_bytes(b"no image")
    Image.new("RGB", (WIDTH, 2 * HEIGHT)).save(tmp_path / "t" / "3.png")
    scenes = ready(data)
    assert len(scenes.images) == PHOTOS - 3
    reasons = {entry.name: entry.reason for entry in scenes.manifest.unreadable}
    assert reasons == {
        "t/1.png": "no such file or directory",
        "t/2.png": "no image that Pillow knows",
        "t/3.png": "annotated as 40x30 px, but 40x60 px",
    }


def test_images_that_are_all_of_another_size_are_refused_although_they_are_cached(tmp_path):
    ready(coco(tmp_path))
    images = [{"id": i, "file_name": f"{i}.png", "width": 80, "height": 60} for i in range(1, PHOTOS + 1)]
    words = refusal(coco(tmp_path, images=images))
    assert words == (
        "No image of t can be used (the first: t/1.png, annotated as 80x60 px, but 40x30 px): mend or replace them."
    )
    images[1:] = [{**image, "width": 40, "height": 30} for image in images[1:]]
    assert len(ready(coco(tmp_path, images=images)).images) == PHOTOS - 1


def test_images_listed_twice_are_one(tmp_path):
    images = [{"id": i, "file_name": f"{1 + (i - 1) % (PHOTOS - 1)}.png"} for i in range(1, PHOTOS + 1)]
    scenes = ready(coco(tmp_path, images=images))
    assert len(scenes.images) == PHOTOS - 1
    assert any(note.startswith("images are listed twice, and are taken for one: 1 (") for note in scenes.manifest.notes)


def test_other_things_are_refused(tmp_path):
    assert "does not exist: give a COCO .json" in refusal(tmp_path / "a.json")
    assert "holds no boxes: give a COCO .json" in refusal(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    assert "a.txt is a file without boxes" in refusal(tmp_path / "a.txt")
    assert not is_annotated(tmp_path)
    assert not is_annotated("digits")


def test_too_few_images(tmp_path):
    images = [{"id": 1, "file_name": "1.png"}, {"id": 2, "file_name": "2.png"}]
    assert (
        refusal(coco(tmp_path, images=images))
        == "t has 2 images that differ: it needs at least 4, to train, to validate and to test on."
    )


def test_a_part_that_is_there_twice(tmp_path):
    coco(tmp_path)
    for name in ("train", "val", "valid"):
        (tmp_path / f"{name}.json").write_text((tmp_path / "t.json").read_text())
    with pytest.raises(UserError, match=r"holds both val\.json and valid\.json: keep one for the validation part"):
        read_annotated(tmp_path)
    assert is_annotated(tmp_path)
