"""Scenes of digits: exact boxes, little overlap, and no digit on both sides of a split."""

import numpy as np
import pytest

from skipwise.data import Options, prepare_scenes
from skipwise.data.boxes.annotated import Annotated
from skipwise.data.boxes.digit_scenes import MOST_COVERED, POOLS, SIDE, digit_scenes


@pytest.fixture(scope="module")
def few() -> Annotated:
    return digit_scenes(pools=10, scenes_per_pool=4)


def test_the_same_every_time(few):
    again = digit_scenes(pools=10, scenes_per_pool=4)
    np.testing.assert_array_equal(few.arrays, again.arrays)
    for one, other in zip(few.annotations, again.annotations, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)


def test_one_to_five_digits_within_the_scene(few):
    counts = [len(annotation.labels) for annotation in few.annotations]
    assert set(counts) == {1, 2, 3, 4, 5}
    for annotation in few.annotations:
        assert (annotation.boxes >= 0).all()
        assert (annotation.boxes <= SIDE).all()
        assert ((annotation.boxes[:, 2:] - annotation.boxes[:, :2]) >= 2).all()
    assert set(np.concatenate([annotation.labels for annotation in few.annotations]).tolist()) == set(range(10))


def test_no_box_covers_much_of_another(few):
    for annotation in few.annotations:
        for place, one in enumerate(annotation.boxes):
            for other in annotation.boxes[place + 1 :]:
                across, down = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
                smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
                assert max(0, across) * max(0, down) <= MOST_COVERED * smaller + 1e-9


def test_ink_stands_out_in_every_box_up_to_its_edges(few):
    """Each row and column of a box at its edges differs from the ground just outside: the box is tight."""
    steps = []
    for image, annotation in zip(few.arrays[..., 0].astype(float), few.annotations, strict=True):
        for left, top, right, bottom in annotation.boxes.astype(int):
            for edge in (image[top, left:right], image[bottom - 1, left:right], image[top:bottom, left],
                         image[top:bottom, right - 1]):  # fmt: skip
                ground = np.median(image[max(0, top - 3) : bottom + 3, max(0, left - 3) : right + 3])
                steps.append(np.abs(edge - ground).max())
    assert np.mean(np.array(steps) > 20) > 0.9


def test_each_digit_is_in_one_pool_and_pools_stay_on_one_side():
    scenes = prepare_scenes("digit-scenes", Options(), photo_size=64)
    assert scenes.input_shape == (1, SIDE, SIDE)
    assert scenes.classes == tuple("0123456789")
    assert not scenes.mirrored
    assert (len(scenes.train), len(scenes.validation), len(scenes.test)) == (725, 75, 200)
    pools = [set((part % POOLS).tolist()) for part in (scenes.train, scenes.validation, scenes.test)]
    assert not pools[0] & pools[1]
    assert not pools[0] & pools[2]
    assert not pools[1] & pools[2]
