"""A contender: a network and a recipe under a name, written `[LABEL@]NAME[:field=value,...]`."""

import json
import re
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
from skipwise.recipe import RECIPE_FIELDS, Recipe


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
            recipe=Recipe(**data["recipe"]),
            weights=data.get("weights", ""),
        )

    def run_name(self, split: Mapping[str, Any]) -> str:
        """The name of its folder: a slug and the hash of network, recipe and split, so no run is taken for another."""
        identity = {**self.to_json(), "recipe": self.recipe.identity, "split": dict(split)}
        del identity["label"]
        digest = sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return f"{slug(self.label)}-{digest[:8]}"


def parse_contender(text: str, recipe: Recipe, settings: Sequence[str] = ()) -> Contender:
    """A contender from its text; `settings` are `field=value` for every contender, its own fields come after them.

    Raises UserError for unknown names and fields, with the nearest one, and for values that cannot be.
    """
    label, at, description = text.rpartition("@")
    if at and not label:
        raise UserError(f"{text!r} has no label before its @: write LABEL@NAME, or NAME alone.")
    name, _, own_fields = description.partition(":")
    network = _network(name)
    for setting in [*settings, *(own_fields.split(",") if own_fields else [])]:
        field, equals, value = (part.strip() for part in setting.partition("="))
        if not equals:
            raise UserError(f"{setting!r} in {text!r} is no field=value: write for example {name}:kernel=5,lr=0.01.")
        if field in RECIPE_FIELDS:
            recipe = recipe.set_field(field, value)
        elif field in ARCHITECTURE_FIELDS and isinstance(network, Architecture):
            network = set_field(network, field, value)
        elif field in ARCHITECTURE_FIELDS:
            whose = "a network of your own" if isinstance(network, CustomNetwork) else "another library's network"
            raise UserError(f"{field} cannot be set for {name}: {whose} has the recipe's fields only.")
        else:
            raise unknown(f"field of {name}", field, [*ARCHITECTURE_FIELDS, *RECIPE_FIELDS])
    if isinstance(network, Architecture):
        network.check()
    elif recipe.checkpointing:
        raise UserError(f"checkpointing cannot be set for {name}: it goes by the blocks of skipwise's own networks.")
    if recipe.trunk_rate != 1 and not recipe.pretrained:
        raise UserError("trunk_rate is for pretrained weights: set pretrained too.")
    weights = fingerprint(recipe.pretrained) if recipe.pretrained else ""
    return Contender(label=label or description, network=network, recipe=recipe, weights=weights)


def parse_contenders(texts: Sequence[str], recipe: Recipe, settings: Sequence[str] = ()) -> tuple[Contender, ...]:
    """Several contenders. Raises UserError where two have one label."""
    contenders = tuple(parse_contender(text, recipe, settings) for text in texts)
    labels = [contender.label for contender in contenders]
    for label in labels:
        if labels.count(label) > 1:
            raise UserError(f"Two contenders are called {label!r}: put a label before one, as other@{label}.")
    return contenders


def slug(text: str) -> str:
    """A text as a part of a file name: letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:60] or "unnamed"


def _network(name: str) -> AnyNetwork:
    if name in PRESETS:
        return PRESETS[name]
    if is_external(name):
        return external_network(name)
    if is_dotted(name):
        return custom_network(name)
    raise unknown("network", name, PRESETS)
