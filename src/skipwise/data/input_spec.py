"""The input of a network: its shape, its classes, and how a new example is turned into it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from pydantic import JsonValue, TypeAdapter, ValidationError

from skipwise.data.options import Fit

LONGEST_SIDE, MOST_VALUES = 2**24, 2**31
"""Of an input shape: what is larger is a damaged or hostile record, not data."""


@dataclass(frozen=True, kw_only=True)
class InputSpec:
    """The input that a network is built for, and that a new example must be turned into.

    `input_shape`: of one example, as the network is built for it. `mean`, `std`: by channel, as fractions of white,
    where inputs are images; `fit`: how one of another shape comes to its size; `value_range`: the values that become
    black and white in one of more than 8 bits, none where each is scaled by a guess. `tokens`, `tokenizer`: what texts
    are cut into, and the known words or merges in one line. `extra`: what else a task of one's own needs, as JSON.
    """

    input_shape: tuple[int, ...]
    classes: tuple[str, ...]
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    fit: Fit = "crop"
    value_range: tuple[float, ...] = ()
    tokens: str = ""
    tokenizer: str = ""
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError for a shape that no input has, and for a normalisation that cannot be."""
        sides = self.input_shape
        if not sides or not all(1 <= side <= LONGEST_SIDE for side in sides) or math.prod(sides) > MOST_VALUES:
            raise ValueError(f"input_shape is {sides}: its sides must be from 1 to {LONGEST_SIDE}")
        numbers = (*self.mean, *self.std)
        if len(self.mean) != len(self.std) or not all(map(math.isfinite, numbers)) or any(s <= 0 for s in self.std):
            raise ValueError(f"mean {self.mean} and std {self.std} are no normalisation: std must be above 0")

    def to_json(self) -> dict[str, JsonValue]:
        """Return the fields that say something, what is in `extra` beside the others."""
        stored: dict[str, JsonValue] = TypeAdapter(InputSpec).dump_python(self, mode="json")
        empty = {name for name in ("mean", "std", "value_range", "tokens", "tokenizer") if not stored[name]}
        empty |= {"fit"} if self.fit == "crop" else set()
        return {name: value for name, value in stored.items() if name not in empty | {"extra"}} | dict(self.extra)

    @classmethod
    def from_json(cls, content: Mapping[str, JsonValue]) -> "InputSpec":
        """Return the spec that `to_json` gave, by any version. Raises ValueError for content that is none."""
        own = {entry.name for entry in fields(cls)} - {"extra"}
        known = {name: value for name, value in content.items() if name in own}
        extra = {name: value for name, value in content.items() if name not in own}
        try:
            return TypeAdapter(cls).validate_python({**known, "extra": extra})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from error
