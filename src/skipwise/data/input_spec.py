"""The input of a network: its shape, its classes, and how a new example is turned into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from pydantic import JsonValue, TypeAdapter

from skipwise.data.options import Fit


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
        return TypeAdapter(cls).validate_python({**known, "extra": extra})
