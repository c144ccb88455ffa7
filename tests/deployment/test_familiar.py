"""Limits of what a model knows: by traits and by distance, checked by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from skipwise.data import InputSpec
from skipwise.deployment.familiar import Familiar, Seen, _upper, distances_to, features_of, keep, kept, watching
from skipwise.tasks.traits import Trait, image_traits, joined, text_traits

SPEC = InputSpec(input_shape=(3, 8, 8), classes=("a", "b"), mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2))


def as_inputs(pixels):
    """Pixels as shares of white, as the network takes them."""
    return (torch.as_tensor(pixels, dtype=torch.float32) - 0.5) / 0.2


def familiar(**fields):
    near = np.array([[1.0, 0.0]] * 5, np.float16)
    known = {"finished": "now", "count": 100, "low": {}, "high": {}, "near": near, "distances": np.linspace(0, 0.1, 60)}
    return Familiar(**{**known, **fields})


def test_the_distance_is_that_to_the_fifth_nearest_direction():
    angles = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 3.0])
    near = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = distances_to(near, torch.tensor([[7.0, 0.0]]))  # its length does not count
    assert found == pytest.approx([2 * np.sin(0.2)])  # the chord of an angle of 0.4


def test_a_limit_warns_of_as_few_as_were_promised():
    assert _upper(np.arange(60.0)) == 59  # too few to tell one in 200: beyond all of them
    assert _upper(np.arange(999.0)) == 994  # five of a thousand lie above, this one being any of them


def test_an_example_far_from_all_training_examples_is_warned_of():
    warnings = familiar().warnings([], torch.tensor([[1.0, 0.05], [0.0, 1.0]]), "images")
    assert warnings == ["", "it is farther from all training images than all 60 for validation"]


def test_without_enough_validation_examples_no_distance_is_judged():
    few = familiar(distances=np.linspace(0, 0.1, 49))
    assert few.warnings([], torch.tensor([[0.0, 1.0]]), "images") == [""]


def test_traits_out_of_their_range_are_named():
    trait = Trait(name="length", values=np.array([1.0, 5.0, 9.0]), below="fewer tokens", above="more tokens")
    known = familiar(low={"length": 2.0}, high={"length": 8.0})
    few, usual, many = known.warnings([trait], None, "texts")
    assert few == "it has fewer tokens than nearly all of 100 texts of the study"
    assert usual == ""
    assert many == "it has more tokens than nearly all of 100 texts of the study"


def test_what_was_kept_is_of_this_very_run(tmp_path):
    known = familiar(low={"a": 1.0}, high={"a": 2.0})
    keep(known, tmp_path)
    again = kept(tmp_path, "now")
    assert (again.low, again.high, again.count) == (known.low, known.high, known.count)
    np.testing.assert_array_equal(again.distances, known.distances)
    assert kept(tmp_path, "later") is None
    (tmp_path / "familiar.npz").write_bytes(b"PK damaged")
    assert kept(tmp_path, "now") is None


def test_what_cannot_be_kept_is_no_error(tmp_path):
    keep(familiar(), tmp_path / "nowhere")
    assert kept(tmp_path / "nowhere", "now") is None
    assert list(tmp_path.iterdir()) == []


class Small(nn.Module):
    def __init__(self, last):
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 1), last

    def forward(self, x):
        return self.last(self.first(x))


@pytest.mark.parametrize(
    "last", [nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)), nn.Conv2d(4, 2, 1)]
)
def test_inputs_and_features_are_seen_once_for_each_batch(last):
    network, x = Small(last), torch.randn(2, 3, 5, 5)
    with watching(network, features=True) as seen:
        network(x)
        network(x[:1])
    network(x)
    expected = network.first(x).mean((2, 3))
    torch.testing.assert_close(features_of(seen), torch.cat([expected, expected[:1]]).detach())
    assert [len(inputs) for inputs in seen.inputs] == [2, 1]
    assert features_of(Seen()) is None


def test_a_small_image_enlarged_has_less_detail_and_a_grey_one_less_colour():
    generator = torch.Generator().manual_seed(0)
    photo = torch.rand(1, 3, 64, 64, generator=generator)
    enlarged = nn.functional.interpolate(photo[..., :4, :4], 64, mode="bilinear")
    grey = photo.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    detail, colour = image_traits(as_inputs(torch.cat([photo, enlarged, grey])), SPEC)
    assert detail.values[1] < 0.1 * detail.values[0]
    assert colour.values[2] == pytest.approx(0, abs=1e-6)
    assert colour.values[0] > 0.4


def test_detail_by_hand():
    """A step of a half at one of two places: the steepest tenth of the steps is what counts."""
    pixels = torch.full((1, 3, 1, 3), 0.25)
    pixels[..., 2] = 0.75
    detail, _ = image_traits(as_inputs(pixels), SPEC)
    assert detail.values == pytest.approx([0.0])  # of two steps the first is the 0.9 quantile from below
    pixels = pixels.repeat(1, 1, 1, 8)  # 23 steps, 15 of them a half
    detail, _ = image_traits(as_inputs(pixels), SPEC)
    assert detail.values == pytest.approx([0.5])


def test_unknown_words_and_length_of_texts():
    tokens = torch.tensor([[5, 1, 1, 7], [5, 6, 0, 0]])
    spec = InputSpec(input_shape=(9, 4), classes=("a", "b"), tokens="words")
    length, unknown = text_traits(tokens, spec)
    assert length.values.tolist() == [4, 2]
    assert unknown.values.tolist() == [0.5, 0]
    bytes_alone = InputSpec(input_shape=(256, 4), classes=("a", "b"), tokens="bytes")
    assert [trait.name for trait in text_traits(tokens, bytes_alone)] == ["length"]


def test_traits_of_batches_are_joined():
    one, two = (Trait(name="n", values=np.array(values), above="more") for values in ([1.0], [2.0, 3.0]))
    (both,) = joined([[one], [two]])
    assert both.values.tolist() == [1, 2, 3]
    assert both.above == "more"
    assert joined([]) == []
