"""Layer responses: how much each layer of a trained network changes its input (He et al. 2015, Fig. 7)."""

import torch
from torch import Tensor, nn

from skipwise.analysis.hooks import deviation, undisturbed, watched
from skipwise.analysis.inside.trained import Trained
from skipwise.networks import ShortcutBlock, blocks_of, networks_in

EXAMPLES = 128


@torch.no_grad()
def layer_responses(trained: Trained) -> dict[str, float]:
    """The standard deviation of each layer's response, over examples, channels and positions, from input to answer.

    A response is what a convolution gives after its normalisation, before activation and addition.
    """
    found: dict[str, float] = {}

    def look(name: str, output: Tensor) -> None:
        found[name] = deviation(trained.network, output)

    with undisturbed(trained.network), watched(responding(trained.network), look), trained.plan.autocast():
        trained.network.eval()
        trained.task.eval_step(trained.network, trained.batch(EXAMPLES))
    return found


def responding(network: nn.Module) -> dict[str, nn.Module]:
    """The modules that give the responses: in stem and branches, each convolution or the normalisation right behind
    it.
    """
    (inner,) = networks_in(network)
    found = {f"stem, {name}": module for name, module in _responding_in(inner.stem).items()}
    for place, block in blocks_of(network).items():
        assert isinstance(block, ShortcutBlock)
        within = _responding_in(block.branch) or {"branch": block.branch}
        found |= {f"{place}, {name}": module for name, module in within.items()}
    return found


def _responding_in(layers: nn.Module) -> dict[str, nn.Module]:
    children = list(layers.named_children())
    behind = dict(zip((name for name, _ in children), children[1:], strict=False))
    found = {}
    for name, module in children:
        if name.startswith("conv"):
            next_name, next_module = behind.get(name, ("", module))
            found[name] = next_module if next_name.startswith("norm") else module
    return found
