"""Data and weights with which several tests begin."""

import pytest
from safetensors.torch import save_file

from skipwise.networks import PRESETS, build
from support.images import dataset


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset(tmp_path_factory.mktemp("data") / "a.npz")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """resnet8's, as another run might have left them."""
    path = tmp_path_factory.mktemp("weights") / "weights.safetensors"
    state = build(PRESETS["resnet8"], (1, 8, 8), 9, seed=7).state_dict()
    for name, value in state.items():
        if name.endswith("running_mean"):
            value.fill_(0.25)
    save_file(state, path)
    return path
