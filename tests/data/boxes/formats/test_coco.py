"""COCO's JSON: where its images are found, and a sentence or a count for each thing in it that is broken."""

import json

import pytest

from skipwise.data import Options, open_scenes, prepare_scenes
from skipwise.data.boxes.formats.files import LOOKED_AT
from skipwise.data.boxes.open import readings
from skipwise.data.glimpse import look_at
from skipwise.errors import UserError
from support import fruit
from support.annotations import PHOTOS, coco, entry, photo, ready, refusal

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
            ({"image_id": 1, "category_id": 1}, "annotations[0] has no 'bbox' and no 'segmentation', so that it gives the class of"),
            ({"bbox": [1, 2, 3, 4], "category_id": 1}, "annotations[0] has no 'image_id'."),
            ({"image_id": 1, "category_id": 1, "keypoints": [1, 2, 2], "num_keypoints": 1},
             "annotations[0] has keypoints and no 'bbox', and keypoints are not read: export boxes with them."),
            ({"image_id": 1, "segments_info": [{"id": 3}]}, "t.json is of COCO's panoptic format, which holds masks in images"),
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


def test_images_listed_twice_are_one(tmp_path):
    images = [{"id": i, "file_name": f"{1 + (i - 1) % (PHOTOS - 1)}.png"} for i in range(1, PHOTOS + 1)]
    scenes = ready(coco(tmp_path, images=images))
    assert len(scenes.images) == PHOTOS - 1
    assert any(note.startswith("images are listed twice, and are taken for one: 1 (") for note in scenes.manifest.notes)


def test_a_part_that_is_there_twice(tmp_path):
    coco(tmp_path)
    for name in ("train", "val", "valid"):
        (tmp_path / f"{name}.json").write_text((tmp_path / "t.json").read_text())
    with pytest.raises(UserError, match=r"holds both val\.json and valid\.json: keep one for the validation part"):
        open_scenes(tmp_path)
    assert readings(look_at(tmp_path))


def test_one_json_beside_its_images(tmp_path):
    fruit.photos(tmp_path / "photos", range(12))
    (tmp_path / "photos" / "all.json").write_text(json.dumps(fruit.content(range(12))))
    scenes = prepare_scenes(tmp_path / "photos" / "all.json", Options(test_size=0.25), photo_size=64)
    assert (len(scenes.train), len(scenes.validation), len(scenes.test)) == (8, 1, 3)
    assert not scenes.manifest.own_test


def test_file_names_of_another_machine(tmp_path):
    fruit.photos(tmp_path / "images", range(12))
    written = fruit.content(range(12))
    for image in written["images"]:
        image["file_name"] = f"C:\\label studio\\{image['file_name']}"
    (tmp_path / "a.json").write_text(json.dumps(written))
    assert all(file.is_file() for file in open_scenes(tmp_path / "a.json").files)


@pytest.mark.parametrize("padding", [0, LOOKED_AT])
def test_coco_is_known_by_its_lists_be_it_small_large_or_broken(tmp_path, padding):
    content = json.loads(coco(tmp_path).read_text())
    (tmp_path / "t").rename(tmp_path / "train")
    text = json.dumps({"info": "", **content, "more": "a" * padding})
    (tmp_path / "train.json").write_text(text)
    assert readings(look_at(tmp_path))
    assert len(open_scenes(tmp_path).names) == PHOTOS
    (tmp_path / "train.json").write_text("\ufeff" + text)
    assert readings(look_at(tmp_path))
    (tmp_path / "train.json").write_text(text[:-5])
    assert readings(look_at(tmp_path))
    assert "train.json cannot be read as JSON" in refusal(tmp_path)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("form", ["{out}/{i}.png", "../out/{i}.png", "a/../../out/{i}.png", "..\\out\\{i}.png"])
def test_file_names_of_coco_that_lead_away(tmp_path, form, inside):
    """Only the last part of such a name counts, and it is looked for among the data's own images."""
    out, data = tmp_path / "out", tmp_path / "data"
    images = [{"id": i, "file_name": form.format(out=out, i=i)} for i in range(1, PHOTOS + 1)]
    file = coco(data, images=images)
    (data / "a").mkdir()
    for i in range(1, PHOTOS + 1):
        photo(out / f"{i}.png", i)
        if not inside:
            (data / "t" / f"{i}.png").unlink()
    if inside:
        assert sorted(open_scenes(file).files) == sorted(data / "t" / f"{i}.png" for i in range(1, PHOTOS + 1))
    else:
        assert f"None of the {PHOTOS} images that {file} lists is there" in refusal(file)


def test_names_that_are_one_file_are_refused(tmp_path):
    images = [{"id": 1, "file_name": "/x/a/1.png"}, {"id": 2, "file_name": "/x/b/1.png"}]
    assert "lists /x/a/1.png and /x/b/1.png, and for both only" in refusal(coco(tmp_path, images=images))
