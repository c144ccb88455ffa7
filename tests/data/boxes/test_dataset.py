"""Scenes from annotated images: which are used, how they are split, and what is kept for another process."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, load_scenes, prepare_scenes
from skipwise.data.folds import fold_of
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.subset import subset_of
from support import fruit
from support.annotations import HEIGHT, PHOTOS, WIDTH, coco, entry, photo, ready, refusal
from support.stored import written


def test_small_images_of_one_size_keep_it(tmp_path):
    assert ready(coco(tmp_path)).input_shape == (3, 30, 40)
    assert ready(coco(tmp_path), size=64).input_shape == (3, 64, 64)


def test_another_process_loads_the_same(tall_and_wide):
    scenes = ready(tall_and_wide, photo_size=96)
    again = load_scenes(written(scenes, tall_and_wide.parent))
    assert again.fingerprint == scenes.fingerprint
    assert again.input_shape == scenes.input_shape
    for one, other in zip(scenes.objects, again.objects, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.labels, other.labels)
    for part in ("train", "validation", "test", "sizes", "labels"):
        np.testing.assert_array_equal(getattr(again, part), getattr(scenes, part))
    assert (again.mean, again.std) == (scenes.mean, scenes.std)


def test_another_box_is_another_data_set_with_the_same_decoded_images(tmp_path):
    one = ready(coco(tmp_path))
    other = ready(coco(tmp_path, [entry(box=(1, 1, 5, 5))]))
    assert one.manifest.cache == other.manifest.cache
    assert one.fingerprint != other.fingerprint


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


def test_too_few_images(tmp_path):
    images = [{"id": 1, "file_name": "1.png"}, {"id": 2, "file_name": "2.png"}]
    assert refusal(coco(tmp_path, images=images)) == (
        "t has 2 images that differ: it needs at least 4, to train, to validate and to test on (boxes of images that are "
        "not listed are left out: 10 (the first: t.json: annotations[2], image_id 3))."
    )


def with_images(folder, count):
    images = [{"id": i, "file_name": f"{i}.png"} for i in range(1, count + 1)]
    return coco(folder, images=images)


@pytest.mark.parametrize("count", range(1, 13))
def test_few_images_make_a_test_set_of_two_or_a_sentence(tmp_path, count):
    data = with_images(tmp_path, count)
    if count >= 8:
        assert len(ready(data).test) >= 2
        return
    words = refusal(data)
    assert "class" not in words
    expected = (
        "it needs at least 4" if count < 4 else f"t has {count} images and 1 to test on, and results need at least 2"
    )
    assert expected in words
    if count >= 4:
        assert len(prepare_scenes(data, Options(test_size=0.5), photo_size=64).test) >= 2


@pytest.mark.parametrize("train", [1, 2, 5])
@pytest.mark.parametrize("test", [1, 2])
def test_few_images_of_given_parts(tmp_path, train, test):
    content = json.loads(coco(tmp_path).read_text())
    shutil.move(tmp_path / "t", tmp_path / "train")
    parts = {"train": content["images"][:train], "test": content["images"][train : train + test]}
    for part, images in parts.items():
        (tmp_path / f"{part}.json").write_text(json.dumps({**content, "images": images}))
    (tmp_path / "test").mkdir()
    for image in parts["test"]:
        shutil.move(tmp_path / "train" / image["file_name"], tmp_path / "test")
    if train > 1 and test > 1:
        assert len(ready(tmp_path).test) == 2
        return
    words = refusal(tmp_path)
    assert "class" not in words
    if train == 5:
        assert "has 6 images and 1 to test on, and results need at least 2: put more into its test part (" in words


def test_test_images_that_are_all_trained_on_are_refused(tmp_path):
    coco(tmp_path)
    for part in ("train", "test"):
        shutil.copytree(tmp_path / "t", tmp_path / part)
        shutil.copy(tmp_path / "t.json", tmp_path / f"{part}.json")
    assert "is a training image too: give it others to test on" in refusal(tmp_path)
    photo(tmp_path / "test" / "1.png", 999)
    assert len(ready(tmp_path).test) == PHOTOS


def test_classes_of_one_part_only_are_told(tmp_path):
    fruit.coco_beside(tmp_path)
    written = fruit.content(fruit.PARTS["test"])
    written["categories"].append({"id": 50, "name": "fig"})
    written["annotations"][0]["category_id"] = 50
    written["categories"].append({"id": 51, "name": "grape"})
    (tmp_path / "test.json").write_text(json.dumps(written))
    notes = prepare_scenes(tmp_path, Options(), photo_size=64).manifest.notes
    assert "classes without a box are left out: grape" in notes
    assert "classes with no training image, and will not be found: fig" in notes


def test_folds_and_shares_of_several_classes(tmp_path):
    scenes = ready(coco(tmp_path))
    assert len(scenes.classes) == 2
    assert sorted(np.concatenate([fold_of(scenes, fold, 3, 0).test for fold in range(3)]).tolist()) == list(
        range(PHOTOS)
    )
    assert len(subset_of(scenes, 0.25, 0).train) == round(len(scenes.train) / 4)


def test_folds_and_shares(tall_and_wide):
    scenes = ready(tall_and_wide, photo_size=96)
    tested = np.concatenate([fold_of(scenes, fold, 4, 0).test for fold in range(4)])
    assert sorted(tested.tolist()) == list(range(12))
    assert fold_of(scenes, 0, 4, 0).mean != scenes.mean
    assert len(subset_of(scenes, 0.5, 0).train) == round(len(scenes.train) / 2)


def test_copies_stay_together(tmp_path):
    data = coco(tmp_path)
    for i in range(2, 5):
        photo(tmp_path / "t" / f"{i}.png", 1)
    photo(tmp_path / "t" / "1.png", 1)
    scenes = ready(data)
    parts = [set(part.tolist()) for part in (scenes.train, scenes.validation, scenes.test)]
    copies = {scenes.files.index(f"t/{i}.png") for i in range(1, 5)}
    assert sum(bool(part & copies) for part in parts) == 1
    quality = scenes.manifest.quality
    assert [quality.count(kind) for kind in (FindingKind.DUPLICATE, FindingKind.CONTRADICTORY_LABELS)] == [2, 1]
    assert scenes.most_objects == 1
