"""Random masks that are functions of (seed, step, module name), whatever else was drawn before."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from skipwise.keyed_rng import key


class KeyedMask(nn.Module):
    """A layer with a random mask; `draw_key` is set anew for each step by `key_masks`."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.draw_key = key("unset")

    def kept(self, *shape: int, device: torch.device) -> Bool[Tensor, "..."]:
        """True with probability 1 - rate, each entry by itself."""
        generator = torch.Generator(device).manual_seed(self.draw_key)
        return torch.rand(shape, generator=generator, device=device) >= self.rate

    def extra_repr(self) -> str:
        return f"rate={self.rate:g}"


class KeyedDropout(KeyedMask):
    """Feature c of example n is zero with probability `rate`, else divided by 1 - rate (Srivastava et al. 2014)."""

    def forward(self, x: Float[Tensor, "batch features"]) -> Float[Tensor, "batch features"]:
        if not self.training or self.rate == 0:
            return x
        return x * self.kept(*x.shape, device=x.device) / (1 - self.rate)


class ThinnedMaps(KeyedMask):
    """Each number is zero with probability `rate` in training, and all are multiplied by 1 - rate afterwards.

    It is dropout as He et al. 2016 (arXiv 1603.05027, section 3.1) put it on the shortcut: unlike the usual kind it
    scales the maps by 1 - rate on average, in training too.
    """

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch channels *space"]:
        return x * self.kept(*x.shape, device=x.device) if self.training else x * (1 - self.rate)


class StochasticDepth(KeyedMask):
    """The branch of example n is dropped with probability `rate`, else divided by 1 - rate.

    Huang et al. 2016 (arXiv 1603.09382) multiply by 1 - rate when testing instead: the same on average.
    """

    def forward(self, x: Float[Tensor, "batch channels *space"]) -> Float[Tensor, "batch channels *space"]:
        if not self.training or self.rate == 0:
            return x
        return x * self.kept(len(x), *[1] * (x.ndim - 1), device=x.device) / (1 - self.rate)


def key_masks(network: nn.Module, seed: int, step: int) -> None:
    """Make every random mask of the coming training step a function of (seed, step, module name).

    Modules of a user's own draw from torch's global generator, so that one is set to (seed, step) too.
    """
    torch.manual_seed(key(seed, "step", step))
    for name, module in network.named_modules():
        if isinstance(module, KeyedMask):
            module.draw_key = key(seed, "dropout", step, name)
