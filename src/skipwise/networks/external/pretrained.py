"""Weights that were trained elsewhere: from torchvision, timm, or another run of ours, by explicit maps of names."""

import re
from collections.abc import Callable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
from safetensors.torch import load
from torch import Tensor, nn

from skipwise.errors import UserError, unknown
from skipwise.names import path_of
from skipwise.networks.blocks import ShortcutBlock
from skipwise.networks.external.libraries import COLOURS, torchvision_classifiers
from skipwise.networks.network import Network

State = Mapping[str, Tensor]
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
    own = [{name: name for name in names}, {name: name.removeprefix("1.") for name in names}]
    if not isinstance(network, Network):
        return own
    tables = (RESNET, RESNET_D, PRE_ACTIVATION, REPVGG, _vgg(network), _mobilenet(network))
    return [own[0], *({name: _rename(name, rules) for name in names} for rules in tables)]


def _rename(name: str, rules: Rules) -> str:
    for pattern, there in rules:
        renamed, found = re.subn(pattern, there, name)
        if found:
            return renamed
    return name


@torch.no_grad()
def load_weights(network: nn.Module, state: State, source: str) -> frozenset[str]:
    """Put weights into a network and return the names of its backbone: all parameters but the last layer's.

    The graph must be the same: every weight needs a parameter and every parameter a weight. The last layer is
    left as it was drawn where it has another number of classes. A first convolution of one channel takes the sum over
    colours. Raises UserError naming the first weight that does not fit; `source` is what they are called.
    """
    kept = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    own = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    last = list(dict(network.named_parameters()))[-1].rpartition(".")[0]
    names = max(name_maps(network), key=lambda names: sum(names[name] in kept for name in own))
    for name, ours in own.items():
        there = names[name]
        if there not in kept:
            raise UserError(f"The weights {source} do not fit: they have no {there!r}, which {name} would be.")
        weight = kept.pop(there)
        if name.rpartition(".")[0] == last and len(weight) != len(ours):
            continue
        if ours.ndim > 2 and ours.shape[1] == 1 and weight.ndim > 2 and weight.shape[1] == COLOURS:
            weight = weight.sum(1, keepdim=True)
        if weight.numel() != ours.numel() or weight.shape[:2] != ours.shape[:2]:
            raise UserError(f"The weights {source} do not fit: {there!r} is {_by(weight)}, and {name} is {_by(ours)}.")
        ours.copy_(weight.reshape(ours.shape))
    if kept:
        raise UserError(f"The weights {source} do not fit: the network has no place for {next(iter(kept))!r}.")
    return frozenset(name for name, _ in network.named_parameters() if name.rpartition(".")[0] != last)


def load_pretrained(network: nn.Module, source: str) -> frozenset[str]:
    """`load_weights` from what a recipe's `pretrained` names: a file, the folder of a run, or torchvision/NAME."""
    return load_weights(network, read_weights(source), source)


def read_weights(source: str) -> State:
    """The weights in a .safetensors or .pth file, of a run's folder, or of torchvision by download; nothing is
    unpickled.

    Raises UserError where there is no such thing, where it holds no weights, or where no network is there for the
    download.
    """
    if source.startswith("torchvision/"):
        entry = _torchvision(source)
        try:
            downloaded: State = entry.get_state_dict(progress=False, check_hash=True)
        except (URLError, OSError, RuntimeError) as error:
            raise UserError(f"{source} cannot be downloaded ({error}): save its weights and name the file.") from error
        return downloaded
    path = _file(source)
    try:
        content: Any = (
            load(path.read_bytes()) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
        )
    except Exception as error:
        raise UserError(
            f"{path} holds no weights that can be read without running its code: save the state dict with torch.save or "
            "as .safetensors."
        ) from error
    content = content.get("state_dict", content) if isinstance(content, dict) else content
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise UserError(f"{path} holds no weights: save the state dict itself, a dict of names and tensors.")
    return content


def fingerprint(source: str) -> str:
    """Return a digest that tells these weights from others. Raises UserError where there are none."""
    if source.startswith("torchvision/"):
        return str(_torchvision(source))
    with _file(source).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()[:16]


def _file(source: str) -> Path:
    path = Path(path_of(source))
    if (path / "model.safetensors").exists():
        return path / "model.safetensors"
    if path.suffix not in (".safetensors", ".pth", ".pt") or not path.is_file():
        what = "is no .safetensors, .pth or .pt file" if path.is_file() else "does not exist"
        raise UserError(
            f"pretrained={source} cannot be: it {what}; name such a file, a run's folder or torchvision/NAME."
        )
    return path


def _torchvision(source: str) -> Any:
    """torchvision's weights by `torchvision/NAME` (its default ones) or `torchvision/NAME/WEIGHTS`."""
    _, name, *which = source.split("/")
    known = torchvision_classifiers()
    if name not in known:
        raise unknown("classifier in torchvision", name, known)
    import torchvision

    entries = torchvision.models.get_model_weights(name)
    if not which:
        return entries.DEFAULT
    if which[0] not in entries.__members__:
        raise unknown(f"set of weights of {name} in torchvision", which[0], entries.__members__)
    return entries[which[0]]


def _by(weight: Tensor) -> str:
    return "x".join(map(str, weight.shape)) or "one number"
