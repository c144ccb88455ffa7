"""Compare contenders: the plain kind of study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipwise.studies.kinds.kind import StudyKind

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.sweeps import Sweep


class Compare(StudyKind):
    """Contenders as they are named, each against the first."""

    name = "compare"
    purpose = "Train contenders over several seeds on the same images, and say which is better, how surely, and why."
    extends = ("train",)

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        from skipwise.studies.sweeps import Sweep, contenders_of

        return Sweep(contenders=contenders_of(config, recipe))

    def title(self, config: StudyConfig) -> list[str]:
        return super().title(config)[1:]
