"""How large the gradient is along a network while it learns: what a vanishing gradient would show."""

import math
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from skipwise.networks import layers_in_order

EVERY = 10
"""Of so many steps one is measured, so that it takes less than 3 % of the time."""

Norms = dict[str, list[float]]
"""At each place, the norms of the steps that were measured."""


def weights_by_place(network: nn.Module) -> dict[str, list[nn.Parameter]]:
    """The parameters of the stem, each block and the head; of other networks of each convolution and dense layer."""
    found = {name: [*module.parameters()] for name, module in layers_in_order(network).items()}
    return {name: parameters for name, parameters in found.items() if parameters}


def gradient_norms(parameters: Mapping[str, Sequence[nn.Parameter]]) -> dict[str, float]:
    """The norm of a batch's mean gradient with respect to the parameters of each place, those without one left out."""
    names, gradients = [], []
    for name, of_place in parameters.items():
        for parameter in of_place:
            if parameter.grad is not None:
                names.append(name)
                gradients.append(parameter.grad)
    squares: dict[str, float] = {}
    for name, norm in zip(names, norms(gradients), strict=True):
        squares[name] = squares.get(name, 0.0) + norm**2
    return {name: math.sqrt(square) for name, square in squares.items()}


def root_mean_squares(norms: Norms) -> dict[str, float | None]:
    """Of the measured steps, at each place; None where one was not finite."""
    found = {name: math.sqrt(sum(norm**2 for norm in of_place) / len(of_place)) for name, of_place in norms.items()}
    return {name: norm if math.isfinite(norm) else None for name, norm in found.items()}


def norms(tensors: Iterable[Tensor]) -> list[float]:
    """Return the norm of each, in one go, so that a GPU is waited for once."""
    several = [*tensors]
    return torch.stack([norm.float() for norm in torch._foreach_norm(several)]).tolist() if several else []
