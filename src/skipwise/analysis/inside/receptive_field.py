"""Effective receptive field of the last feature maps (Luo et al. 2016, arXiv 1701.04128)."""

import math
from dataclasses import dataclass
from types import EllipsisType
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from skipwise.analysis.hooks import undisturbed
from skipwise.analysis.inside.trained import Trained
from skipwise.analysis.inside.untrained import untrained_network
from skipwise.analysis.sample_budget import affordable_examples
from skipwise.networks import Network, layer_costs

EXAMPLES = 64
HELD = 0.95
"""The share of the gradient's energy that the effective receptive field holds."""
LARGEST_PICTURE = 64
"""Pixels a side; of larger inputs neighbours are averaged."""


@dataclass(frozen=True, kw_only=True)
class EffectiveField:
    """The gradient's energy over the input, in so many pixels as a picture needs, and its side in pixels of the
    input.
    """

    side: float
    energy: list[float] | list[list[float]]


@dataclass(frozen=True, kw_only=True)
class ReceptiveField:
    """The effective receptive field of one network, `untrained` being None where it began with weights from elsewhere.

    `sees` is the theoretical side in px, "all" where it is all of any input; `input` is the shape of an input in space.
    """

    seed: int
    sees: float | Literal["all"]
    input: list[int]
    trained: EffectiveField
    untrained: EffectiveField | None = None

    def fields(self) -> dict[str, EffectiveField]:
        """Return the field before and that after training, by "untrained" and "trained"."""
        return (
            {"trained": self.trained}
            if self.untrained is None
            else {"untrained": self.untrained, "trained": self.trained}
        )


def receptive_field(run: Trained) -> ReceptiveField | None:
    """Return the receptive field of the last maps before and after training.

    None for networks whose input is no numbers in space of one or two dimensions.
    """
    if not isinstance(run.network, Network):
        return None
    x = run.batch(affordable_examples(run, EXAMPLES)).inputs
    if x.ndim not in (3, 4):
        return None
    begun = untrained_network(run)
    networks = {"trained": run.network} if begun is None else {"untrained": begun, "trained": run.network}
    effective = {}
    for when, network in networks.items():
        assert isinstance(network, Network)
        energy = central_energy(network, x)
        effective[when] = EffectiveField(
            side=round(side_holding(energy, HELD), 3), energy=_small(energy).round(6).tolist()
        )
    return ReceptiveField(
        seed=run.seed,
        sees=theoretical(run.network, x.shape[1:]) or "all",
        input=list(x.shape[2:]),
        trained=effective["trained"],
        untrained=effective.get("untrained"),
    )


def central_energy(network: Network, x: Float[Tensor, "examples channels *space"]) -> Float[np.ndarray, "*space"]:
    """The squared gradient of the central unit of the last maps with respect to each pixel; it sums to 1, or is 0.

    In eval mode and fp32; the unit's channels are added up, squares are averaged over examples and input channels.
    """
    inputs = x.detach().clone().requires_grad_(True)
    with undisturbed(network), torch.enable_grad():
        network.eval().requires_grad_(False)
        last = network.features(inputs)[-1]
        centre: list[int | EllipsisType] = [..., *(side // 2 for side in last.shape[2:])]
        (gradient,) = torch.autograd.grad(last[tuple(centre)].sum(), inputs)
    energy = gradient.cpu().double().square().mean((0, 1)).numpy()
    return np.asarray(energy / (energy.sum() or 1.0))


def side_holding(energy: Float[np.ndarray, "*space"], share: float) -> float:
    """The side of a square of as many pixels as hold this share of the energy, the largest first; 0 without energy."""
    if energy.sum() == 0:
        return 0.0
    held = np.sort(energy, axis=None)[::-1].cumsum() / energy.sum()
    return float((np.searchsorted(held, share - 1e-9) + 1) ** (1 / energy.ndim))


def theoretical(network: Network, input_shape: tuple[int, ...]) -> float | None:
    """The side of what one number of the last maps can see, in px; None where it is all of any input."""
    sees = [layer.receptive_field for layer in layer_costs(network, input_shape) if not layer.name.startswith("head")]
    return float(sees[-1]) if sees and math.isfinite(sees[-1]) else None


def _small(energy: Float[np.ndarray, "*space"]) -> Float[np.ndarray, "*smaller"]:
    """The same in so many pixels as a picture needs, its sum kept."""
    for axis in range(energy.ndim):
        cells = min(energy.shape[axis], LARGEST_PICTURE)
        begins = np.linspace(0, energy.shape[axis], cells, endpoint=False).astype(int)
        energy = np.add.reduceat(energy, begins, axis=axis)
    return energy
