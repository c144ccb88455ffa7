"""The lengths of texts: padding is followed through every layer that mixes positions, and changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

Sequences = Float[Tensor, "batch channels length"]


class Lengths:
    """The number of positions of each text that are no padding, at every resolution of one forward pass.

    A resolution is known by the length of its maps, which is the longest text's at least. Layers that shrink the maps
    tell what becomes of the texts.
    """

    def __init__(self, valid: Int[Tensor, "batch"], length: int) -> None:
        self._valid = {length: valid}
        self._masks: dict[int, Bool[Tensor, "batch 1 length"]] = {}

    def of(self, x: Sequences) -> Int[Tensor, "batch"]:
        """The number of positions of each text in these maps."""
        length = x.shape[2]
        if length not in self._valid:
            self.shrink(min(known for known in self._valid if known > length), length, 2)
        return self._valid[length]

    def mask(self, x: Sequences) -> Bool[Tensor, "batch 1 length"]:
        """True where there is text."""
        length = x.shape[2]
        if length not in self._masks:
            self._masks[length] = (torch.arange(length, device=x.device) < self.of(x)[:, None])[:, None]
        return self._masks[length]

    def fill(self, x: Sequences, value: float) -> Sequences:
        """The maps with this number in place of padding."""
        return x.masked_fill(~self.mask(x), value)

    def shrink(self, before: int, after: int, stride: int, *, whole: bool = False) -> None:
        """Maps of length `before` became ones of length `after`: every `stride`-th position, or every whole window."""
        valid = self._valid[before]
        self._valid[after] = valid // stride if whole else (valid + stride - 1) // stride


class FollowsLengths(nn.Module):
    """A layer that mixes positions, and so has to know where texts end; None where nothing is padded."""

    lengths: Lengths | None = None


@contextmanager
def following(network: nn.Module, lengths: Lengths | None) -> Iterator[None]:
    """Inside, every layer of the network knows these lengths."""
    layers = [module for module in network.modules() if isinstance(module, FollowsLengths)]
    before = [layer.lengths for layer in layers]
    for layer in layers:
        layer.lengths = lengths
    try:
        yield
    finally:
        for layer, kept in zip(layers, before, strict=True):
            layer.lengths = kept


def lengths_in(network: nn.Module) -> Lengths | None:
    """The lengths that the layers of a network know now."""
    return next((module.lengths for module in network.modules() if isinstance(module, FollowsLengths)), None)
