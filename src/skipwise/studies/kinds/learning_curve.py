"""Train on growing fractions of the images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from skipwise.errors import UserError
from skipwise.studies.kinds.kind import StudyKind

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.sweeps import Sweep


class LearningCurve(StudyKind):
    """Every contender is a series, with a point at every fraction."""

    name = "learning-curve"
    purpose = "Train on growing fractions of the images, and say which contender needs fewer of them."
    fields = ("contenders", "fractions", "seeds", "tune", "pretrained")
    section = "skipwise.reports.sections.learning_curve.learning_curve_section"

    def default_contenders(self, config: StudyConfig) -> tuple[str, ...]:
        return config.to_learn.curve_contenders

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        """Every contender for as many steps as all the examples would get, unless a budget is given."""
        from skipwise.studies.sweeps import Point, Sweep, contenders_of

        contenders = contenders_of(config, recipe)
        if not config.fractions:
            raise UserError("--fractions names no fraction: give some, as .1,.3,1.")
        made, points = [], []
        for fraction in sorted(set(config.fractions)):
            for contender in contenders:
                label = f"{contender.label} at {100 * fraction:g} %"
                changed = replace(contender.recipe, fraction=fraction)
                if dataset is not None and config.budget is None and not changed.steps and not changed.seconds:
                    shown = len(dataset.train)
                    changed = replace(changed, steps=changed.epochs * (shown // min(changed.batch_size, shown)))
                made.append(replace(contender, label=label, recipe=changed))
                points.append(Point(label=label, series=contender.label, at=fraction))
        return Sweep(contenders=tuple(made), points=tuple(points))

    def merged(self, earlier: StudyConfig, later: StudyConfig) -> StudyConfig:
        return replace(later, fractions=tuple(sorted({*earlier.fractions, *later.fractions})))
