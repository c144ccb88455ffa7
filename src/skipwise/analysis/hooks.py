"""Forward hooks that observe a network while it computes, and restore it afterwards."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from skipwise.networks.lengths import lengths_in

Look = Callable[[str, Tensor], None]


@contextmanager
def watched(modules: Mapping[str, nn.Module], look: Look) -> Iterator[None]:
    """Within, `look(name, output)` sees what each of these modules gives. No hook stays behind, after an error
    neither.
    """
    with ExitStack() as hooks:
        for name, module in modules.items():
            hooks.enter_context(module.register_forward_hook(partial(_look, look, name)))
        yield


def deviation(network: nn.Module, output: Tensor) -> float:
    """The standard deviation of what some place of the network has just given, where there is text and no padding."""
    lengths = lengths_in(network)
    if lengths is not None and output.ndim == 3:
        output = output.transpose(1, 2)[lengths.mask(output)[:, 0]]
    return float(output.detach().float().std())


@contextmanager
def undisturbed(network: nn.Module) -> Iterator[None]:
    """Afterwards modes, parameters, buffers, gradients and what wants gradients are as before, after an error too."""
    modes = {module: module.training for module in network.modules()}
    wanting = {parameter: (parameter.requires_grad, parameter.grad) for parameter in network.parameters()}
    tensors = [*network.parameters(), *network.buffers()]
    kept = [tensor.detach().clone() for tensor in tensors]
    for parameter in wanting:
        parameter.grad = None  # or what comes would be added to what is there
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, before in zip(tensors, kept, strict=True):
                tensor.copy_(before)
        for module, mode in modes.items():
            module.training = mode
        for parameter, (requires_grad, gradient) in wanting.items():
            parameter.requires_grad_(requires_grad)
            parameter.grad = gradient


def _look(look: Look, name: str, _: nn.Module, __: Any, output: Tensor) -> None:
    look(name, output)
