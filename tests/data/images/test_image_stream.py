"""The stream's promises: pixels are a function of (seed, epoch, index), whatever happens around them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from skipwise import keyed_rng
from skipwise.data import Augmentation, ImageStream
from skipwise.data.images.augment import Draws, augment, draw
from support.images import dataset

VARIED = Augmentation(crop=2, flip=True, cutout=3)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


def pixels(stream, epoch, first_step=0):
    return [batch.inputs for batch in stream.epoch(epoch, first_step)]


def make(data, seed=0, batch_size=16, augmentation=VARIED):
    return ImageStream(data, seed=seed, batch_size=batch_size, augmentation=augmentation)


def test_one_seed_gives_one_stream(data):
    first, second = pixels(make(data), 3), pixels(make(data), 3)
    assert len(first) == make(data).steps_per_epoch == 5
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_other_seeds_and_epochs_differ(data):
    assert not torch.equal(pixels(make(data), 0)[0], pixels(make(data, seed=1), 0)[0])
    assert not torch.equal(pixels(make(data), 0)[0], pixels(make(data), 1)[0])


def test_resuming_in_the_middle_of_an_epoch_is_exact(data):
    whole = pixels(make(data), 2)
    assert all(torch.equal(a, b) for a, b in zip(whole[3:], pixels(make(data), 2, first_step=3), strict=True))


def test_an_epoch_shows_no_image_twice(data):
    labelled = replace(data, labels=np.arange(len(data.labels)))
    seen = torch.cat([batch.targets for batch in make(labelled).epoch(0)]).tolist()
    assert len(set(seen)) == len(seen) == 80
    assert set(seen) <= set(data.train.tolist())


def test_an_images_draws_do_not_depend_on_the_batch(data):
    """The same image in batches of 16 and of 5 looks the same."""
    labelled = replace(data, labels=np.arange(len(data.labels)))

    def by_index(batch_size):
        batches = list(make(labelled, batch_size=batch_size).epoch(1))
        return {
            int(label): image
            for batch in batches
            for label, image in zip(batch.targets, batch.inputs, strict=True)
        }  # fmt: skip

    large, small = by_index(16), by_index(5)
    both = large.keys() & small.keys()
    assert len(both) > 70
    assert all(torch.equal(large[index], small[index]) for index in both)


def test_normalised_and_channels_last(data):
    batch = next(make(data, augmentation=Augmentation()).epoch(0))
    everything = torch.cat([batch.inputs for batch in make(data).eval_batches(data.train)])
    assert everything.mean().abs() < 1e-5
    assert everything.std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert batch.inputs.shape == (16, 1, 8, 8)
    colour = torch.zeros(2, 8, 8, 3, dtype=torch.uint8)
    normalise = type(make(data).normalise)((0.5,) * 3, (0.5,) * 3, "cpu")
    assert normalise(colour).is_contiguous(memory_format=torch.channels_last)
    assert normalise(colour).unique().tolist() == [-1.0]


def test_a_batch_larger_than_the_data(data):
    assert make(data, batch_size=10_000).steps_per_epoch == 1


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


def test_word_n_is_the_same_however_many_are_drawn():
    assert np.array_equal(keyed_rng.words(5, 1, "a"), keyed_rng.words(50, 1, "a")[:5])
    assert not np.array_equal(keyed_rng.words(5, 1, "a"), keyed_rng.words(5, 1, "b"))
    assert keyed_rng.key(1, "a") != keyed_rng.key("1", "a")
    assert sorted(keyed_rng.order(9, 0)) == list(range(9))
    assert 0 <= keyed_rng.uniform(1000, 0).min() < keyed_rng.uniform(1000, 0).max() < 1
