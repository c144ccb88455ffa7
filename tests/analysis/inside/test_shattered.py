"""Autocorrelations of gradients, against networks worked by hand and a naive loop."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch

from skipwise.analysis import sample_budget as affordable_module
from skipwise.analysis.inside.shattered import autocorrelation, input_gradients, lines, shattered
from skipwise.analysis.inside.untrained import untrained_network, with_statistics
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.networks import PRESETS, Architecture, Block, Head, Stage, build
from skipwise.networks.branches import Basic
from support.trained import small_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    return {label: small_run(home / label, PRESETS[label], label=label) for label in ("plain20", "resnet20")}


def two_layers(activation):
    """Two convolutions without normalisation and a dense layer."""
    block = Block(branch=Basic(), normalisation="none", activation=activation)
    architecture = Architecture(
        stem=None, stages=(Stage(blocks=1, width=4, downsample="none", block=block),), head=Head()
    )
    return build(architecture, (1, 5, 5), 3, seed=1).eval()


def test_lines_go_from_example_to_example():
    ends = torch.randn(4, 1, 3, 3)
    found = lines(ends, 5)
    assert found.shape == (2, 5, 1, 3, 3)
    assert torch.equal(found[:, 0], ends[0::2])
    assert torch.allclose(found[1, -1], ends[3])
    assert torch.allclose(found[0, 1], 0.75 * ends[0] + 0.25 * ends[1])


def test_a_linear_network_has_the_same_gradient_everywhere():
    network = two_layers("leaky-relu")
    for module in network.modules():
        if isinstance(module, torch.nn.LeakyReLU):
            module.negative_slope = 1.0
    gradients = input_gradients(network, lines(torch.randn(4, 1, 5, 5), 8), seed=0)
    for found in gradients.values():
        assert autocorrelation(found, 5) == pytest.approx(np.ones(6))
    matrix = network.head.dense.weight
    assert np.linalg.matrix_rank(gradients["head"].reshape(16, -1).numpy(), tol=1e-5) == 1
    assert matrix.grad is None


def test_alternating_gradients_by_hand():
    there_and_back = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [3.0, 0.0], [0.0, 4.0]]])
    assert autocorrelation(there_and_back, 3) == pytest.approx([1, 0, 1, 0])
    opposite = torch.tensor([[[1.0, 0.0], [-2.0, 0.0], [0.0, 0.0]]])
    assert autocorrelation(opposite, 2) == pytest.approx([2 / 3, -1 / 2, 0])


def test_against_a_naive_loop():
    network = two_layers("relu")
    x = lines(torch.randn(4, 1, 5, 5, generator=torch.Generator().manual_seed(0)), 9)
    found = input_gradients(network, x, seed=3)["head"]
    again = input_gradients(network, x, seed=3)["head"]
    assert torch.equal(found, again)
    assert not torch.equal(found, input_gradients(network, x, seed=4)["head"])
    rows = []
    for line in found.double().numpy():
        by_lag = []
        for lag in range(5):
            cosines = [
                one @ other / np.linalg.norm(one) / np.linalg.norm(other)
                for one, other in zip(line, line[lag:], strict=False)
            ]
            by_lag.append(np.mean(cosines))
        rows.append(by_lag)
    assert autocorrelation(found, 4) == pytest.approx(np.mean(rows, 0), abs=1e-9)
    assert autocorrelation(found, 4)[4] < 0.999


def test_one_input_by_itself_has_the_same_gradient():
    """No input looks at the others, as those of a batch in training mode would."""
    torch.manual_seed(0)
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    with_statistics(network, torch.randn(32, 1, 8, 8))
    x = lines(torch.randn(2, 1, 8, 8), 6)
    whole = input_gradients(network, x, seed=0)
    for place, found in input_gradients(network, x, seed=0, at_once=4).items():
        assert torch.allclose(found, whole[place], rtol=1e-4, atol=1e-6), place
    for place, found in input_gradients(network, x[:, 2:3], seed=0).items():
        assert torch.allclose(found, whole[place][:, 2:3], rtol=1e-4, atol=1e-6), place


def test_normalisations_know_the_inputs_afterwards(runs):
    network = build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0)
    x = 3 + 2 * torch.randn(64, 1, 8, 8)
    expected = deepcopy(network).train()(x)
    with_statistics(network, x)
    assert not any(module.training for module in network.modules())
    assert network.stem.norm1.momentum == 0.1
    assert torch.allclose(network(x), expected, atol=0.05)
    mean = network.stem.conv1(x).mean((0, 2, 3))
    assert torch.allclose(network.stem.norm1.running_mean, mean, atol=1e-4)


def test_the_beginning_is_what_the_run_began_with(runs):
    run = runs["resnet20"]
    with torch.no_grad():
        run.network.head.dense.weight.mul_(1.5)  # as if it had learned
    begun = untrained_network(run)
    expected = build(PRESETS["resnet20"], (1, 8, 8), 3, seed=0)
    for (name, one), other in zip(begun.named_parameters(), expected.parameters(), strict=True):
        assert torch.equal(one, other), name
    assert not torch.equal(begun.head.dense.weight, run.network.head.dense.weight)


def test_shortcuts_keep_gradients_alike(runs):
    before = {name: tensor.clone() for name, tensor in runs["plain20"].network.state_dict().items()}
    found = {label: shattered(run) for label, run in runs.items()}
    for of_run in found.values():
        assert len(of_run.distances) == 33
        assert of_run.untrained["head"][0] == of_run.trained["head"][0] == 1
    assert found["resnet20"].untrained["head"][1] > found["plain20"].untrained["head"][1] + 0.1
    for name, tensor in runs["plain20"].network.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert all(parameter.requires_grad for parameter in runs["plain20"].network.parameters())


def test_dear_networks_see_fewer_examples(runs, monkeypatch):
    run = runs["plain20"]
    assert affordable_examples(run, 200) == 200
    costs = run.task.cost(run.network, run.stream.dataset.input_spec)
    monkeypatch.setattr(affordable_module, "BYTES", 100 * costs.activation_bytes)
    assert [affordable_examples(run, most) for most in (200, 100, 64, 30)] == [64, 100, 64, 30]
    monkeypatch.setattr(affordable_module, "IN_ALL", 250 * costs.multiply_adds)
    assert [affordable_examples(run, 100, passes) for passes in (1, 5, 10)] == [100, 32, 16]
    monkeypatch.setattr(affordable_module, "MULTIPLY_ADDS", 3 * costs.multiply_adds)
    assert affordable_examples(run, 200) == 8
    assert affordable_examples(run, 4) == 4


def test_other_networks_are_left_out(runs):
    other = replace(runs["plain20"], network=torch.nn.Sequential(runs["plain20"].network))
    assert shattered(other) is None
