"""The exponential moving average of a network's weights, which is judged in place of the network itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from skipwise.training.checkpoint import State


class Average:
    """Of all weights and statistics, with `decay` a step (Polyak and Juditsky 1992, in the form used today).

    Early steps decay faster, min(decay, (1 + n) / (10 + n)) after n of them, so that the start is soon forgotten.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state: State = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, steps_done: int) -> None:
        kept = min(self.decay, (1 + steps_done) / (10 + steps_done))
        for name, tensor in network.state_dict().items():
            if tensor.is_floating_point():
                self.state[name].lerp_(tensor, 1 - kept)
            else:
                self.state[name].copy_(tensor)

    @contextmanager
    def in_place_of(self, network: nn.Module) -> Iterator[None]:
        """The network carries the average, and its own weights again afterwards."""
        own = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
        network.load_state_dict(self.state)
        try:
            yield
        finally:
            network.load_state_dict(own)
