"""Networks and architectures of a user's own."""

import pytest
import torch

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build
from skipwise.networks.dotted import trust
from skipwise.networks.external.custom import CustomNetwork, custom_network


def tiny(input_shape, classes):
    channels, height, width = input_shape
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(channels * height * width, classes))


def broken(input_shape, classes):
    raise RuntimeError("no such layer")


SHAPE = (3, 16, 16)
written_down = PRESETS["resnet8"]
trust(*(f"{__name__}.{name}" for name in ("tiny", "broken", "SHAPE", "written_down")))


def test_a_users_own_network():
    network = custom_network(f"{__name__}.tiny")
    assert isinstance(network, CustomNetwork)
    one, again, other = (build(network, (1, 4, 4), 3, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(one[1].weight, again[1].weight)
    assert not torch.equal(one[1].weight, other[1].weight)


def test_a_users_own_architecture():
    assert custom_network(f"{__name__}.written_down") == PRESETS["resnet8"]


@pytest.mark.parametrize(("name", "sentence"), [("broken", "no such layer"), ("SHAPE", "must be an Architecture")])
def test_an_own_network_that_cannot_be(name, sentence):
    with pytest.raises(UserError, match=sentence):
        build(custom_network(f"{__name__}.{name}"), (1, 4, 4), 3, seed=0)
