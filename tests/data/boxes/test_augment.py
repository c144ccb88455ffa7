"""Boxes move with the pixels when an image is shifted or mirrored."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.data.boxes.augment import LEAST_LEFT, augment_scene
from support.boxes import bright_box


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
