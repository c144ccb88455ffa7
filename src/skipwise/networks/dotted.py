"""A user's own function or class, named by a dotted path such as `my_module.MyShortcut`."""

import importlib
import sys
from pathlib import Path
from typing import Any

from torch import nn

from skipwise.errors import UserError


def is_dotted(name: str) -> bool:
    """Whether a name is a dotted path rather than the name of a preset."""
    parts = name.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def load_dotted(path: str) -> Any:
    """The object that `module.name` stands for; modules in the working directory are found too.

    Raises UserError where the module or the name does not exist, or where importing it fails.
    """
    module_name, _, name = path.rpartition(".")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise UserError(f"{path} cannot be used: importing {module_name} fails with {error!r}.") from error
    if not hasattr(module, name):
        raise UserError(f"{path} cannot be used: module {module_name} has no {name!r}.")
    return getattr(module, name)


def make_module(path: str, context: object, what: str) -> nn.Module:
    """Build the module that the class or function at `path` makes for a BlockContext; UserError where it makes none."""
    module = load_dotted(path)(context)
    if not isinstance(module, nn.Module):
        raise UserError(f"{path} gave {type(module).__name__} for {what}: it must give a torch.nn.Module.")
    return module
