"""Corruptions worked by hand, and what all of them promise."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits, load_sample_image

from skipwise.data import Augmentation, ImageStream
from skipwise.data.images.corruption import CONTRAST, CORRUPTIONS, NOISE, SEVERITIES, corrupted, corruption
from support.images import dataset

NAMES = list(CORRUPTIONS)


def photo(side, channels=3):
    """A square of a real photo, resized, in colour or grey."""
    pixels = torch.from_numpy(load_sample_image("flower.jpg").copy())[:420, 110:530].permute(2, 0, 1).float()
    small = torch.nn.functional.interpolate(pixels[None], size=(side, side), mode="area")
    small = small if channels == 3 else small.mean(1, keepdim=True)
    return small.permute(0, 2, 3, 1).round().to(torch.uint8)


def one(images, name, severity, first=0):
    return corrupted(images, np.arange(first, first + len(images)), name, severity)


def distance(images, others):
    return float((images.double() - others.double()).square().mean())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("side", "channels"), [(32, 1), (32, 3), (224, 3)])
def test_stronger_is_further_from_the_photo(name, side, channels):
    images = photo(side, channels).expand(4, -1, -1, -1)
    distances = [distance(images, one(images, name, severity)) for severity in SEVERITIES]
    assert distances[0] > 0
    assert sorted(set(distances)) == distances, name


@pytest.mark.parametrize("name", NAMES)
def test_stronger_is_never_nearer_to_digits_of_8_px(name):
    images = torch.from_numpy(load_digits().images[:100] * 255 / 16).round().to(torch.uint8)[..., None]
    distances = [distance(images, one(images, name, severity)) for severity in SEVERITIES]
    assert sorted(distances) == distances
    assert len(set(distances)) >= 3


@pytest.mark.parametrize("name", NAMES)
@given(
    shape=st.tuples(st.integers(0, 3), st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3])),
    severity=st.sampled_from(SEVERITIES),
    seed=st.integers(0, 99),
)
def test_shapes_stay_and_an_image_s_pixels_do_not_depend_on_its_batch(name, shape, severity, seed):
    batch, *size = shape
    images = torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (batch + 1, *size), np.uint8))
    before = images.clone()
    together = one(images, name, severity, seed)
    assert (together.shape, together.dtype) == (images.shape, torch.uint8)
    assert torch.equal(images, before)
    alone = torch.cat([one(images[i : i + 1], name, severity, seed + i) for i in range(batch + 1)])
    assert torch.equal(together, alone)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "noise"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_an_image_of_one_colour_stays_one(name, severity):
    """Nothing dark comes in from outside. JPEG rounds the colour itself."""
    images = torch.tensor([40, 130, 220], dtype=torch.uint8).expand(2, 20, 24, 3).contiguous()
    found = one(images, name, severity).int()
    assert (found == found[:, :1, :1]).all()
    assert (found - images.int()).abs().max() <= (16 if name == "JPEG" else 0)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_contrast_by_hand(severity):
    """Pixels 0, 40, 80 and 120 of mean 60 are 60 and 20 away from it: what is left of that is added again."""
    images = torch.tensor([0, 40, 80, 120], dtype=torch.uint8).reshape(1, 2, 2, 1)
    left = CONTRAST[severity - 1]
    expected = [60 - 60 * left, 60 - 20 * left, 60 + 20 * left, 60 + 60 * left]
    assert one(images, "contrast", severity).flatten().tolist() == pytest.approx(expected, abs=0.501)


def test_contrast_is_of_each_channel_by_itself():
    images = torch.tensor([[0, 200], [100, 200]], dtype=torch.uint8).reshape(1, 1, 2, 2)
    assert one(images, "contrast", 2).tolist() == [[[[25, 200], [75, 200]]]]


def test_a_shift_by_hand():
    """Strength 1 is .1 of 10 px: a column to the left or right or a row up or down, the edge standing twice."""
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (40, 10, 12, 1), np.uint8))
    seen = set()
    for before, after in zip(images, one(images, "shift", 1), strict=True):
        ways = {
            "left": torch.cat([before[:, 1:], before[:, -1:]], 1),
            "right": torch.cat([before[:, :1], before[:, :-1]], 1),
            "up": torch.cat([before[1:], before[-1:]]),
            "down": torch.cat([before[:1], before[:-1]]),
        }
        (way,) = [way for way, expected in ways.items() if torch.equal(after, expected)]
        seen.add(way)
    assert len(seen) == 4


def test_noise_has_the_deviation_asked_for_and_goes_by_index_and_severity():
    images = torch.full((4, 60, 60, 3), 128, dtype=torch.uint8)
    found = one(images, "noise", 3).double() - 128
    assert found.std().item() == pytest.approx(255 * NOISE[2], rel=0.02)
    assert abs(found.mean().item()) < 0.5
    assert not torch.equal(found[0], found[1])
    other = (one(images, "noise", 4).double() - 128)[0].flatten()
    assert abs(np.corrcoef(found[0].flatten(), other)[0, 1]) < 0.05


def test_rotation_turns_a_vertical_line_about_the_middle():
    """At 45 degrees a line through the middle of 21 px lies on a diagonal, one or the other by index."""
    images = torch.zeros(20, 21, 21, 1, dtype=torch.uint8)
    images[:, :, 10] = 255
    found = one(images, "rotation", 5)[..., 0] > 128
    falling = torch.eye(21, dtype=torch.bool)
    kinds = [("falling", "rising")[int((turned & falling.flip(1)).sum() > 11)] for turned in found]
    assert set(kinds) == {"falling", "rising"}
    for turned, kind in zip(found, kinds, strict=True):
        assert torch.equal(
            turned & falling.logical_or(falling.flip(1)), falling if kind == "falling" else falling.flip(1)
        )


def test_blur_keeps_the_mean_and_smooths():
    images = photo(32, 1)
    found = one(images, "blur", 5)
    assert found.double().mean().item() == pytest.approx(images.double().mean().item(), abs=2)
    assert found.double().std() < images.double().std()


def test_an_altered_stream_shows_the_same_examples_normalised_alike(tmp_path):
    data = dataset(tmp_path / "a.npz")
    stream = ImageStream(data, seed=0, batch_size=16, augmentation=Augmentation())
    altered = stream.altered(corruption("contrast", 2))
    indices = data.test[:5]
    batch = altered.read(indices)
    expected = corrupted(torch.from_numpy(data.images[indices]), indices, "contrast", 2)
    assert torch.equal(batch.inputs, stream.normalise(expected))
    assert torch.equal(batch.targets, stream.read(indices).targets)
    assert not torch.equal(batch.inputs, stream.read(indices).inputs)
