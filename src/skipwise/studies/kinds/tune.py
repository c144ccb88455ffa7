"""Search networks and recipes, and compare the best few with the usual network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipwise.errors import UserError
from skipwise.studies.kinds.depth import family_name
from skipwise.studies.kinds.kind import StudyKind

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.prepare import ResolvedStudy
    from skipwise.studies.searches import Search
    from skipwise.studies.sweeps import Sweep


class Tune(StudyKind):
    """The network that a search must beat; what beats it on validation data, the search adds."""

    name = "tune"
    purpose = "Search networks and recipes on validation images, and confirm the best few on fresh seeds."
    fields = ("family", "trials", "space", "seeds")
    adds_contenders = True
    section = "skipwise.reports.sections.tuning.tuning_section"
    fairness = "the reference as it is, the others as found by a search over network and recipe together"

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        from skipwise.studies.contender import parse_contender
        from skipwise.studies.sweeps import Sweep
        from skipwise.studies.tuning.space import family_of
        from skipwise.studies.tuning.space_file import space_of

        if not config.to_learn.right_or_wrong:
            raise UserError(
                f"tune counts right and wrong answers, which {config.to_learn.score_name} does not: --tune lr searches "
                "rates for it."
            )
        family = family_of(family_name(config))
        usual = parse_contender(family.usual, recipe, config.settings)
        space_of(config.space, family, usual.recipe)  # a mistake in it is told before data are read
        return Sweep(contenders=(usual,))

    def planned_runs(self, config: StudyConfig, sweep: Sweep) -> int:
        return config.trials

    def title(self, config: StudyConfig) -> list[str]:
        from skipwise.contender import slug

        return [self.name, slug(family_name(config))]

    def search(self, resolved: ResolvedStudy) -> Search:
        from skipwise.studies.tuning.search import plan_tuning

        return plan_tuning(resolved)
