"""The stream of scenes keeps boxes and pixels together, and an epoch is a function of its seed and number."""

import numpy as np
import pytest
import torch

from skipwise.data import Augmentation, SceneStream
from support.annotations import ready
from support.boxes import bright_box


def test_boxes_are_scaled_with_the_pixels_and_kept_in_the_images_own(tall_and_wide):
    scenes = ready(tall_and_wide, photo_size=96)
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


def test_an_epoch_is_the_same_wherever_it_begins_again_and_differs_from_the_next(tall_and_wide):
    stream = SceneStream(
        ready(tall_and_wide, photo_size=96), seed=3, batch_size=4, augmentation=Augmentation(crop=8, flip=True)
    )
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
    scenes = ready(tall_and_wide, photo_size=96)
    stream = SceneStream(scenes, seed=0, batch_size=8, augmentation=Augmentation(crop=12, flip=True))
    for epoch in range(5):
        for batch in stream.epoch(epoch):
            for image, target in zip(batch.inputs, batch.targets, strict=True):
                for left, top, right, bottom in target["boxes"].round().int().tolist():
                    inside = image[0, top + 1 : bottom - 1, left + 1 : right - 1]
                    assert inside.numel() == 0 or inside.mean() > image.mean()
