"""Scenes keep boxes and pixels together: padded, shifted, mirrored, folded, loaded again."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from skipwise.data import Augmentation, SceneStream, load_scenes, prepare_scenes
from skipwise.data.boxes.augment import LEAST_LEFT, augment_scene
from skipwise.data.folds import fold_of
from skipwise.data.images.decode import fit
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.subset import subset_of
from support.annotations import PHOTOS, coco, entry, photo
from support.stored import written


def bright_box(image):
    """Corners round the pixels that are bright."""
    rows, columns = (np.flatnonzero((image > 200).any(axis)) for axis in (1, 0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_boxes_stay_on_their_object(data):
    height, width = data.draw(st.integers(8, 40)), data.draw(st.integers(8, 40))
    left, top = data.draw(st.integers(0, width - 2)), data.draw(st.integers(0, height - 2))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    crop = data.draw(st.integers(0, 12))
    image = torch.full((1, height, width), 20, dtype=torch.uint8)
    image[:, top:bottom, left:right] = 250
    varied, boxes, kept = augment_scene(
        image,
        torch.tensor([[left, top, right, bottom]], dtype=torch.float32),
        crop=crop,
        top=data.draw(st.integers(0, 2 * crop)),
        left=data.draw(st.integers(0, 2 * crop)),
        mirror=data.draw(st.booleans()),
        fill=[10.0],
    )
    assert varied.shape == image.shape
    seen = int((varied > 200).sum())
    if seen / ((right - left) * (bottom - top)) < LEAST_LEFT - 1e-6:
        assert boxes.shape == (0, 4)
        assert kept.tolist() == []
    elif seen / ((right - left) * (bottom - top)) > LEAST_LEFT + 1e-6:
        assert boxes.tolist() == [bright_box(varied[0].numpy())]
        assert kept.tolist() == [0]


def test_what_is_outside_is_filled():
    image = torch.full((3, 4, 4), 9, dtype=torch.uint8)
    varied, _, _ = augment_scene(image, torch.zeros(0, 4), crop=1, top=0, left=2, mirror=False, fill=[1.0, 2.0, 3.0])
    for channel, level in zip(varied.tolist(), (1, 2, 3), strict=True):
        assert channel == [[level] * 4, *[[9, 9, 9, level]] * 3]


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


def ready(data, size=None):
    return prepare_scenes(data, size=size, photo_size=96, test_size=None, split_seed=0)


def test_boxes_are_scaled_with_the_pixels_and_kept_in_the_images_own(tall_and_wide):
    scenes = ready(tall_and_wide)
    assert scenes.input_shape == (1, 96, 96)
    stream = SceneStream(scenes, seed=0, batch_size=4, augmentation=Augmentation())
    (batch,) = stream.eval_batches(np.arange(12))
    for i, target in enumerate(batch.targets):
        (own,) = scenes.objects[i].boxes
        assert target["true_boxes"].tolist() == [own.tolist()]
        assert target["true_labels"].tolist() == [0]
        height, width = scenes.sizes[i]
        assert target["scale"].tolist() == pytest.approx([96 / max(height, width)] * 2, rel=0.02)
        seen = bright_box(np.where(scenes.images[i, ..., 0] > 140, 255, 0))
        np.testing.assert_allclose(target["boxes"][0], seen, atol=1.01)


def test_padding_is_grey_on_the_right_or_below():
    image = fit(Image.new("RGB", (200, 100), (255, 0, 0)), 40, 40, "pad")
    pixels = np.asarray(image)
    assert (pixels[:20] == (255, 0, 0)).all()
    assert (pixels[20:] == 128).all()


def test_small_images_of_one_size_keep_it(tmp_path):
    assert ready(coco(tmp_path)).input_shape == (3, 30, 40)
    assert ready(coco(tmp_path), size=64).input_shape == (3, 64, 64)


def test_another_process_loads_the_same(tall_and_wide):
    scenes = ready(tall_and_wide)
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


def test_an_epoch_is_the_same_wherever_it_begins_again_and_differs_from_the_next(tall_and_wide):
    stream = SceneStream(ready(tall_and_wide), seed=3, batch_size=4, augmentation=Augmentation(crop=8, flip=True))
    (_, second), (again,), (other, _) = (
        list(stream.epoch(1)),
        list(stream.epoch(1, first_step=1)),
        list(stream.epoch(2)),
    )
    torch.testing.assert_close(second.inputs, again.inputs, rtol=0, atol=0)
    for one, two in zip(second.targets, again.targets, strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)
    assert not torch.equal(second.inputs, other.inputs)
    assert second.inputs.is_contiguous(memory_format=torch.channels_last) or second.inputs.shape[1] == 1


def test_what_is_shown_is_bright_in_its_boxes(tall_and_wide):
    scenes = ready(tall_and_wide)
    stream = SceneStream(scenes, seed=0, batch_size=8, augmentation=Augmentation(crop=12, flip=True))
    for epoch in range(5):
        for batch in stream.epoch(epoch):
            for image, target in zip(batch.inputs, batch.targets, strict=True):
                for left, top, right, bottom in target["boxes"].round().int().tolist():
                    inside = image[0, top + 1 : bottom - 1, left + 1 : right - 1]
                    assert inside.numel() == 0 or inside.mean() > image.mean()


def test_folds_and_shares_of_several_classes(tmp_path):
    scenes = ready(coco(tmp_path))
    assert len(scenes.classes) == 2
    assert sorted(np.concatenate([fold_of(scenes, fold, 3, 0).test for fold in range(3)]).tolist()) == list(
        range(PHOTOS)
    )
    assert len(subset_of(scenes, 0.25, 0).train) == round(len(scenes.train) / 4)


def test_folds_and_shares(tall_and_wide):
    scenes = ready(tall_and_wide)
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
