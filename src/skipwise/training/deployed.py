"""A trained network as it is deployed: its normalisations and arms are merged into convolutions."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from skipwise.data.stream import Stream
from skipwise.networks import Network, fuse, has_shortcuts
from skipwise.tasks import Task
from skipwise.training.plan import ComputePlan

CHECKED_EXAMPLES = 256


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A fused network beside the one that was trained.

    `plain`: no shortcut is left in it. `difference`: the largest between the answers of the two, in fp32 on
    `CHECKED_EXAMPLES` validation examples or all there are.
    """

    parameters: int
    multiply_adds: int
    plain: bool
    difference: float


@torch.no_grad()
def deployed(task: Task, network: nn.Module, stream: Stream[Any], plan: ComputePlan) -> Deployed:
    """Fuse a trained network and hold it against itself."""
    network.eval()
    fused = fuse(network)
    costs = task.cost(fused, stream.dataset.input_spec)
    indices = stream.dataset.validation[:CHECKED_EXAMPLES]
    with replace(plan, precision="fp32").autocast():
        differences = [
            task.difference(network, fused, batch) for batch in stream.eval_batches(indices, task.eval_batch_size)
        ]
    return Deployed(
        parameters=costs.parameters,
        multiply_adds=costs.multiply_adds,
        plain=any(isinstance(module, Network) for module in fused.modules()) and not has_shortcuts(fused),
        difference=max(differences),
    )
