"""What a network costs: parameters and multiply-adds, counted without running real data."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Parameters, and multiply-adds of one input through convolutions and dense layers (one multiply-add is 1)."""

    parameters: int
    multiply_adds: int


def cost(network: nn.Module, input_shape: Sequence[int]) -> Cost:
    """The cost of a network for one input of this shape; runs shapes alone (meta device), no data."""
    counts: list[int] = []

    def count(module: nn.Module, _: object, output: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        positions = math.prod(output.shape[2:]) if isinstance(module, _ConvNd) else 1
        counts.append(positions * weight.numel())

    shapes = copy.deepcopy(network).to("meta").eval()
    for module in shapes.modules():
        if isinstance(module, _ConvNd | nn.Linear):
            module.register_forward_hook(count)
    with torch.no_grad():
        shapes(torch.empty(1, *input_shape, device="meta"))
    return Cost(parameters=sum(p.numel() for p in network.parameters()), multiply_adds=sum(counts))
