"""The contenders of a study, and where they stand along a sweep."""

from dataclasses import dataclass

from skipwise.recipe import Recipe
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender, make_contender


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a contender stands in a sweep: one of a series (a family, a network) at a depth or a fraction."""

    label: str
    series: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Contenders, their points where they lie along something, and what is to be said of the choice."""

    contenders: tuple[Contender, ...]
    points: tuple[Point, ...] = ()
    notes: tuple[str, ...] = ()


def contenders_of(config: StudyConfig, recipe: Recipe) -> tuple[Contender, ...]:
    """Make the contenders that are named, or the default ones. Raises UserError for unknown names and fields."""
    return tuple(make_contender(spec, recipe, config.settings) for spec in config.specs)
