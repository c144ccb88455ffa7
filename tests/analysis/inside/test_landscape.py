"""Losses round weights and their curvature, against quadratics, softmax regression and torch's own Hessian."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from pydantic import TypeAdapter
from torch import nn

from skipwise.analysis.inside.landscape import (
    CURVE,
    GRID,
    filter_normalised,
    learned_loss,
    loss_curve,
    loss_surfaces,
    losses,
)
from skipwise.analysis.inside.sharpness import Sharpness, sharpness, top_eigenvalue
from skipwise.analysis.result_cache import without_nan
from support.trained import plain_block, small_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("run"), plain_block())


class Weights(nn.Module):
    """Numbers that a loss is a function of."""

    def __init__(self, *start):
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor([start]))


def test_each_filter_of_a_direction_is_as_long_as_the_networks(run):
    direction = filter_normalised(run.network, 0, "first")
    weights = {name: parameter for name, parameter in run.network.named_parameters() if parameter.ndim > 1}
    assert list(direction) == list(weights)
    assert not any("bias" in name for name in direction)
    for name, weight in weights.items():
        assert torch.allclose(direction[name].flatten(1).norm(dim=1), weight.flatten(1).norm(dim=1)), name
        assert not torch.allclose(direction[name], weight)


def test_a_direction_is_drawn_by_seed_and_name(run):
    first = filter_normalised(run.network, 0, "first")
    assert all(torch.equal(one, first[name]) for name, one in filter_normalised(run.network, 0, "first").items())
    for other in (filter_normalised(run.network, 1, "first"), filter_normalised(run.network, 0, "second")):
        assert not any(torch.allclose(one, first[name]) for name, one in other.items())


def test_a_parabola_by_hand():
    """(3 + 2 a + b)^2 over a and b, and None where it overflows."""
    network = Weights(3.0)
    directions = [{"numbers": torch.tensor([[2.0]])}, {"numbers": torch.tensor([[1.0]])}]
    points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (-1.0, -1.0), (1e30, 0.0)]
    found = losses(network, lambda moved: moved.numbers.square().sum(), directions, points)
    assert found == pytest.approx([9, 25, 16, 0, float("nan")], nan_ok=True)
    assert network.numbers.item() == 3


def test_in_the_middle_stands_the_loss_of_what_was_learned(run):
    loss = learned_loss(run, 256)(run.network).item()
    batch = next(run.stream.eval_batches(run.stream.dataset.train, 1000))
    assert loss == pytest.approx(float(F.cross_entropy(run.network(batch.inputs), batch.targets).detach()), rel=1e-5)
    curve = loss_curve(run)
    assert curve.at[CURVE // 2] == 0
    assert curve.loss[CURVE // 2] == pytest.approx(loss, rel=1e-4)
    assert len(set(curve.loss)) > CURVE // 2


def test_a_surface_has_the_curve_in_its_middle_row(run):
    surfaces = loss_surfaces({"one": run, "foreign": replace(run, network=nn.Sequential(run.network))})
    assert list(surfaces.loss) == ["one"]
    table, curve = np.array(surfaces.loss["one"]), loss_curve(run)
    assert table.shape == (GRID, GRID)
    for column in (0, GRID // 2, GRID - 1):
        at = {0: 0, GRID // 2: CURVE // 2, GRID - 1: CURVE - 1}[column]
        assert table[GRID // 2, column] == pytest.approx(curve.loss[at], rel=1e-4)
    assert not np.allclose(table, table.T)


def test_nothing_stays_moved(run):
    before = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}

    def breaks(network):
        raise ArithmeticError

    run.network.stages[0].train()
    with pytest.raises(ArithmeticError):
        losses(run.network, breaks, [filter_normalised(run.network, 0, "first")], [(1.0,)])
    with pytest.raises(ArithmeticError):
        top_eigenvalue(run.network, breaks, 0)
    assert run.network.stages[0].training
    run.network.eval()
    assert all(torch.equal(tensor, before[name]) for name, tensor in run.network.state_dict().items())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in run.network.parameters())


def test_the_hessian_of_a_quadratic():
    """x^2 / 2 times 1, -7 and 3: the eigenvalue of largest magnitude is -7."""
    scales = torch.tensor([1.0, -7.0, 3.0])
    found = top_eigenvalue(Weights(1.0, 2.0, 3.0), lambda network: (scales * network.numbers**2).sum() / 2, seed=0)
    assert found.eigenvalue == pytest.approx(-7, rel=1e-3)
    assert found.converged
    assert found.iterations < 20


def test_iterations_that_are_too_few_are_told():
    loss = lambda network: (torch.tensor([1.0, 0.99]) * network.numbers**2).sum() / 2  # noqa: E731
    found = top_eigenvalue(Weights(1.0, 2.0), loss, seed=0, iterations=1)
    assert (found.iterations, found.converged) == (1, False)


def test_a_loss_without_curvature_has_none():
    found = top_eigenvalue(Weights(1.0, 2.0), lambda network: network.numbers.sum(), seed=0)
    assert found.eigenvalue == 0
    assert found.converged


def test_softmax_regression_against_torchs_hessian():
    generator = torch.Generator().manual_seed(0)
    x, labels = torch.randn(30, 4, generator=generator), torch.randint(3, (30,), generator=generator)
    network = nn.Linear(4, 3)
    for parameter in network.parameters():
        nn.init.normal_(parameter, generator=generator)
    flat = torch.cat([network.weight.flatten(), network.bias]).detach()

    def of_numbers(numbers):
        return F.cross_entropy(x @ numbers[:12].reshape(3, 4).T + numbers[12:], labels)

    hessian = torch.autograd.functional.hessian(of_numbers, flat).numpy()
    found = top_eigenvalue(network, lambda module: F.cross_entropy(module(x), labels), seed=0, precision=1e-5)
    assert found.converged
    assert found.eigenvalue == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-3)


def test_a_network_against_torchs_hessian(run):
    loss, names = learned_loss(run, 256), dict(run.network.named_parameters())
    sizes = [parameter.numel() for parameter in names.values()]
    flat = torch.cat([parameter.flatten() for parameter in names.values()]).detach()
    batch = next(run.stream.eval_batches(run.stream.dataset.train, 1000))

    def of_numbers(numbers):
        parts = numbers.split(sizes)
        given = {name: part.reshape(names[name].shape) for name, part in zip(names, parts, strict=True)}
        return F.cross_entropy(torch.func.functional_call(run.network, given, batch.inputs), batch.targets)

    eigenvalues = np.linalg.eigvalsh(torch.autograd.functional.hessian(of_numbers, flat).numpy())
    expected = max(eigenvalues, key=abs)
    found = top_eigenvalue(run.network, loss, seed=0, iterations=500, precision=1e-6)
    assert found.eigenvalue == pytest.approx(expected, rel=1e-2)
    assert top_eigenvalue(run.network, loss, seed=0, iterations=500, precision=1e-6) == found


def test_sharpness_is_what_json_holds(run):
    found = sharpness(run)
    assert TypeAdapter(Sharpness).validate_python(json.loads(json.dumps(without_nan(found)))) == found
    assert sharpness(replace(run, network=nn.Sequential(run.network))) is None
