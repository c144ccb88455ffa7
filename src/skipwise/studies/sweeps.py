"""Which contenders a command trains, and which of them are compared with which."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skipwise.data.dataset import Dataset
from skipwise.errors import UserError, unknown
from skipwise.networks import Architecture
from skipwise.networks.presets import depths_of, families, twin_name
from skipwise.recipe import Recipe
from skipwise.studies import defaults
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender, make_contender, parse_contender
from skipwise.studies.tuning.space import family_of
from skipwise.studies.tuning.space_file import space_of


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


def sweep(config: StudyConfig, recipe: Recipe, dataset: Dataset | None = None) -> Sweep:
    """What `config` means for these data; without data only the names are checked. Raises UserError for unknown ones."""
    if config.command == "depth":
        return _depths(config, recipe)
    if config.command == "tune":
        return _usual(config, recipe)
    contenders = tuple(make_contender(spec, recipe, config.settings) for spec in config.specs)
    if config.command == "ablate":
        if len(contenders) != 1:
            raise UserError(f"ablate takes one contender, not {len(contenders)}: the base that is changed.")
        return _ablations(config, contenders[0], dataset)
    if config.command == "learning-curve":
        return _fractions(config, contenders, dataset)
    if config.command == "train" and len(contenders) != 1:
        raise UserError(f"train takes one contender, not {len(contenders)}: compare takes several.")
    return Sweep(contenders=contenders)


def _usual(config: StudyConfig, recipe: Recipe) -> Sweep:
    """The network that a search must beat; what beats it, the search adds."""
    if config.tune is not None or config.folds is not None:
        raise UserError(
            f"tune takes no {'--tune: it searches the rate' if config.tune else '--folds: it keeps a test set'}."
        )
    if not config.to_learn.right_or_wrong:
        raise UserError(
            f"tune counts right and wrong answers, which {config.to_learn.score_name} does not: --tune lr searches rates for it."
        )
    family = family_of(config.usual_family)
    usual = parse_contender(family.usual, recipe, config.settings)
    space_of(config.space, family, usual.recipe)  # a mistake in it is told before data are read
    return Sweep(contenders=(usual,))


def _depths(config: StudyConfig, recipe: Recipe) -> Sweep:
    return depth_sweep(config.usual_family, config.usual_depths, recipe, config.settings)


def depth_sweep(family: str, depths: Sequence[int], recipe: Recipe, settings: Sequence[str] = ()) -> Sweep:
    """Plain and residual networks of a family at these depths. Raises UserError for what the family does not have."""
    contenders, points = [], []
    known = depths_of(family)
    if family not in families():  # of `resnet20` there is a depth 0, as it were
        raise unknown("family of networks with a depth in its name", family, families())
    for depth in sorted(set(depths)):
        if depth not in known:
            raise UserError(f"There is no {family} of {depth} layers: known are {', '.join(map(str, known))}.")
        residual = f"{family}{depth}"
        for name, series in ((twin_name(residual), "plain"), (residual, family)):
            contenders.append(parse_contender(name, recipe, settings))
            points.append(Point(label=name, series=series, at=depth))
    if not contenders:
        raise UserError("--depths names no depth: give some, as 8,20,56.")
    return Sweep(contenders=tuple(contenders), points=tuple(points))


def _fractions(config: StudyConfig, contenders: Sequence[Contender], dataset: Dataset | None) -> Sweep:
    """Every contender at every fraction, for as many steps as all the examples would get, unless a budget is given."""
    if not config.fractions:
        raise UserError("--fractions names no fraction: give some, as .1,.3,1.")
    made, points = [], []
    for fraction in sorted(set(config.fractions)):
        for contender in contenders:
            label = f"{contender.label} at {100 * fraction:g} %"
            recipe = replace(contender.recipe, fraction=fraction)
            if dataset is not None and config.budget is None and not recipe.steps and not recipe.seconds:
                shown = len(dataset.train)
                recipe = replace(recipe, steps=recipe.epochs * (shown // min(recipe.batch_size, shown)))
            made.append(replace(contender, label=label, recipe=recipe))
            points.append(Point(label=label, series=contender.label, at=fraction))
    return Sweep(contenders=tuple(made), points=tuple(points))


def _ablations(config: StudyConfig, base: Contender, dataset: Dataset | None) -> Sweep:
    """The base, and for each ingredient the base without it where it has it, else with it.

    Where nobody chose the ingredients, those that this network cannot have are left out, and it is said.
    """
    side = min(dataset.input_shape[1:]) if dataset is not None else 8
    made, notes = [base], []
    for ingredient in dict.fromkeys(config.over):
        if ingredient not in INGREDIENTS:
            raise unknown("ingredient", ingredient, INGREDIENTS)
        try:
            changed = _changed(base, ingredient, side)
            config.to_learn.check(changed.network, changed.recipe)
            made.append(changed)
        except UserError as error:
            if set(config.over) != set(defaults.INGREDIENTS):
                raise
            notes.append(f"left out {ingredient}: {error}")
    if len(made) == 1:
        raise UserError("--over names no ingredient: give some, as crop,mixup.")
    return Sweep(contenders=tuple(made), notes=tuple(notes))


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


def _changed(base: Contender, ingredient: str, side: int) -> Contender:
    """The base with one field of its recipe or network set. Raises UserError where it has no such field."""
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
