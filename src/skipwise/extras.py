"""Libraries that only some commands use, and the extras of this package that install them."""

from importlib import import_module
from types import ModuleType

from skipwise.errors import UserError

EXTRAS = {
    "captum": "explain",
    "cleanlab": "check",
    "datasets": "hub",
    "faster-coco-eval": "boxes",
    "matplotlib": "report",
    "optuna": "tune",
    "pyarrow": "hub",
    "tokenizers": "text",
    "torchmetrics": "boxes",
}
"""The extra of each library, as pyproject.toml lists them."""


class MissingLibraryError(UserError):
    """An optional library that is not installed; the text names the extra that brings it."""


def load_optional(module: str, user: str, otherwise: str = "") -> ModuleType:
    """Import a module of an optional library.

    Raises MissingLibraryError where that fails: `user` is the thing that needs the library, and `otherwise` the way
    without it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0].replace("_", "-")
        way = f", or {otherwise}" if otherwise else ""
        raise MissingLibraryError(f"{user} needs {library}: pip install 'skipwise[{EXTRAS[library]}]'{way}.") from error
