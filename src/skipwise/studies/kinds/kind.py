"""The contract of a kind of study: all that the rest of skipwise knows of it is here.

The command line is made of the kinds that come with skipwise, so these import what needs torch where they use it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from skipwise.contender import Contender
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.prepare import ResolvedStudy
    from skipwise.studies.searches import Search
    from skipwise.studies.sweeps import Point, Sweep


class StudyKind(ABC):
    """A kind of study: fields, contenders, comparisons, name, extension, search and report section.

    One file with a subclass is a new kind, named by a dotted path: `command = "mine.MyKind"` in a study file, or
    `skipwise mine.MyKind DATA` on the command line.
    """

    name: ClassVar[str]
    """Its command, and what study.json calls it; a dotted path for a kind of one's own."""
    purpose: ClassVar[str]
    """A sentence for the command line's help."""
    fields: ClassVar[tuple[str, ...]] = ("contenders", "seeds", "tune", "folds", "pretrained")
    """Fields of StudyConfig that it has, beside those that every kind has."""
    one_contender: ClassVar[bool] = False
    """Whether exactly one contender must be named, and the data too."""
    extends: ClassVar[tuple[str, ...]] = ()
    """Other kinds whose studies its command may go on with."""
    adds_contenders: ClassVar[bool] = False
    """Whether its search adds the contenders that are compared."""
    section: ClassVar[str | None] = None
    """Of the report: a dotted path to a function from a Study to a SweepSection, None for a plain comparison."""
    fairness: ClassVar[str] = ""
    """For the report: in what contenders differ beside what is compared, where the kind makes them differ."""

    def default_contenders(self, config: StudyConfig) -> tuple[str, ...]:
        """Contenders where none is named."""
        return config.to_learn.contenders

    @abstractmethod
    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        """Return the contenders with their points. Raises UserError for names that are unknown.

        `recipe` is what every contender starts from. Without data only the names are checked.
        """

    def comparisons(self, contenders: Sequence[Contender], points: Sequence[Point]) -> list[tuple[str, str]]:
        """Return which contender is judged against which reference, as labels (reference, contender).

        Each against the first, or with points against the first series at the same point.
        """
        if not points:
            first, *rest = contenders
            return [(first.label, contender.label) for contender in rest]
        pairs = []
        for at in dict.fromkeys(point.at for point in points):
            reference, *others = (point.label for point in points if point.at == at)
            pairs += [(reference, other) for other in others]
        return pairs

    def seeds(self, config: StudyConfig) -> tuple[int, ...]:
        """Seeds to begin with."""
        from skipwise.statistics import DECLARED_LOOKS

        return tuple(range(DECLARED_LOOKS[0] if config.seeds == "auto" else config.seeds))

    def planned_runs(self, config: StudyConfig, sweep: Sweep) -> int:
        """How many runs the compute plan is for."""
        return len(sweep.contenders) * len(self.seeds(config))

    def title(self, config: StudyConfig) -> list[str]:
        """Words of the study's name, after that of the data."""
        from skipwise.contender import slug

        return [slug(self.name), *(slug(spec.label) for spec in config.specs)]

    def search(self, resolved: ResolvedStudy) -> Search | None:
        """A search that goes before the runs and chooses what is trained, if there is one."""
        return None

    def merged(self, earlier: StudyConfig, later: StudyConfig) -> StudyConfig:
        """Return `later` with what the fields of this kind ask for in both, contenders and seeds aside."""
        return later

    def check_points(self, study: str, points: Sequence[Point]) -> None:  # noqa: B027  most have nothing to check
        """Raises UserError where the points of an extended study do not belong into one."""
