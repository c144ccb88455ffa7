"""A contender: a network and a recipe under a name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from skipwise.errors import UserError, unknown
from skipwise.networks import (
    PRESETS,
    AnyNetwork,
    Architecture,
    CustomNetwork,
    custom_network,
    network_from_json,
    network_to_json,
)
from skipwise.networks.dotted import is_dotted
from skipwise.networks.external.libraries import external_network, is_external
from skipwise.networks.external.pretrained import fingerprint
from skipwise.networks.fields import ARCHITECTURE_FIELDS, set_field
from skipwise.recipe import RECIPE_FIELDS, RENAMED_FIELDS, Recipe
from skipwise.studies.contender_spec import ContenderSpec, slug


@dataclass(frozen=True, kw_only=True)
class Contender:
    """What is trained, and how, under one name.

    `weights` tells the pretrained weights that it begins with from others of the same name; empty where it begins
    from nothing.
    """

    label: str
    network: AnyNetwork
    recipe: Recipe
    weights: str = ""

    @property
    def is_plain(self) -> bool:
        return isinstance(self.network, Architecture) and self.network.is_plain

    @property
    def is_residual(self) -> bool:
        return isinstance(self.network, Architecture) and not self.network.is_plain

    def to_json(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "network": network_to_json(self.network),
            "recipe": asdict(self.recipe),
            "weights": self.weights,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Contender":
        return cls(
            label=data["label"],
            network=network_from_json(data["network"]),
            recipe=Recipe.from_json(data["recipe"]),
            weights=data.get("weights", ""),
        )

    def run_name(self, split: Mapping[str, Any]) -> str:
        """The name of its folder: a slug and the hash of network, recipe and split, so no run is taken for another."""
        identity = {**self.to_json(), "recipe": self.recipe.identity, "split": dict(split)}
        del identity["label"]
        digest = sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return f"{slug(self.label)}-{digest[:8]}"


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
