"""A contender is a value: a network and a recipe under a label."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from skipwise.networks import AnyNetwork, Architecture, network_from_json, network_to_json
from skipwise.recipe import Recipe


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A network and the recipe that trains it, under one label.

    `weights` is the fingerprint of the pretrained weights that it begins with; empty where it begins from nothing.
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
        """Return its folder's name: a slug and the hash of network, recipe and split, so no run is taken for
        another.
        """
        identity = {**self.to_json(), "recipe": self.recipe.identity, "split": dict(split)}
        del identity["label"]
        digest = sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return f"{slug(self.label)}-{digest[:8]}"


def slug(text: str) -> str:
    """Return a text as a part of a file name: letters, digits, dots and dashes, 60 at most."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:60] or "unnamed"
