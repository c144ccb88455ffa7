"""A contender made from its text or its spec."""

from collections.abc import Sequence

from skipwise.contender import Contender
from skipwise.errors import UserError, unknown
from skipwise.networks import PRESETS, AnyNetwork, Architecture, CustomNetwork, custom_network
from skipwise.networks.dotted import is_dotted
from skipwise.networks.external.libraries import external_network, is_external
from skipwise.networks.external.weight_files import fingerprint
from skipwise.networks.fields import ARCHITECTURE_FIELDS, set_field
from skipwise.recipe import RECIPE_FIELDS, RENAMED_FIELDS, Recipe
from skipwise.studies.contender_spec import ContenderSpec

__all__ = ["Contender", "make_contender", "parse_contender"]


def parse_contender(text: str, recipe: Recipe, settings: Sequence[str] = ()) -> Contender:
    """Make a contender from its text; `settings` are `field=value` for every contender. Raises UserError."""
    return make_contender(ContenderSpec.parse(text), recipe, settings)


def make_contender(spec: ContenderSpec, recipe: Recipe, settings: Sequence[str] = ()) -> Contender:
    """Make a contender from its spec; its own fields come after `settings`, which are those of every contender.

    Raises UserError for unknown names and fields, with the nearest one, and for values that cannot be.
    """
    network = _network(spec.name)
    for written, value in spec.with_settings(settings).fields:
        field = RENAMED_FIELDS.get(written, written)
        if field in RECIPE_FIELDS:
            recipe = recipe.set_field(field, value)
        elif field in ARCHITECTURE_FIELDS and isinstance(network, Architecture):
            network = set_field(network, field, value)
        elif field in ARCHITECTURE_FIELDS:
            whose = "a network of your own" if isinstance(network, CustomNetwork) else "another library's network"
            raise UserError(f"{field} cannot be set for {spec.name}: {whose} has the recipe's fields only.")
        else:
            raise unknown(f"field of {spec.name}", field, [*ARCHITECTURE_FIELDS, *RECIPE_FIELDS])
    if isinstance(network, Architecture):
        network.check()
    elif recipe.checkpointing:
        raise UserError(
            f"checkpointing cannot be set for {spec.name}: it goes by the blocks of skipwise's own networks."
        )
    if recipe.backbone_lr_multiplier != 1 and not recipe.pretrained:
        raise UserError("backbone_lr_multiplier is for pretrained weights: set pretrained too.")
    weights = fingerprint(recipe.pretrained) if recipe.pretrained else ""
    return Contender(label=spec.label, network=network, recipe=recipe, weights=weights)


def _network(name: str) -> AnyNetwork:
    if name in PRESETS:
        return PRESETS[name]
    if is_external(name):
        return external_network(name)
    if is_dotted(name):
        return custom_network(name)
    raise unknown("network", name, PRESETS)
