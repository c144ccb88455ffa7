"""Networks as they begin: twins alike in all they share, drawn by seed and name; and the sizes of input they take."""

import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks import PRESETS, SHORTCUTS, build, least_size
from skipwise.networks.fields import set_field

SHAPE = (3, 16, 16)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_twins_are_equal_in_all_they_share(shortcut):
    """Bit for bit, by name and shape, whatever parameters the shortcut brings."""
    residual = build(PRESETS["resnet8"].replace_blocks(shortcut=SHORTCUTS[shortcut]), SHAPE, 10, seed=3)
    plain = build(PRESETS["plain8"], SHAPE, 10, seed=3)
    theirs = residual.state_dict()
    for name, tensor in plain.state_dict().items():
        assert torch.equal(tensor, theirs[name]), name
    assert all(".shortcut." in name for name in theirs.keys() - plain.state_dict().keys())


def test_other_seeds_and_other_names_differ():
    one, two = (build(PRESETS["resnet8"], SHAPE, 10, seed=seed) for seed in (0, 1))
    assert not torch.equal(one.stem.conv1.weight, two.stem.conv1.weight)
    first, second = one.stages[0][0].branch.conv1.weight, one.stages[0][0].branch.conv2.weight
    assert first.shape == second.shape
    assert not torch.equal(first, second)


def test_he_initialisation():
    """Deviation sqrt(2 / fan-in) for convolutions; normalisations and biases neutral."""
    network = build(PRESETS["resnet18"], (3, 32, 32), 10, seed=0)
    weight = network.stages[3][1].branch.conv1.weight
    assert weight.std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)
    assert network.head[-1].bias.abs().sum() == 0
    assert network.stem.norm1.weight.eq(1).all()


@pytest.mark.parametrize(("name", "side"), [("resnet20", 3), ("resnet18", 17), ("resnet20:max", 4), ("article-cnn", 1)])
def test_least_size(name, side):
    name, _, downsample = name.partition(":")
    architecture = set_field(PRESETS[name], "downsample", downsample) if downsample else PRESETS[name]
    assert least_size(architecture) == side
    build(architecture, (1, side, side + 3), 2, seed=0).eval()(torch.zeros(1, 1, side, side + 3))


def test_too_small_an_image_says_the_least_size():
    with pytest.raises(UserError) as error:
        build(PRESETS["resnet18"], (1, 8, 20), 10, seed=0)
    assert str(error.value) == (
        "Images of 8x20 px are too small for this network: it halves them until nothing is left and needs at least "
        "17 px a side (take --size 17, or another stem or network)."
    )


def test_other_dimensions_are_refused():
    with pytest.raises(UserError, match="This network has 2 dimensions in space, the data 1"):
        build(PRESETS["resnet8"], (1, 8), 10, seed=0)


@pytest.mark.parametrize("side", [5, 8, 9, 13])
def test_any_size_that_the_strides_allow(side):
    for downsample in ("stride", "max", "average"):
        architecture = set_field(PRESETS["resnet8"], "downsample", downsample)
        assert build(architecture, (1, side, side + 2), 2, seed=0)(torch.zeros(2, 1, side, side + 2)).shape == (2, 2)
