"""Weights in a file, in a run's folder, or at torchvision's: tensors by name. No code of a file is run."""

import re
import warnings
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.error import URLError

import torch
from safetensors.torch import load
from torch import Tensor

from skipwise.errors import UserError, reason_of, unknown
from skipwise.names import path_of
from skipwise.networks.external.libraries import torchvision_classifiers

State = Mapping[str, Tensor]

IN_FOLDERS = ("model.safetensors", "pytorch_model.bin")
"""Names of weights in the folder of a run of ours, and in one from the Hugging Face hub."""
STATES = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "model_ema",
    "state_dict_ema",
)
"""Where checkpoints keep a network's weights; of several the first counts."""
DEEPEST = 3
"""Dicts in dicts that are looked into."""
TRAINED_AT = (224, 224)
"""The size in pixels of images for the vision transformers that torchvision builds."""


def read_weights(source: str) -> State:
    """Read the weights that a file holds, or the folder of a run, or that torchvision has for download.

    Raises UserError where there is no such thing, where it holds no weights, or where no network is there for the
    download.
    """
    if source.startswith("torchvision/"):
        return _checked(_downloaded(source), source)
    path = _file(source)
    return _checked(_state_in(_content(path), path), str(path))


def fingerprint(source: str) -> str:
    """Return a digest that tells these weights from others. Raises UserError where there are none."""
    if source.startswith("torchvision/"):
        return str(_torchvision(source))
    with _file(source).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()[:16]


def _file(source: str) -> Path:
    path = Path(path_of(source)).expanduser()
    path = next((path / name for name in IN_FOLDERS if (path / name).is_file()), path)
    if not path.is_file():
        what = "holds no model.safetensors" if path.is_dir() else "is no file" if path.exists() else "does not exist"
        raise UserError(
            f"pretrained={source} cannot be: it {what}; name a file of weights (.safetensors, .pth), a run's folder or "
            "torchvision/NAME."
        )
    return path


def _content(path: Path) -> Any:
    """Read what a file holds, as safetensors or as torch.save wrote it, whatever it is called."""
    with path.open("rb") as file:
        begins = file.read(32)
    try:
        with warnings.catch_warnings(action="ignore"):  # what torch thinks of a file that it then refuses
            return load(path.read_bytes()) if begins[8:9] == b"{" else torch.load(path, "cpu", weights_only=True)
    except Exception as error:
        found = re.search(r"GLOBAL ([\w.]+)", str(error))
        if found is not None:
            why = f"it holds {found[1]}, which is code and no tensor"
        elif "TorchScript" in str(error):
            why = "it is a TorchScript archive"
        else:
            why = f"it begins with {begins[:16]!r}" if begins else "it is empty"
        raise UserError(
            f"{path} holds no weights that can be read without running its code ({why}): save the state dict with torch.save or "
            "as .safetensors."
        ) from error


def _state_in(content: Any, path: Path) -> State:
    """Return the state dict that is a file's content, or that lies in its checkpoint."""
    states = dict(_states(content, ""))
    for key in STATES:
        for place, state in states.items():
            if place.rpartition("/")[2] == key:
                return state
    if len(states) > 1:
        raise UserError(f"{path} holds several state dicts ({', '.join(states)}): save the one that is meant.")
    if states:
        return next(iter(states.values()))
    own = {name: value for name, value in _items(content) if isinstance(value, Tensor)}
    if not own:
        raise UserError(f"{path} holds no weights: save the state dict itself, a dict of names and tensors.")
    return own


def _states(content: Any, place: str) -> Iterator[tuple[str, State]]:
    """Yield each state dict that lies in a checkpoint, and where: a dict of tensors with names of modules."""
    for key, value in _items(content):
        where = f"{place}/{key}" if place else key
        inside = dict(_items(value))
        tensors = {name: each for name, each in inside.items() if isinstance(each, Tensor)}
        if len(tensors) == len(inside) and any("." in name for name in tensors):
            yield where, tensors
        elif where.count("/") + 1 < DEEPEST:
            yield from _states(value, where)


def _items(content: Any) -> list[tuple[str, Any]]:
    return (
        [(name, value) for name, value in content.items() if isinstance(name, str)] if isinstance(content, dict) else []
    )


def _checked(state: State, where: str) -> State:
    """Raises UserError where a tensor is none of plain numbers."""
    for name, value in state.items():
        if value.layout != torch.strided or value.is_quantized or value.is_meta or value.is_complex():
            raise UserError(
                f"{where} holds {name!r}, which is no plain tensor (sparse, quantised, complex or without numbers)."
            )
    return state


def _downloaded(source: str) -> State:
    """Return torchvision's weights, from its cache or by download."""
    entry = _torchvision(source)
    try:
        state: State = entry.get_state_dict(progress=False, check_hash=True, map_location="cpu", weights_only=True)
    except (URLError, OSError, RuntimeError) as error:
        raise UserError(
            f"{source} cannot be downloaded ({reason_of(error)}): save its weights and name the file."
        ) from error
    except Exception as error:  # what lies in the cache under its name is something else
        raise UserError(f"{source} cannot be read ({reason_of(error, 80)}): delete {_in_cache(entry)}.") from error
    return state


def _in_cache(entry: Any) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / str(entry.url).rpartition("/")[2]


def _torchvision(source: str) -> Any:
    """Return torchvision's weights by `torchvision/NAME` (its default ones) or `torchvision/NAME/WEIGHTS`.

    The default ones of a vision transformer are the first for the size of image that it is built for.
    """
    _, name, *which = source.split("/")
    known = torchvision_classifiers()
    if name not in known:
        raise unknown("classifier in torchvision", name, known)
    import torchvision

    entries = torchvision.models.get_model_weights(name)
    if not which:
        if name.startswith("vit_") and entries.DEFAULT.meta["min_size"] != TRAINED_AT:
            return next(entry for entry in entries if entry.meta["min_size"] == TRAINED_AT)
        return entries.DEFAULT
    if which[0] not in entries.__members__:
        raise unknown(f"set of weights of {name} in torchvision", which[0], entries.__members__)
    return entries[which[0]]
