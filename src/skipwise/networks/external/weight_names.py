"""Names of weights elsewhere: explicit maps from ours to those of torchvision and timm, and what is put round them."""

import re
from collections.abc import Callable, Iterable, Iterator

from torch import nn

from skipwise.networks.blocks import ShortcutBlock
from skipwise.networks.external.libraries import Colours
from skipwise.networks.network import Network

Rules = tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]
"""Patterns of our names, and what stands there in the other library's; the first that matches counts."""


def _next(match: re.Match[str]) -> str:
    """Our stage 0 is layer1 elsewhere."""
    return f"layer{int(match[1]) + 1}.{match[2]}"


RESNET: Rules = (
    (r"^stem\.conv1", "conv1"),
    (r"^stem\.norm1", "bn1"),
    (r"^stages\.(\d+)\.(\d+)\.branch\.conv(\d)", lambda m: f"{_next(m)}.conv{m[3]}"),
    (r"^stages\.(\d+)\.(\d+)\.branch\.norm(\d)", lambda m: f"{_next(m)}.bn{m[3]}"),
    (r"^stages\.(\d+)\.(\d+)\.branch\.squeeze\.dense(\d)", lambda m: f"{_next(m)}.se.fc{m[3]}"),
    (r"^stages\.(\d+)\.(\d+)\.shortcut\.path\.conv", lambda m: f"{_next(m)}.downsample.0"),
    (r"^stages\.(\d+)\.(\d+)\.shortcut\.path\.norm", lambda m: f"{_next(m)}.downsample.1"),
    (r"^head\.dense", "fc"),
)
RESNET_D: Rules = (
    (r"^stem\.conv1", "conv1.0"),
    (r"^stem\.norm1", "conv1.1"),
    (r"^stem\.conv2", "conv1.3"),
    (r"^stem\.norm2", "conv1.4"),
    (r"^stem\.conv3", "conv1.6"),
    (r"^stem\.norm3", "bn1"),
    (r"^stages\.(\d+)\.(\d+)\.shortcut\.path\.conv", lambda m: f"{_next(m)}.downsample.1"),
    (r"^stages\.(\d+)\.(\d+)\.shortcut\.path\.norm", lambda m: f"{_next(m)}.downsample.2"),
    *RESNET,
)
PRE_ACTIVATION: Rules = (
    (r"^stem\.conv1", "stem.conv"),
    (r"^stages\.(\d+)\.(\d+)\.before\.norm", r"stages.\1.blocks.\2.norm1"),
    (r"^stages\.(\d+)\.(\d+)\.branch\.conv(\d)", r"stages.\1.blocks.\2.conv\3"),
    (r"^stages\.(\d+)\.(\d+)\.branch\.norm(\d)", lambda m: f"stages.{m[1]}.blocks.{m[2]}.norm{int(m[3]) + 1}"),
    (r"^stages\.(\d+)\.(\d+)\.shortcut\.path\.conv", r"stages.\1.blocks.\2.downsample.conv"),
    (r"^head\.norm", "norm"),
    (r"^head\.dense", "head.fc"),
)
_ARMS = (
    ("branch.conv1", "conv_kxk.conv"),
    ("branch.norm1", "conv_kxk.bn"),
    ("shortcut.convolution.conv", "conv_1x1.conv"),
    ("shortcut.convolution.norm", "conv_1x1.bn"),
    ("shortcut.identity", "identity"),
)
REPVGG: Rules = (
    *((rf"^stages\.0\.0\.{re.escape(ours)}", f"stem.{theirs}") for ours, theirs in _ARMS),
    *(
        (
            rf"^stages\.(\d+)\.(\d+)\.{re.escape(ours)}",
            lambda m, theirs=theirs: f"stages.{int(m[1]) - 1}.{m[2]}.{theirs}",
        )
        for ours, theirs in _ARMS
    ),
    (r"^head\.dense", "head.fc"),
)


def _vgg(network: Network) -> Rules:
    """torchvision numbers the layers of a VGG from first to last, with activations and pools."""
    rules: list[tuple[str, str | Callable[[re.Match[str]], str]]] = []
    number = 0
    backbone = [(f"stem.{name}", layer) for name, layer in network.stem.named_modules()]
    backbone += [(f"stages.{name}", layer) for name, layer in network.stages.named_modules()]
    for name, layer in backbone:
        if next(layer.children(), None) is None and not isinstance(layer, nn.Sequential) and ".shortcut" not in name:
            rules.append((rf"^{re.escape(name)}(?=\.)", f"features.{number}"))
            number += 1
    return (
        *rules,
        (r"^head\.hidden1", "classifier.0"),
        (r"^head\.hidden2", "classifier.3"),
        (r"^head\.dense", "classifier.6"),
    )


def _mobilenet(network: Network) -> Rules:
    """torchvision numbers the stem and the blocks of a MobileNetV2, and the layers inside each."""
    rules: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
        (r"^stem\.conv1", "features.0.0"),
        (r"^stem\.norm1", "features.0.1"),
        (r"^head\.dense", "classifier.1"),
    ]
    blocks = [name for name, part in network.named_modules() if isinstance(part, ShortcutBlock)]
    for number, name in enumerate(blocks, start=1):
        convolutions = sum(
            part.startswith("conv") for part, _ in network.get_submodule(f"{name}.branch").named_children()
        )
        for conv in range(1, convolutions + 1):
            linear = convolutions > 1 and conv == convolutions
            inside = "" if convolutions == 1 else f".conv.{conv - 1}"
            conv_there, norm_there = (inside, f".conv.{conv}") if linear else (f"{inside}.0", f"{inside}.1")
            start = rf"^{re.escape(name)}\.branch\."
            rules.append((rf"{start}conv{conv}", f"features.{number}{conv_there}"))
            rules.append((rf"{start}norm{conv}", f"features.{number}{norm_there}"))
    return tuple(rules)


def name_maps(network: nn.Module) -> list[dict[str, str]]:
    """Map the network's names to those that each known source of weights uses; the first is its own."""
    names = list(network.state_dict())
    wrapped = isinstance(network, nn.Sequential) and isinstance(network[0], Colours)
    own = {name: name.removeprefix("1.") if wrapped else name for name in names}
    if not isinstance(network, Network):
        return [own]
    tables = (RESNET, RESNET_D, PRE_ACTIVATION, REPVGG, _vgg(network), _mobilenet(network))
    return [own, *({name: _rename(name, rules) for name in names} for rules in tables)]


def _rename(name: str, rules: Rules) -> str:
    for pattern, there in rules:
        renamed, found = re.subn(pattern, there, name)
        if found:
            return renamed
    return name


COMPILED = "_orig_mod"
"""A part of names that torch.compile puts in front of those of the modules that it is called for."""
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.(?=\d\.)")
"""As torchvision's files of DenseNets have it: denselayer1.norm.1 for denselayer1.norm1."""
NO_WEIGHTS = ("num_batches_tracked", "n_averaged")
"""Counters of normalisations and of averaged models, which stand among the weights."""


def plain_name(name: str) -> str:
    """Return the name of a weight without what torch.compile adds, and as torchvision's DenseNets have it today."""
    parts = [part for part in name.split(".") if part != COMPILED]
    return OLD_DENSENET.sub(r"\1", ".".join(parts))


def is_counter(name: str) -> bool:
    """Whether a name is no weight's but a counter's."""
    return name.rpartition(".")[2] in NO_WEIGHTS


def without_prefixes(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Map the names to themselves, then to what is left without the first part that all share, as DataParallel's
    `module`, then without the next one.
    """
    left = {name: name for name in names}
    yield left
    while left:
        first = {name.partition(".")[0] for name in left.values()}
        if len(first) > 1 or not all("." in name for name in left.values()):
            return
        left = {name: short.partition(".")[2] for name, short in left.items()}
        yield left
