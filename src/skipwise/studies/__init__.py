"""Contenders x seeds on one data set, in a folder."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.contender import Contender, parse_contender
    from skipwise.studies.prepare import ResolvedStudy, StudyPlan, plan_study, resolve
    from skipwise.studies.study import Study
    from skipwise.studies.train import train_missing

_HOMES = {
    "Contender": "contender",
    "ResolvedStudy": "prepare",
    "Study": "study",
    "StudyConfig": "config",
    "StudyPlan": "prepare",
    "parse_contender": "contender",
    "plan_study": "prepare",
    "resolve": "prepare",
    "train_missing": "train",
}

__all__ = [
    "Contender",
    "ResolvedStudy",
    "Study",
    "StudyConfig",
    "StudyPlan",
    "parse_contender",
    "plan_study",
    "resolve",
    "train_missing",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when first used: the command line reads the configuration alone, which needs no
    torch.
    """
    if name not in _HOMES:
        raise AttributeError(f"skipwise.studies has no {name!r}: its public names are {', '.join(__all__)}.")
    return getattr(import_module(f"skipwise.studies.{_HOMES[name]}"), name)
