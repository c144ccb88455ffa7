"""Weights that were trained elsewhere, put into a network whose graph is the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from skipwise.errors import UserError
from skipwise.networks.external.libraries import COLOURS
from skipwise.networks.external.weight_files import State, read_weights
from skipwise.networks.external.weight_names import is_counter, name_maps, plain_name, without_prefixes
from skipwise.networks.network import networks_in

AUXILIARY = ("AuxLogits", "aux1", "aux2")
"""Heads that GoogLeNet and Inception v3 have in training alone, by torchvision's names."""
LISTED = 3
"""Names that an error lists."""


@dataclass(frozen=True, kw_only=True)
class LoadedWeights:
    """The outcome of loading weights: how many there were, and what became of the others.

    `backbone`: the parameters that were loaded, without the last layer's. `fresh`: modules of the network that stay as
    they were drawn, and `why`. `skipped`: parts of the file for which the network has no use.
    """

    count: int
    backbone: frozenset[str]
    fresh: tuple[str, ...] = ()
    why: str = ""
    skipped: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The outcome in a line."""
        fresh = [f"{', '.join(self.fresh)} fresh ({self.why})"] if self.fresh else []
        skipped = [f"{', '.join(self.skipped)} skipped"] if self.skipped else []
        return "; ".join([f"{self.count} tensors loaded", *fresh, *skipped])


def load_pretrained(network: nn.Module, source: str) -> LoadedWeights:
    """`load_weights` from what a recipe's `pretrained` names: a file, the folder of a run, or torchvision/NAME."""
    return load_weights(network, read_weights(source), source)


@torch.no_grad()
def load_weights(network: nn.Module, state: State, source: str) -> LoadedWeights:
    """Put weights into a network and return what was loaded.

    The graph must be the same: every weight needs a parameter and every parameter a weight. The head is left as it was
    drawn where the weights have none, another one, or one that is not finite, its last layer where that is for another
    number of classes. A first convolution of one channel takes the sum over colours. Raises UserError naming the first
    weights that do not fit; `source` is what they are called.
    """
    own = {name: value for name, value in network.state_dict().items() if not is_counter(name)}
    kept, names = _matched({plain_name(name): value for name, value in state.items()}, network, source)
    head, last = _head(network, own), _last(network)
    fresh, why = _fresh(own, kept, names, head, last)
    for name in fresh:
        kept.pop(names[name], None)
    missing = [
        f"{names[name]!r}, which {name} would be" for name in own if names[name] not in kept and name not in fresh
    ]
    if missing:
        raise UserError(f"The weights {source} do not fit: they have no {_listed(missing)}.")
    weights = {name: _as_first(kept.pop(names[name]), ours) for name, ours in own.items() if name not in fresh}
    wrong = [
        f"{names[name]!r} is {_by(weight)}, and {name} is {_by(own[name])}"
        for name, weight in weights.items()
        if weight.numel() != own[name].numel() or weight.shape[:2] != own[name].shape[:2]
    ]
    if wrong:
        raise UserError(f"The weights {source} do not fit: {_listed(wrong)}.")
    heads = (*AUXILIARY, *({names[name].partition(".")[0] for name in head} if head <= fresh else ()))
    if left := [repr(name) for name in kept if name.partition(".")[0] not in heads]:
        raise UserError(f"The weights {source} do not fit: the network has no place for {_listed(left)}.")
    if broken := [repr(names[name]) for name, weight in weights.items() if not _is_finite(weight)]:
        raise UserError(f"The weights {source} cannot be used: numbers that are not finite stand in {_listed(broken)}.")
    for name, weight in weights.items():
        own[name].copy_(weight.reshape(own[name].shape))
    return LoadedWeights(
        count=len(weights),
        backbone=frozenset(name for name, _ in network.named_parameters() if name not in fresh | last),
        fresh=_modules(name for name in own if name in fresh),
        why=why,
        skipped=tuple(dict.fromkeys(name.partition(".")[0] for name in kept)),
    )


def _matched(state: State, network: nn.Module, source: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the weights by their names at home, and the map from the network's names to those, that fit best.

    Names are tried with and without the parts in front that all of them share. Raises UserError where none fits.
    """
    weights = {name: value for name, value in state.items() if not is_counter(name)}
    maps = name_maps(network)
    best: tuple[int, dict[str, str], dict[str, str]] = (0, {}, {})
    for short in without_prefixes(weights):
        there = set(short.values())
        for names in maps:
            found = sum(name in there for name in names.values())
            best = max(best, (found, short, names), key=lambda fit: fit[0])
    found, short, names = best
    if not found:
        theirs, ours = next(iter(weights), "nothing"), next(iter(maps[-1].values()), "nothing")
        raise UserError(
            f"The weights {source} do not fit: none has a name of this network's (they begin with {theirs!r}, the network "
            f"with {ours!r})."
        )
    return {short[name]: value for name, value in weights.items()}, names


def _last(network: nn.Module) -> frozenset[str]:
    """Return the names of the last layer's parameters, which give a number for each class."""
    names = [name for name, _ in network.named_parameters()]
    layer = names[-1].rpartition(".")[0]
    return frozenset(name for name in names if name.rpartition(".")[0] == layer)


def _head(network: nn.Module, own: Iterable[str]) -> frozenset[str]:
    """Return the names of the head: that of a network of ours, else the child with the last layer if it is small."""
    last, names = _last(network), list(own)
    ours = networks_in(network)
    if ours:
        prefix = next(name for name, module in network.named_modules() if module is ours[-1].head)
    else:
        wrapped = 1 + all(name.startswith("1.") for name in names)
        prefix = ".".join(next(iter(last)).split(".")[:wrapped])
    head = frozenset(name for name in names if name.startswith(f"{prefix}."))
    return head if last <= head and 2 * len(head) < len(names) else last


def _fresh(
    own: State, kept: State, names: Mapping[str, str], head: frozenset[str], last: frozenset[str]
) -> tuple[frozenset[str], str]:
    """Return the names of what stays as it was drawn, and why."""
    if not any(names[name] in kept for name in head):
        return head, "the weights have no such head"
    if any(names[name] in kept and not _is_finite(kept[names[name]]) for name in head):
        return head, "the weights' own is not finite"
    if not any(names[name] in kept for name in last):
        return last, "the weights have no such layer"
    for name in last:
        weight = kept.get(names[name])
        if weight is not None and weight.ndim and weight.shape[:1] != own[name].shape[:1]:
            return last, f"the weights are for {len(weight)} classes"
    return frozenset(), ""


def _as_first(weight: Tensor, ours: Tensor) -> Tensor:
    """Sum over colours where a convolution has one channel for them."""
    grey = ours.ndim > 2 and ours.shape[1] == 1 and weight.ndim > 2 and weight.shape[1] == COLOURS
    return weight.sum(1, keepdim=True) if grey else weight


def _is_finite(weight: Tensor) -> bool:
    return bool(weight.float().isfinite().all())


def _modules(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.rpartition(".")[0] for name in names))


def _listed(found: Sequence[str]) -> str:
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return ", ".join(found[:LISTED]) + more


def _by(weight: Tensor) -> str:
    return "x".join(map(str, weight.shape)) or "one number"
