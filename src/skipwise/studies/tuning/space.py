"""The space that a tuning searches: what each field of network or recipe may be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from pydantic import ConfigDict, StrictBool, StrictFloat, StrictInt, with_config

from skipwise.errors import UserError, unknown
from skipwise.networks import PRESETS, Architecture
from skipwise.networks.fields import ARCHITECTURE_FIELDS, set_field
from skipwise.recipe import RECIPE_FIELDS, Recipe
from skipwise.studies.contender import parse_contender

Value = bool | int | float | str

DEPTH, WIDTH = "depth", "width"
OWN_FIELDS = (DEPTH, WIDTH)
"""Fields of a space alone: the layers of the family's network, and the factor by which its stages are wider."""
USUAL_DEPTH = 20


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, kw_only=True)
class Range:
    """Every number from `low` to `high`, whole ones where both ends are whole; `log`: evenly in factors, not in
    steps.
    """

    low: StrictInt | StrictFloat
    high: StrictInt | StrictFloat
    log: StrictBool = False

    @property
    def whole(self) -> bool:
        return isinstance(self.low, int) and isinstance(self.high, int)


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One thing that is searched: a field, or with `stage` (from 0) what it is in one stage."""

    field: str
    values: tuple[Value, ...] | Range
    stage: int | None = None

    @property
    def name(self) -> str:
        """As pictures show it: `lr`, or `kernel of stage 2`."""
        return self.field if self.stage is None else f"{self.field} of stage {self.stage + 1}"


@dataclass(frozen=True, kw_only=True)
class Family:
    """Networks of one name at several depths. `usual` is the preset that a search must beat."""

    name: str
    usual: str
    depths: dict[int, str]

    @property
    def network(self) -> Architecture:
        return PRESETS[self.usual]


def family_of(name: str) -> Family:
    """The presets that are called so before their depth: of `resnet` the usual one is resnet20, else the shallowest.

    The name of a preset is a family of its own, without other depths. Raises UserError for unknown ones.
    """
    depths = {
        int(preset.removeprefix(name)): preset for preset in PRESETS if re.fullmatch(rf"{re.escape(name)}\d+", preset)
    }
    if depths:
        usual = depths.get(USUAL_DEPTH, depths[min(depths)])
        alike = {depth: preset for depth, preset in depths.items() if _stages(preset) == _stages(usual)}
        return Family(name=name, usual=usual, depths=dict(sorted(alike.items())))
    if name in PRESETS:
        return Family(name=name, usual=name, depths={})
    families = {match[1] for preset in PRESETS if (match := re.fullmatch(r"(.*?)\d+", preset))}
    raise unknown("family", name, families | set(PRESETS))


def _stages(preset: str) -> int:
    return len(PRESETS[preset].stages)


@dataclass(frozen=True, kw_only=True)
class Space:
    """A search space for networks of a family. `text` is the file that says it."""

    family: Family
    dimensions: tuple[Dimension, ...]
    text: str

    @cached_property
    def combinations(self) -> int | None:
        """How many there are, None where a range makes them endless."""
        counts = [0 if isinstance(one.values, Range) else len(one.values) for one in self.dimensions]
        return None if 0 in counts else prod(counts)

    def description(self, values: Mapping[str, Value], recipe: Recipe, settings: Sequence[str]) -> str:
        """The contender that these values (by name of the dimension) make, as text; what would change nothing is left
        out.

        `settings` are those of every contender. Raises UserError for values that cannot be.
        """
        depth = next((values[one.name] for one in self.dimensions if one.field == DEPTH), None)
        name = self.family.usual if depth is None else self.family.depths[int(depth)]
        base = parse_contender(name, recipe, settings)
        assert isinstance(base.network, Architecture)
        kept = []
        for field, text in self._texts(values, base.network):
            if field in RECIPE_FIELDS:
                changes = base.recipe.set_field(field, text) != base.recipe
            else:
                changes = set_field(base.network, field, text) != base.network
            if changes:
                kept.append(f"{field}={text}")
        return f"{name}:{','.join(kept)}" if kept else name

    def _texts(self, values: Mapping[str, Value], network: Architecture) -> Iterator[tuple[str, str]]:
        """Fields of network and recipe with their values as text, what is said of single stages joined."""
        for field in dict.fromkeys(one.field for one in self.dimensions):
            parts = [values[one.name] for one in self.dimensions if one.field == field]
            if field == WIDTH:
                yield "widths", "/".join(str(max(1, round(stage.width * float(parts[0])))) for stage in network.stages)
            elif field != DEPTH:
                yield field, "/".join(map(value_text, parts))

    def values_of_usual(self, recipe: Recipe, settings: Sequence[str]) -> dict[str, Value] | None:
        """The values that leave the family's usual network as it is, None where the space has none such."""
        base = parse_contender(self.family.usual, recipe, settings)
        assert isinstance(base.network, Architecture)
        found: dict[str, Value] = {}
        for one in self.dimensions:
            if isinstance(one.values, Range):
                own = getattr(base.recipe, one.field, None)
                fitting: list[Value] = [own] if own is not None and one.values.low <= own <= one.values.high else []
            else:
                fitting = [value for value in one.values if self._is_usual(one, value, base.network, base.recipe)]
            if not fitting:
                return None
            found[one.name] = fitting[0]
        return found

    def _is_usual(self, one: Dimension, value: Value, network: Architecture, recipe: Recipe) -> bool:
        if one.field == DEPTH:
            return self.family.depths[int(value)] == self.family.usual
        if one.field == WIDTH:
            return value == 1
        if one.field in RECIPE_FIELDS:
            return recipe.set_field(one.field, value_text(value)) == recipe
        changed = set_field(network, one.field, self._everywhere(one, value))
        return changed == network if one.stage is None else changed.stages[one.stage] == network.stages[one.stage]

    def _everywhere(self, one: Dimension, value: Value) -> str:
        """A value as the text of its field, in every stage where stages have their own."""
        stages = sum(other.field == one.field for other in self.dimensions)
        return "/".join([value_text(value)] * stages)

    def check(self, where: str) -> None:
        """Raises UserError that begins with `where` for the first value that no network or recipe can have."""
        for one in self.dimensions:
            for value in (one.values.low, one.values.high) if isinstance(one.values, Range) else one.values:
                try:
                    if one.field == DEPTH and value not in self.family.depths:
                        known = ", ".join(map(str, self.family.depths))
                        raise UserError(f"there is no {self.family.name} of {value} layers; known are {known}.")
                    if one.field == WIDTH and not (isinstance(value, int | float) and value > 0):
                        raise UserError(f"width={value} cannot be: width takes factors above 0.")
                    if one.field in RECIPE_FIELDS:
                        Recipe().set_field(one.field, value_text(value))
                    elif one.field in ARCHITECTURE_FIELDS:
                        set_field(self.family.network, one.field, self._everywhere(one, value))
                except UserError as error:
                    raise UserError(f"{where}: {error}") from error


def value_text(value: Value) -> str:
    """As a contender's text has it; numbers with a fraction to three digits."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.3g}" if isinstance(value, float) else str(value)
