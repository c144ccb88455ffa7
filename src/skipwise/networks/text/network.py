"""Networks that read text: a lookup table in front of a network of one dimension, blind to padding."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.errors import UserError
from skipwise.networks.architecture import Architecture
from skipwise.networks.external.custom import CustomNetwork
from skipwise.networks.external.libraries import ExternalNetwork
from skipwise.networks.initialisation import initialise
from skipwise.networks.lengths import Lengths, following
from skipwise.networks.network import Network, least_size

PADDING = 0
"""The token behind a text's end."""
EMBEDDING_STD = 0.1
"""Small, as Kim 2014 has it (uniform to .25): a rate of .001 then moves a rare word in a few steps."""

Tokens = Int[Tensor, "batch length"]


class TextNetwork(nn.Module):
    """From tokens to logits: each token's row of a table, then the network over positions.

    Token 0 is padding and stands behind a text's end only; it changes nothing, in training neither, however much of it
    there is. Of a text that is shorter than the network's least length, so many padding tokens count as text as are
    needed, their rows being zero.
    """

    def __init__(self, architecture: Architecture, vocabulary: int, length: int, classes: int) -> None:
        super().__init__()
        self.least = least_size(architecture)
        self.embedding = nn.Embedding(vocabulary, architecture.embedding, padding_idx=PADDING)
        self.network = Network(architecture, (architecture.embedding, length), classes)

    def forward(self, tokens: Tokens) -> Float[Tensor, "batch classes"]:
        with following(self, lengths_of(self._long_enough(tokens), self.least)):
            logits: Tensor = self.network(self.vectors(tokens))
        return logits

    def vectors(self, tokens: Tokens) -> Float[Tensor, "batch channels _"]:
        """Return the rows of the table, as many as the network needs at least."""
        rows: Tensor = self.embedding(self._long_enough(tokens))
        return rows.transpose(1, 2)

    def _long_enough(self, tokens: Tokens) -> Int[Tensor, "batch _"]:
        return F.pad(tokens, (0, max(self.least - tokens.shape[1], 0)), value=PADDING)

    def example(self, input_shape: Sequence[int]) -> Tokens:
        """Return tokens for shapes alone, as (vocabulary, length) or (length,) has it."""
        return tokens_of_shape(input_shape)


def lengths_of(tokens: Tokens, least: int) -> Lengths | None:
    """Return where texts end, at `least` tokens or later; None where none is padded, or shapes alone are known."""
    if tokens.is_meta or not (tokens[:, -1] == PADDING).any():
        return None
    length = tokens.shape[1]
    number = torch.arange(1, length + 1, device=tokens.device)
    ends = (number * (tokens != PADDING)).amax(1).clamp(min=least)
    return Lengths(ends, length) if bool((ends < length).any()) else None


def tokens_of_shape(input_shape: Sequence[int]) -> Tokens:
    """Return one text of this length on the meta device."""
    return torch.empty(1, input_shape[-1], dtype=torch.long, device="meta")


def build_text(
    network: Architecture | CustomNetwork | ExternalNetwork, vocabulary: int, length: int, classes: int, seed: int
) -> nn.Module:
    """Build the network for texts of `length` tokens out of so many, its parameters drawn from the seed.

    The table is drawn normal with EMBEDDING_STD, its row of padding zero. A network of a
    user's own is called with ((vocabulary, length), classes) and gets tokens. Raises UserError for a network that
    reads no text, or whose architecture contradicts itself.
    """
    if isinstance(network, ExternalNetwork):
        raise UserError(f"{network.library}/{network.name} reads images, and the data are texts: {_INSTEAD}.")
    if isinstance(network, CustomNetwork):
        own = network.build((vocabulary, length), classes, seed)
        own.example = tokens_of_shape  # type: ignore[assignment]
        return own
    check_text(network)
    built = TextNetwork(network, vocabulary, length, classes)
    initialise(built, seed, kind=network.initialisation, activation=network.stages[0].block.activation)
    with torch.no_grad():
        built.embedding.weight.mul_(EMBEDDING_STD)
        built.embedding.weight[PADDING] = 0
    return built


def check_text(network: Architecture) -> None:
    """Raise UserError where an architecture contradicts itself or reads no text."""
    if network.dims != 1:
        raise UserError(
            f"This network reads inputs of {network.dims} dimensions in space, and texts have one: {_INSTEAD}."
        )
    if not network.embedding:
        raise UserError(f"This network has no table for tokens (embedding=0): set embedding=64, or {_INSTEAD}.")
    network.check()
    if network.head.reduce in ("cells", "flatten"):
        raise UserError(
            f"A head with reduce={network.head.reduce} would see where texts end: take average, maximum or k-max."
        )
    if network.stem is not None and network.stem.enlarge_to:
        raise UserError(f"enlarge_to={network.stem.enlarge_to} is for images: take enlarge_to=0 for texts.")


_INSTEAD = "take one that reads text, as resnet-text-8"


def shapes_of(architecture: Architecture, input_shape: Sequence[int], classes: int) -> nn.Module:
    """Build a module without numbers; `input_shape` of an architecture that reads text is (vocabulary, length)."""
    with torch.device("meta"):
        if architecture.embedding:
            vocabulary, length = input_shape
            return TextNetwork(architecture, vocabulary, length, classes)
        return Network(architecture, input_shape, classes)
