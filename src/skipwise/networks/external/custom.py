"""A user's own network as a contender, named by a dotted path."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from skipwise.errors import UserError
from skipwise.keyed_rng import key
from skipwise.networks.architecture import Architecture
from skipwise.networks.dotted import load_dotted, trust


@dataclass(frozen=True, kw_only=True)
class CustomNetwork:
    """A class or function `path` that is called with (input_shape, classes) and gives a module with logits."""

    path: str

    def __post_init__(self) -> None:
        trust(self.path)  # what text or a file names is checked before it comes here

    def build(self, input_shape: Sequence[int], classes: int, seed: int) -> nn.Module:
        """The module, its parameters as its own code draws them under torch's generator set to the seed."""
        make = load_dotted(self.path)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(seed, "own network"))
            try:
                network = make(tuple(input_shape), classes)
            except Exception as error:
                raise UserError(
                    f"{self.path} cannot be used: calling it with (input_shape={tuple(input_shape)}, "
                    f"classes={classes}) fails with {error!r}."
                ) from error
        if not isinstance(network, nn.Module):
            raise UserError(f"{self.path} gave {type(network).__name__}: it must give a torch.nn.Module.")
        return network


def custom_network(path: str) -> Architecture | CustomNetwork:
    """Load a dotted path: an Architecture that somebody wrote down, or a network of their own."""
    found = load_dotted(path)
    if isinstance(found, Architecture):
        return found
    if not callable(found):
        raise UserError(
            f"{path} is {type(found).__name__}: it must be an Architecture, or a class or function that takes "
            "(input_shape, classes) and gives a torch.nn.Module."
        )
    return CustomNetwork(path=path)
