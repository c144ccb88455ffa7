"""Filters, maps and activating examples, against the numbers of a network of two layers."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from skipwise.analysis.inside.features import CHANNELS, MOST_ACTIVATING, features, most_activating, packed, unpacked
from skipwise.networks import PRESETS
from support.trained import plain_block, small_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("run"), plain_block(width=20))


def test_pictures_by_hand():
    filters = torch.tensor([[[[0.0, 2.0], [-1.0, -2.0]]], [[[0.0, 0.0], [0.0, 0.0]]]])
    found = packed(filters, zero_in_the_middle=True)
    assert found.shape == (2, 1, 2, 2)
    assert unpacked(found).tolist() == [[[[128, 255], [64, 0]]], [[[128, 128], [128, 128]]]]
    maps = torch.tensor([[[[1.0, 3.0], [2.0, 5.0]]]])
    assert unpacked(packed(maps, zero_in_the_middle=False)).tolist() == [[[[0, 128], [64, 255]]]]


def test_who_excites_most_by_hand():
    activations = torch.tensor([[0.0, 5.0], [3.0, 5.0], [1.0, 6.0]])
    assert [order.tolist() for order in most_activating(activations, 2)] == [[1, 2], [2, 0]]


def test_of_a_run(run):
    found = features(run)
    weight = run.network.stages[0][0].branch.conv1.weight
    assert found.filters == packed(weight.detach()[:16], zero_in_the_middle=True)
    assert found.index == run.indices[0]
    with torch.no_grad():
        maps = run.network.features(run.batch(1000).inputs)[-1]
    assert found.maps == {"stage 1": packed(maps[0, :CHANNELS, None], zero_in_the_middle=False)}
    assert len(found.most_activating) == CHANNELS
    for channel, indices in found.most_activating.items():
        mean = maps[:, int(channel)].mean((1, 2)).numpy()
        positions = [run.indices.tolist().index(index) for index in indices]
        assert len(positions) == MOST_ACTIVATING
        assert mean[positions] == pytest.approx(np.sort(mean)[::-1][:MOST_ACTIVATING], rel=1e-4)


def test_stems_have_maps_and_large_ones_are_made_smaller(tmp_path):
    run = small_run(tmp_path / "run", PRESETS["resnet8"], side=48, train=12, test=6)
    found = features(run)
    assert list(found.maps) == ["stem", "stage 1", "stage 2", "stage 3"]
    assert [maps.shape for maps in found.maps.values()] == [(8, 1, 32, 32), (8, 1, 32, 32), (8, 1, 24, 24), (8, 1, 12, 12)]  # fmt: skip
    assert all(len(indices) == MOST_ACTIVATING for indices in found.most_activating.values())


def test_other_networks_and_other_data_are_left_out(run):
    assert features(replace(run, network=torch.nn.Sequential(run.network))) is None
