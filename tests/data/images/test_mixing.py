"""Mixup and CutMix, with draws set by hand and pixels that tell how much of each image is left."""

import numpy as np
import pytest
import torch

from skipwise.data import ImageStream
from skipwise.data.images.mixing import Mixing, Shares, draw_shares, mix
from support.images import dataset


def shares(own, *, cut, centre=0.5):
    count = len(own)
    return Shares(
        own=np.array(own, float),
        cut=np.full(count, cut),
        centre_y=np.full(count, centre),
        centre_x=np.full(count, centre),
    )


def images():
    """Three images of 4x4 px, full of 1, 10 and 100."""
    return torch.tensor([1.0, 10.0, 100.0])[:, None, None, None].expand(3, 1, 4, 4)


def test_mixup_adds_the_next_image():
    mixed, own = mix(images(), shares([0.75, 0.5, 1.0], cut=False))
    # 0.75 * 1 + 0.25 * 10 = 3.25; 0.5 * 10 + 0.5 * 100 = 55; the last would get the first, and keeps itself
    assert mixed[:, 0, 0, 0].tolist() == [3.25, 55.0, 100.0]
    assert own.tolist() == [0.75, 0.5, 1.0]


def test_cutmix_pastes_a_rectangle_of_the_next_image():
    """A quarter of the area: a square of half the side, 2x2 px in the middle of 4x4."""
    mixed, own = mix(images(), shares([0.75, 1.0, 0.0], cut=True))
    assert mixed[0, 0].tolist() == [[1, 1, 1, 1], [1, 10, 10, 1], [1, 10, 10, 1], [1, 1, 1, 1]]
    assert torch.equal(mixed[1], images()[1])
    assert torch.equal(mixed[2], images()[0])
    assert own.tolist() == [0.75, 1.0, 0.0]


def test_a_rectangle_over_the_edge_leaves_more():
    """Centred on the corner, only a quarter of the 2x2 square lies in the image: 1 pixel of 16."""
    mixed, own = mix(images(), shares([0.75] * 3, cut=True, centre=0.0))
    assert (mixed[0, 0] == 10).sum() == 1
    assert own.tolist() == [1 - 1 / 16] * 3


def test_shares_follow_the_beta_distribution():
    drawn = draw_shares(Mixing(mixup=0.2), count=20_000, seed=0, epoch=0)
    # Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)); at a = .2 that is 0.1786
    assert drawn.own.mean() == pytest.approx(0.5, abs=0.01)
    assert drawn.own.var() == pytest.approx(1 / (4 * 1.4), abs=0.005)
    assert not drawn.cut.any()


def test_with_both_each_image_gets_one():
    drawn = draw_shares(Mixing(mixup=0.2, cutmix=1.0), count=1_000, seed=0, epoch=0)
    assert 400 < drawn.cut.sum() < 600
    assert drawn.own[drawn.cut].var() == pytest.approx(1 / 12, abs=0.02)  # Beta(1, 1) is uniform


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


def test_the_stream_mixes_images_and_tells_both_labels(data):
    from skipwise.data import Augmentation

    def batches(mixing, first=0):
        stream = ImageStream(data, seed=3, batch_size=16, augmentation=Augmentation(), mixing=mixing)
        return list(stream.epoch(1, first))

    mixed, plain = batches(Mixing(mixup=1.0)), batches(Mixing())
    for one, other in zip(mixed, plain, strict=True):
        assert torch.equal(one.targets, other.targets)
        assert torch.equal(one.other_targets, other.targets.roll(-1))
        share = one.mix_weight[:, None, None, None]
        assert torch.allclose(one.inputs, share * other.inputs + (1 - share) * other.inputs.roll(-1, 0), atol=1e-6)
    assert plain[0].mix_weight is None
    again = batches(Mixing(mixup=1.0), first=2)
    assert torch.equal(again[0].inputs, mixed[2].inputs)
