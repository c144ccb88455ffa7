"""What becomes of a trained network when its normalisations and arms are merged into convolutions."""

from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from skipwise.data.stream import Stream
from skipwise.networks import Network, cost, fuse, has_shortcuts
from skipwise.training.evaluate import evaluate
from skipwise.training.plan import Plan

CHECKED_IMAGES = 256


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A fused network beside the one that was trained.

    `plain`: no shortcut is left in it. `difference`: the largest between the probabilities of the two, in fp32 on
    `CHECKED_IMAGES` validation images or all there are.
    """

    parameters: int
    multiply_adds: int
    plain: bool
    difference: float


def deployed(network: nn.Module, stream: Stream, plan: Plan) -> Deployed:
    """Fuse a trained network and hold it against itself."""
    fused = fuse(network)
    costs = cost(fused, stream.dataset.input_shape)
    indices = stream.dataset.validation[:CHECKED_IMAGES]
    exact = replace(plan, precision="fp32")
    before, after = (evaluate(either, stream, indices, exact)[0] for either in (network, fused))
    return Deployed(
        parameters=costs.parameters,
        multiply_adds=costs.multiply_adds,
        plain=isinstance(fused, Network) and not has_shortcuts(fused),
        difference=float(np.abs(before - after).max()),
    )
