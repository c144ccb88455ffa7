"""Augmentation worked by hand, and the range of what is drawn for it."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from skipwise.data import Augmentation
from skipwise.data.images.augment import Draws, augment, draw


def drawn(**given):
    zeros = {name: np.zeros(1, np.int64) for name in ("top", "left", "hole_y", "hole_x")}
    return Draws(**{**zeros, "mirror": np.zeros(1, bool), **given})


IMAGE = torch.arange(1, 17, dtype=torch.uint8).reshape(1, 4, 4, 1)
FILL = torch.tensor([99], dtype=torch.uint8)


def test_crop_by_hand():
    """One pixel of padding, window from row 2, column 0: the image moves up by one and right by one."""
    moved = augment(IMAGE, Augmentation(crop=1), drawn(top=np.array([2])), FILL)
    assert moved[0, :, :, 0].tolist() == [[0, 5, 6, 7], [0, 9, 10, 11], [0, 13, 14, 15], [0, 0, 0, 0]]


def test_flip_by_hand():
    mirrored = augment(IMAGE, Augmentation(flip=True), drawn(mirror=np.array([True])), FILL)
    assert mirrored[0, 0, :, 0].tolist() == [4, 3, 2, 1]


def test_cutout_by_hand():
    """A hole of side 2 round (3, 0) covers rows 2 and 3 and, over the edge, column 0."""
    holed = augment(IMAGE, Augmentation(cutout=2), drawn(hole_y=np.array([3])), FILL)
    assert holed[0, :, :, 0].tolist() == [[1, 2, 3, 4], [5, 6, 7, 8], [99, 10, 11, 12], [99, 14, 15, 16]]


@given(seed=st.integers(0, 1000), crop=st.integers(0, 3))
def test_draws_stay_in_range_and_use_all_of_it(seed, crop):
    found = draw(Augmentation(crop=crop, flip=True), count=400, height=8, width=8, seed=seed, epoch=0)
    assert set(found.top.tolist()) == set(range(2 * crop + 1))
    assert 140 < found.mirror.sum() < 260
