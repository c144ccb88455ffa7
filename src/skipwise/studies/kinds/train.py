"""Train one network with one seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipwise.errors import UserError
from skipwise.studies.kinds.compare import Compare

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.sweeps import Sweep


class Train(Compare):
    """A study of one run, which `compare` may go on with."""

    name = "train"
    purpose = "Train one network with one seed, in the same folder form as a study."
    fields = ("contenders", "seed", "pretrained")
    one_contender = True
    extends = ("compare",)

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        if len(config.specs) != 1:
            raise UserError(f"train takes one contender, not {len(config.specs)}: compare takes several.")
        return super().sweep(config, recipe, dataset)

    def seeds(self, config: StudyConfig) -> tuple[int, ...]:
        return (config.seed,)
