"""Looking into a network while it computes, and leaving it as it was."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from skipwise.errors import UserError
from skipwise.networks import ShortcutBlock, networks_in
from skipwise.networks.lengths import lengths_in

Look = Callable[[str, Tensor], None]


def places(network: nn.Module) -> dict[str, nn.Module]:
    """The modules whose outputs follow one another from input to answer, in their order.

    Of a network of ours: its stem, its blocks, its head. Of any other: its convolutions and dense layers as they are
    listed. Raises UserError where there are none.
    """
    if len(networks_in(network)) == 1:
        (inner,) = networks_in(network)
        stem = {"stem": inner.stem} if len(inner.stem) else {}
        return stem | blocks(network) | {"head": inner.head}
    found: dict[str, nn.Module] = {name: part for name, part in network.named_modules() if isinstance(part, WEIGHTED)}
    if len(found) < 2:
        raise UserError(
            f"{type(network).__name__} has fewer than two of torch's convolutions and dense layers to watch."
        )
    return found


WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def blocks(network: nn.Module) -> dict[str, nn.Module]:
    """The blocks of a network of ours, in their order; no other network has any."""
    return {
        f"stage {stage}, block {number}": block
        for inner in networks_in(network)
        for stage, layers in enumerate(inner.stages, start=1)
        for number, block in enumerate((part for part in layers.children() if isinstance(part, ShortcutBlock)), start=1)
    }


@contextmanager
def watched(modules: Mapping[str, nn.Module], look: Look) -> Iterator[None]:
    """Within, `look(name, output)` sees what each of these modules gives. No hook stays behind, after an error neither."""
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
    state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, tensor in network.state_dict().items():
                tensor.copy_(state[name])
        for module, mode in modes.items():
            module.training = mode
        for parameter, (requires_grad, gradient) in wanting.items():
            parameter.requires_grad_(requires_grad)
            parameter.grad = gradient


def _look(look: Look, name: str, _: nn.Module, __: Any, output: Tensor) -> None:
    look(name, output)
