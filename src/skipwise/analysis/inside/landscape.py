"""Loss landscape around the trained weights, along random directions (Li et al. 2018, arXiv 1712.09913)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed
from skipwise.analysis.inside.trained import Trained, evenly_spaced
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.data import Batch
from skipwise.keyed_rng import key
from skipwise.networks import Network, TextNetwork
from skipwise.recipe import Recipe

EXAMPLES = 256
CURVE, GRID = 21, 17
"""Points on a line and on a side of a square, from -1 to 1 in units of the filters' norms."""
Direction = dict[str, Tensor]


@dataclass(frozen=True, kw_only=True)
class LossCurve:
    """The loss along one direction, `at` so many norms of the filters from where training came to rest."""

    at: list[float]
    loss: list[float]


@dataclass(frozen=True, kw_only=True)
class LossSurfaces:
    """The loss over two directions by contender, a row for each `at` in the second one, on so many training
    `examples`.
    """

    at: list[float]
    loss: dict[str, list[list[float]]]
    examples: int


def loss_curve(run: Trained) -> LossCurve | None:
    """Return the loss along one direction; None for networks that answer more than one thing for an example."""
    if not isinstance(run.network, Network | TextNetwork):
        return None
    at = np.linspace(-1, 1, CURVE).round(6).tolist()
    loss = learned_loss(run, affordable_examples(run, EXAMPLES, CURVE))
    directions = [filter_normalised(run.network, run.seed, "first")]
    return LossCurve(at=at, loss=losses(run.network, loss, directions, [(a,) for a in at]))


def loss_surfaces(runs: Mapping[str, Trained]) -> LossSurfaces | None:
    """Return the loss over two directions around each contender's network, on the same number of examples.

    None where all of them answer more than one thing for an example.
    """
    at = np.linspace(-1, 1, GRID).round(6).tolist()
    examples = min((_shown(run) for run in runs.values()), default=0)
    found = {}
    for label, run in runs.items():
        if isinstance(run.network, Network | TextNetwork):
            directions = [filter_normalised(run.network, run.seed, name) for name in ("first", "second")]
            points = [(across, up) for up in at for across in at]
            table = losses(run.network, learned_loss(run, examples), directions, points)
            found[label] = [table[row * GRID : (row + 1) * GRID] for row in range(GRID)]
    return LossSurfaces(at=at, loss=found, examples=examples) if found else None


def _shown(run: Trained) -> int:
    return min(affordable_examples(run, EXAMPLES, GRID**2), len(run.stream.dataset.train))


def learned_loss(run: Trained, examples: int) -> Callable[[nn.Module], Tensor]:
    """The mean loss of a network in eval mode on so many training examples as they are, or all there are, in fp32.

    It is the task's, without label smoothing, mixing and whatever else a recipe changes.
    """
    dataset = run.stream.dataset
    batch: Batch = next(run.stream.eval_batches(evenly_spaced(dataset.train, examples), examples))
    teach = run.task.training_step(dataset, Recipe(epochs=1, batch_size=1), run.plan.device)
    return lambda network: teach(network, batch, 1.0)[0]


def filter_normalised(network: nn.Module, seed: int, name: str) -> Direction:
    """A direction in which each filter has the norm of the network's own; biases and normalisations stay (section 4).

    The same numbers are drawn for all twins. A dense layer's filters are the weights of one of its outputs, a table's
    its rows.
    """
    direction = {}
    for parameter_name, parameter in network.named_parameters():
        if parameter.ndim > 1:
            generator = torch.Generator().manual_seed(key(seed, "landscape", name, parameter_name))
            drawn = torch.randn(parameter.shape, generator=generator).to(parameter.device)
            axes = tuple(range(1, parameter.ndim))
            lengths = [torch.linalg.vector_norm(each, dim=axes, keepdim=True) for each in (parameter.detach(), drawn)]
            direction[parameter_name] = drawn * (lengths[0] / lengths[1])
    return direction


@torch.no_grad()
def losses(
    network: nn.Module,
    loss: Callable[[nn.Module], Tensor],
    directions: Sequence[Direction],
    points: Sequence[tuple[float, ...]],
) -> list[float]:
    """Return the loss with the weights moved to each point, by so much of each direction; nan where it is not
    finite.
    """
    found: list[float] = []
    with undisturbed(network):
        network.eval()
        for moved in _moved(network, directions, points):
            value = float(loss(moved))
            found.append(float(f"{value:.5g}") if np.isfinite(value) else float("nan"))
    return found


def _moved(
    network: nn.Module, directions: Sequence[Direction], points: Sequence[tuple[float, ...]]
) -> Iterator[nn.Module]:
    """The same network at one point after the other, each reckoned from where it began."""
    parameters = dict(network.named_parameters())
    centre = {name: parameters[name].detach().clone() for name in directions[0]}
    for point in points:
        for name, start in centre.items():
            shift = sum(share * direction[name] for share, direction in zip(point, directions, strict=True))
            parameters[name].copy_(start + shift)
        yield network
