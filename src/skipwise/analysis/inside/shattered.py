"""Shattered gradients: the correlation of neighbouring inputs' gradients (Balduzzi et al. 2017, arXiv 1702.08591)."""

from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed, watched
from skipwise.analysis.inside.trained import Trained
from skipwise.analysis.inside.untrained import untrained_network
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.keyed_rng import key
from skipwise.networks import Network, layers_in_order

LINES, POINTS, LAGS = 4, 64, 32
"""Lines between test examples, inputs at even steps on each, and the steps up to which gradients are compared."""
MOST_PLACES = 12


@dataclass(frozen=True, kw_only=True)
class GradientCorrelations:
    """Autocorrelations of gradients along lines between test examples, by place, for a gradient at each of `distances`.

    Distances are fractions of a line. `untrained` is empty for a network that began with weights from elsewhere.
    """

    distances: list[float]
    trained: dict[str, list[float]]
    untrained: dict[str, list[float]] = field(default_factory=dict)


def shattered(run: Trained) -> GradientCorrelations | None:
    """Return the autocorrelations of a network's gradients before and after training; None for networks whose input is
    no numbers, or whose answer is not one for an example.
    """
    if not isinstance(run.network, Network) or len(run.indices) < 2 * LINES:
        return None
    at_once = affordable_examples(run, LINES * POINTS)
    x = lines(run.batch(2 * max(1, at_once // POINTS)).inputs)
    begun = untrained_network(run)
    networks = {"trained": run.network} if begun is None else {"untrained": begun, "trained": run.network}
    correlations = {
        when: {
            place: [round(value, 5) for value in autocorrelation(gradients, LAGS).tolist()]
            for place, gradients in input_gradients(network, x, run.seed, at_once).items()
        }
        for when, network in networks.items()
    }
    return GradientCorrelations(distances=[lag / (POINTS - 1) for lag in range(LAGS + 1)], **correlations)


def lines(
    ends: Float[Tensor, "ends channels *space"], points: int = POINTS
) -> Float[Tensor, "lines points channels *space"]:
    """Straight lines from each example to the next one, which begins no other line, by even steps."""
    begin, end = ends[0::2][:, None], ends[1::2][:, None]
    step = torch.linspace(0, 1, points, device=ends.device).reshape(1, points, *[1] * (ends.ndim - 1))
    return begin + step * (end - begin)


def input_gradients(
    network: nn.Module, x: Float[Tensor, "lines points channels *space"], seed: int, at_once: int = LINES * POINTS
) -> dict[str, Float[Tensor, "lines points inputs"]]:
    """At places along the network, the gradient of what they give with respect to each input, in eval mode and fp32.

    What a place gives is made one number by a direction drawn at random, the same for all inputs and for all twins.
    """
    along = list(layers_in_order(network).items())
    chosen = np.unique(np.linspace(0, len(along) - 1, min(len(along), MOST_PLACES)).round().astype(int))
    given: dict[str, Tensor] = {}
    found: dict[str, list[Tensor]] = {}
    with (
        undisturbed(network),
        watched(dict(along[number] for number in chosen), given.__setitem__),
        torch.enable_grad(),
    ):
        network.eval().requires_grad_(False)
        for some in torch.split(x.flatten(0, 1), at_once):
            inputs = some.detach().requires_grad_(True)
            network(inputs)
            for name, output in given.items():
                (gradient,) = torch.autograd.grad(_in_direction(output, seed, name), inputs, retain_graph=True)
                found.setdefault(name, []).append(gradient.flatten(1))
            given.clear()
    return {name: torch.cat(rows).reshape(*x.shape[:2], -1) for name, rows in found.items()}


def autocorrelation(gradients: Float[Tensor, "lines points inputs"], lags: int) -> Float[np.ndarray, "shifts"]:
    """The mean cosine between gradients so many steps apart, from 0 steps to `lags`.

    A gradient of zero is alike to none.
    """
    units = nn.functional.normalize(gradients.cpu().double(), dim=2)
    return np.array(
        [float((units[:, : units.shape[1] - lag] * units[:, lag:]).sum(2).mean()) for lag in range(lags + 1)]
    )


def _in_direction(output: Float[Tensor, "inputs *map"], seed: int, name: str) -> Float[Tensor, ""]:
    generator = torch.Generator().manual_seed(key(seed, "direction", name))
    direction = torch.randn(output.shape[1:], generator=generator).to(output.device)
    return (output * direction).sum()
