"""Which contenders a command trains, and which of them are compared with which."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skipwise.data.dataset import Dataset
from skipwise.errors import UserError, unknown
from skipwise.networks import Architecture
from skipwise.networks.presets import twin_name
from skipwise.studies.asked import Asked
from skipwise.studies.contender import Contender, parse_contender, parse_contenders
from skipwise.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a contender stands in a sweep: one of a series (a family, a network) at a depth or a fraction."""

    label: str
    series: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Contenders, and their points where they lie along something."""

    contenders: tuple[Contender, ...]
    points: tuple[Point, ...] = ()


def sweep(asked: Asked, recipe: Recipe, dataset: Dataset | None = None) -> Sweep:
    """What `asked` means for these data; without data only the names are checked. Raises UserError for unknown ones."""
    if asked.command == "depth":
        return _depths(asked, recipe)
    contenders = parse_contenders(asked.texts, recipe, asked.settings)
    if asked.command == "ablate":
        if len(contenders) != 1:
            raise UserError(f"ablate takes one contender, not {len(contenders)}: the base that is changed.")
        return Sweep(contenders=_ablations(asked, contenders[0], dataset))
    if asked.command == "learning-curve":
        return _fractions(asked, contenders, dataset)
    if asked.command == "train" and len(contenders) != 1:
        raise UserError(f"train takes one contender, not {len(contenders)}: compare takes several.")
    return Sweep(contenders=contenders)


def _depths(asked: Asked, recipe: Recipe) -> Sweep:
    contenders, points = [], []
    for depth in sorted(set(asked.depths)):
        residual = f"{asked.family}{depth}"
        for name, series in ((twin_name(residual), "plain"), (residual, asked.family)):
            contenders.append(parse_contender(name, recipe, asked.settings))
            points.append(Point(label=name, series=series, at=depth))
    if not contenders:
        raise UserError("--depths names no depth: give some, as 8,20,56.")
    return Sweep(contenders=tuple(contenders), points=tuple(points))


def _fractions(asked: Asked, contenders: Sequence[Contender], dataset: Dataset | None) -> Sweep:
    """Every contender at every fraction, for as many steps as all the images would get, unless a budget is given."""
    if not asked.fractions:
        raise UserError("--fractions names no fraction: give some, as .1,.3,1.")
    made, points = [], []
    for fraction in sorted(set(asked.fractions)):
        for contender in contenders:
            label = f"{contender.label} at {100 * fraction:g} %"
            recipe = replace(contender.recipe, fraction=fraction)
            if dataset is not None and asked.budget is None and not recipe.steps and not recipe.seconds:
                images = len(dataset.train)
                recipe = replace(recipe, steps=recipe.epochs * (images // min(recipe.batch_size, images)))
            made.append(replace(contender, label=label, recipe=recipe))
            points.append(Point(label=label, series=contender.label, at=fraction))
    return Sweep(contenders=tuple(made), points=tuple(points))


def _ablations(asked: Asked, base: Contender, dataset: Dataset | None) -> tuple[Contender, ...]:
    """The base, and for each ingredient the base without it where it has it, else with it."""
    side = min(dataset.input_shape[1:]) if dataset is not None else 8
    changes = {
        "l1": ("l1", "0", "1e-05"),
        "l2": ("weight_decay", "0", "0.0005"),
        "dropout": ("dropout", "0", "0.2"),
        "crop": ("crop", "0", str(max(1, side // 8))),
        "flip": ("flip", "false", "true"),
        "cutout": ("cutout", "0", str(max(1, side // 4))),
        "mixup": ("mixup", "0", "0.2"),
        "cutmix": ("cutmix", "0", "1"),
        "label-smoothing": ("label_smoothing", "0", "0.1"),
        "stochastic-depth": ("stochastic_depth", "0", "0.2"),
        "ema": ("ema", "0", "0.99"),
    }
    made = [base]
    for ingredient in dict.fromkeys(asked.over):
        if ingredient not in changes:
            raise unknown("ingredient", ingredient, changes)
        field, off, on = changes[ingredient]
        owner = base.recipe if hasattr(base.recipe, field) else base.network
        if not hasattr(owner, field):
            raise UserError(f"{ingredient} cannot be changed in {base.label}: only skipwise's own networks have it.")
        has = bool(getattr(owner, field))
        label = f"{'without' if has else 'with'} {ingredient}"
        made.append(_changed(base, field, off if has else on, label))
    return tuple(made)


def _changed(base: Contender, field: str, value: str, label: str) -> Contender:
    """The base with one field of its recipe or network set from text."""
    if hasattr(base.recipe, field):
        return replace(base, label=label, recipe=base.recipe.set_field(field, value))
    from skipwise.networks.fields import set_field

    assert isinstance(base.network, Architecture)
    network = set_field(base.network, field, value)
    network.check()
    return replace(base, label=label, network=network)
