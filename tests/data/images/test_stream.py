"""The stream's promises: pixels are a function of (seed, epoch, index), whatever happens around them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from skipwise.data import Augmentation, ImageStream
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
