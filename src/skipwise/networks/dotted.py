"""Programs named by a dotted path such as `my_module.MyShortcut`: which of them are trusted, and how they are imported.

Whoever names a program runs it. A path that the user typed, or wrote in Python, is trusted. One that stands in a file
(of a study's folder, a study file, the space of a search) is trusted only where the user trusts that file's folder.
"""

import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from torch import nn

from skipwise.errors import UserError

Ask = Callable[[str], bool]
"""Puts a question to the user; True is yes."""

_names: set[str] = set()
_folders: set[Path] = set()
_askers: list[Ask] = []


class UntrustedError(UserError):
    """A program that a file names and the user does not trust."""


def is_dotted(name: str) -> bool:
    """Whether a name is a dotted path rather than the name of a preset."""
    parts = name.split(".")
    return len(parts) > 1 and all(part.isidentifier() for part in parts)


def trust(*paths: str) -> None:
    """Let the dotted paths among these be imported: the user has typed them, or they stand in code that is trusted."""
    _names.update(filter(is_dotted, paths))


def trust_folder(folder: str | Path) -> None:
    """Let every dotted path be imported that a file in this folder names; a single file stands for itself."""
    _folders.add(Path(folder).expanduser().resolve())


def ask_with(ask: Ask) -> None:
    """Put the question to the user, before a program that a file names is refused."""
    _askers[:] = [ask]


def trusted_paths() -> list[str]:
    """Return the dotted paths that may be imported, for a process that works for this one."""
    return sorted(_names)


def demand_trust(paths: Iterable[str], file: Path) -> None:
    """Let the dotted paths that a file names be imported where the user trusts its folder, or says so when asked.

    Raises UntrustedError that names the first one that is not trusted.
    """
    for path in paths:
        if path in _names:
            continue
        if not any(file.resolve().is_relative_to(folder) for folder in _folders):
            program = f"{file} names a program, {path}, which would run with all your rights"
            if not any(ask(program) for ask in _askers):
                raise UntrustedError(f"{program}: add --trust (trust=True in Python) if you trust who wrote that file.")
        trust(path)


def programs_in(content: Any) -> list[str]:
    """Return the dotted paths that a network names, as JSON has it."""
    if isinstance(content, dict):
        own = [
            content[name] for name in ("own", *(["path"] if content.get("kind") == "own" else [])) if name in content
        ]
        return own + [path for value in content.values() for path in programs_in(value)]
    return [path for value in content for path in programs_in(value)] if isinstance(content, list) else []


def check_trusted(path: str) -> None:
    """Raise UntrustedError for a dotted path that nobody has vouched for."""
    if path not in _names:
        raise UntrustedError(
            f"{path} is a program that stands in a file, and nobody has said that it may run: add --trust if you trust "
            "who wrote that file (in Python: skipwise.trust_folder)."
        )


def load_dotted(path: str) -> Any:
    """Return the object that `module.name` stands for; modules in the working directory are found too, but last.

    Raises UserError where the path is not trusted, where the module or the name does not exist, or where importing it
    fails.
    """
    check_trusted(path)
    module_name, _, name = path.rpartition(".")
    here = Path.cwd()
    if str(here) not in sys.path:
        sys.path.append(str(here))  # last, so that a random.py here is not taken for Python's own
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise UserError(f"{path} cannot be used: importing {module_name} fails with {error!r}.") from error
    if not hasattr(module, name):
        raise UserError(f"{path} cannot be used: module {module_name} has no {name!r}{_stands_before(module, here)}.")
    return getattr(module, name)


def make_module(path: str, context: object, what: str) -> nn.Module:
    """Build the module that the class or function at `path` makes for a BlockContext; UserError where it makes none."""
    make = load_dotted(path)
    if not callable(make):
        raise UserError(f"{path} is {type(make).__name__}: for {what} it must be a class or function.")
    module = make(context)
    if not isinstance(module, nn.Module):
        raise UserError(f"{path} gave {type(module).__name__} for {what}: it must give a torch.nn.Module.")
    return module


def _stands_before(module: Any, here: Path) -> str:
    """Return the hint that a file here has the name of a module that is found before it."""
    top = str(module.__name__).partition(".")[0]
    own = next((file for file in (here / f"{top}.py", here / top / "__init__.py") if file.exists()), None)
    found = getattr(sys.modules.get(top), "__file__", None)
    if own is None or (found is not None and Path(found).resolve() == own.resolve()):
        return ""
    return f" (the module {top} that comes with Python or a library is found before {own}: rename yours)"
