"""Change one ingredient of a contender at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from skipwise.errors import UserError, clause, unknown
from skipwise.studies.kinds.kind import StudyKind

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.networks import Architecture
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.contender import Contender
    from skipwise.studies.sweeps import Sweep

INGREDIENTS: dict[str, tuple[str, str, str | int]] = {
    "l1": ("l1", "0", "1e-05"),
    "l2": ("weight_decay", "0", "0.0005"),
    "dropout": ("dropout", "0", "0.2"),
    "crop": ("crop", "0", 8),
    "flip": ("flip", "false", "true"),
    "cutout": ("cutout", "0", 4),
    "mixup": ("mixup", "0", "0.2"),
    "cutmix": ("cutmix", "0", "1"),
    "label-smoothing": ("label_smoothing", "0", "0.1"),
    "stochastic-depth": ("stochastic_depth", "0", "0.2"),
    "ema": ("ema", "0", "0.99"),
}
"""The field of each, what it is without it, and what it is with it: a text, or that part of the images' side."""


class Ablate(StudyKind):
    """The base, and for each ingredient the base without it where it has it, else with it."""

    name = "ablate"
    purpose = "Change one ingredient of a recipe at a time, and say which of them helps."
    fields = ("contenders", "over", "seeds", "tune", "folds", "pretrained")
    one_contender = True
    section = "skipwise.reports.sections.ablation.ablation_section"

    def default_contenders(self, config: StudyConfig) -> tuple[str, ...]:
        return config.to_learn.contenders[1:2]

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        """Where nobody chose the ingredients, those that this network cannot have are left out, and it is said."""
        from skipwise.studies.sweeps import Sweep, contenders_of

        base, *others = contenders_of(config, recipe)
        if others:
            raise UserError(f"ablate takes one contender, not {1 + len(others)}: the base that is changed.")
        side = min(dataset.input_shape[1:]) if dataset is not None else 8
        made, notes = [base], []
        for ingredient in dict.fromkeys(INGREDIENTS if config.over is None else config.over):
            if ingredient not in INGREDIENTS:
                raise unknown("ingredient", ingredient, INGREDIENTS)
            try:
                changed = with_changed(base, ingredient, side)
                config.to_learn.check(changed.network, changed.recipe)
                made.append(changed)
            except UserError as error:
                if config.over is not None and set(config.over) != set(INGREDIENTS):
                    raise
                notes.append(f"left out {ingredient}: {clause(error)}")
        if len(made) == 1:
            raise UserError("--over names no ingredient: give some, as crop,mixup.")
        return Sweep(contenders=tuple(made), notes=tuple(notes))

    def merged(self, earlier: StudyConfig, later: StudyConfig) -> StudyConfig:
        if earlier.over is None or later.over is None:
            return replace(later, over=None)
        return replace(later, over=tuple(dict.fromkeys((*earlier.over, *later.over))))


def with_changed(base: Contender, ingredient: str, side: int) -> Contender:
    """The base with one field of its recipe or network set. Raises UserError where it has no such field."""
    from skipwise.networks import Architecture
    from skipwise.networks.fields import set_field

    field, off, strength = INGREDIENTS[ingredient]
    on = strength if isinstance(strength, str) else str(max(1, side // strength))
    if hasattr(base.recipe, field):
        value = off if getattr(base.recipe, field) else on
        changed = replace(base, recipe=base.recipe.set_field(field, value))
    elif isinstance(base.network, Architecture):
        value = off if _of_network(base.network, field) else on
        network = set_field(base.network, field, value)
        network.check()
        changed = replace(base, network=network)
    else:
        raise UserError(f"{ingredient} cannot be changed in {base.label}: only skipwise's own networks have it.")
    return replace(changed, label=f"{'without' if value == off else 'with'} {ingredient}")


def _of_network(network: Architecture, field: str) -> float:
    return network.head.dropout if field == "dropout" else network.stochastic_depth
