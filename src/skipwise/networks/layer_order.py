"""The layers of a network in the order of the computation, by name."""

from torch import nn

from skipwise.networks.blocks import ShortcutBlock
from skipwise.networks.network import networks_in

WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def layers_in_order(network: nn.Module) -> dict[str, nn.Module]:
    """Return the modules whose outputs follow one another from input to output, in their order.

    Of a network of ours: its stem, its blocks, its head. Of any other: its convolutions and dense layers as they are
    listed, which may be none.
    """
    if len(networks_in(network)) == 1:
        (inner,) = networks_in(network)
        stem = {"stem": inner.stem} if len(inner.stem) else {}
        return stem | blocks_of(network) | {"head": inner.head}
    return {name: part for name, part in network.named_modules() if isinstance(part, WEIGHTED)}


def blocks_of(network: nn.Module) -> dict[str, nn.Module]:
    """The blocks of a network of ours, in their order; no other network has any."""
    return {
        f"stage {stage}, block {number}": block
        for inner in networks_in(network)
        for stage, layers in enumerate(inner.stages, start=1)
        for number, block in enumerate((part for part in layers.children() if isinstance(part, ShortcutBlock)), start=1)
    }
