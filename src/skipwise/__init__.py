"""skipwise: is a plain convolutional network or a residual one better on your data, how surely, and why."""

from importlib import import_module

TYPE_CHECKING = False  # as type checkers know it: typing is imported after `python -m` is rid of the working directory

if TYPE_CHECKING:
    from skipwise.commands.compare import compare, run
    from skipwise.deployment import Model
    from skipwise.errors import UserError
    from skipwise.networks import Architecture
    from skipwise.networks.dotted import trust_folder
    from skipwise.recipe import Recipe
    from skipwise.statistics import Verdict
    from skipwise.studies import Study
    from skipwise.studies.kinds import StudyKind
    from skipwise.tasks import Prediction, Task

_HOMES = {
    "Architecture": "skipwise.networks",
    "Model": "skipwise.deployment",
    "Prediction": "skipwise.tasks",
    "Recipe": "skipwise.recipe",
    "Study": "skipwise.studies",
    "StudyKind": "skipwise.studies.kinds",
    "Task": "skipwise.tasks",
    "UserError": "skipwise.errors",
    "Verdict": "skipwise.statistics",
    "compare": "skipwise.commands.compare",
    "run": "skipwise.commands.compare",
    "trust_folder": "skipwise.networks.dotted",
}

__all__ = [
    "Architecture",
    "Model",
    "Prediction",
    "Recipe",
    "Study",
    "StudyKind",
    "Task",
    "UserError",
    "Verdict",
    "compare",
    "run",
    "trust_folder",
]


def __getattr__(name: str) -> object:
    """Public names are imported when first used, so that `skipwise --help` answers at once."""
    if name not in _HOMES:
        raise AttributeError(f"skipwise has no {name!r}: its public names are {', '.join(__all__)}.")
    return getattr(import_module(_HOMES[name]), name)
