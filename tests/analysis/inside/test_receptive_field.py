"""Effective receptive fields of one and two convolutions, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from skipwise.analysis.inside.receptive_field import central_energy, receptive_field, side_holding, theoretical
from skipwise.networks import PRESETS, build
from support.trained import plain_block, small_run


def summing(branch_kernel=3):
    """A network whose convolutions add up what they see, without a bias."""
    network = build(plain_block(width=1), (1, 9, 9), 3, seed=0).eval()
    (block,) = network.stages[0]
    for conv in (block.branch.conv1, block.branch.conv2):
        conv.weight.data.fill_(1)
        conv.bias.data.zero_()
    return network


def ones(count=2):
    return torch.ones(count, 1, 9, 9)


def test_one_convolution_of_ones_sees_its_kernel():
    network = summing()
    (block,) = network.stages[0]
    block.branch.conv2.weight.data.zero_()
    block.branch.conv2.weight.data[..., 1, 1] = 1
    expected = np.zeros((9, 9))
    expected[3:6, 3:6] = 1 / 9
    assert central_energy(network, ones()) == pytest.approx(expected)
    assert side_holding(expected, 0.95) == pytest.approx(3)


def test_two_convolutions_of_ones_see_binomially():
    line = np.zeros(9)
    line[2:7] = [1, 2, 3, 2, 1]
    expected = np.outer(line, line) ** 2
    assert central_energy(summing(), ones()) == pytest.approx(expected / expected.sum(), rel=1e-5)
    assert theoretical(summing(), (1, 9, 9)) == 5
    # Of 19^2 = 361: 81, 4 x 36, 4 x 16 and 4 x 9 are 325, five of the eight 4s make 345; 95 % are 342.95.
    assert side_holding(expected, 0.95) == pytest.approx(np.sqrt(13 + 5))


def test_a_unit_that_is_off_sees_nothing():
    network = summing()
    energy = central_energy(network, -ones())
    assert energy.sum() == 0
    assert side_holding(energy, 0.95) == 0


def test_the_energy_is_the_mean_over_examples():
    network = build(plain_block(width=3), (1, 9, 9), 3, seed=0).eval()
    x = torch.randn(3, 1, 9, 9, generator=torch.Generator().manual_seed(0))
    gradients = []
    for one in x:
        given = one[None].clone().requires_grad_(True)
        network.features(given)[-1][0, :, 4, 4].sum().backward()
        gradients.append(given.grad[0, 0].double().square().numpy())
    expected = np.mean(gradients, 0)
    assert central_energy(network, x) == pytest.approx(expected / expected.sum(), rel=1e-4, abs=1e-9)


def test_in_one_dimension():
    architecture = replace(plain_block(width=1), dims=1)
    network = build(architecture, (1, 9), 2, seed=0).eval()
    (block,) = network.stages[0]
    for conv in (block.branch.conv1, block.branch.conv2):
        conv.weight.data.fill_(1)
        conv.bias.data.zero_()
    energy = central_energy(network, torch.ones(2, 1, 9))
    assert energy == pytest.approx(np.array([0, 0, 1, 4, 9, 4, 1, 0, 0]) / 19, rel=1e-5)
    assert side_holding(energy, 0.95) == 5


def test_strides_and_the_theoretical_side():
    """resnet8: a stem of 3, two 3s, then 3 with stride 2 and 3, and again: 3 + 4 + 2 + 4 + 4 + 8 = 25."""
    network = build(PRESETS["resnet8"], (1, 64, 64), 3, seed=0).eval()
    sees = theoretical(network, (1, 64, 64))
    energy = central_energy(network, torch.randn(2, 1, 64, 64))
    rows = np.flatnonzero(energy.sum(1))
    assert rows[-1] - rows[0] + 1 == sees == 25


def test_of_a_run(tmp_path):
    run = small_run(tmp_path / "run", plain_block())
    before = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}
    found = receptive_field(run)
    assert found.sees == 5
    assert found.input == [8, 8]
    assert found.untrained == found.trained
    assert np.shape(found.trained.energy) == (8, 8)
    assert 0 < found.trained.side <= 5
    assert receptive_field(replace(run, network=torch.nn.Sequential(run.network))) is None
    assert all(torch.equal(tensor, before[name]) for name, tensor in run.network.state_dict().items())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in run.network.parameters())


def test_large_inputs_are_kept_small(tmp_path):
    run = small_run(tmp_path / "run", plain_block(), side=100, train=6, test=3)
    energy = np.array(receptive_field(run).trained.energy)
    assert energy.shape == (64, 64)
    assert energy.sum() == pytest.approx(1, abs=1e-3)
