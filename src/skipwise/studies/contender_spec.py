"""The grammar of a contender's text, `[LABEL@]NAME[:field=value,...]`: read once, and written back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skipwise.errors import UserError, short

Setting = tuple[str, str]
"""A field of network or recipe and its value, both as text."""


@dataclass(frozen=True, kw_only=True)
class ContenderSpec:
    """A contender as it is written: its label, which without LABEL@ is all of the text, its network's name, its
    fields.
    """

    label: str
    name: str
    fields: tuple[Setting, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "ContenderSpec":
        """Read a contender's text. Raises UserError for a label of no letters and for a field without its value."""
        label, at, description = text.rpartition("@")
        if at and not label:
            raise UserError(f"{short(text)!r} has no label before its @: write LABEL@NAME, or NAME alone.")
        name, _, fields = description.partition(":")
        settings = parse_settings(fields.split(",") if fields else (), text, name)
        return cls(label=label or description, name=name, fields=settings)

    def with_settings(self, settings: Sequence[str]) -> "ContenderSpec":
        """Return the same contender with settings of all contenders spelt out in it, before its own fields."""
        return replace(self, fields=(*parse_settings(settings, str(self), self.name), *self.fields))

    @property
    def programs(self) -> list[str]:
        """The dotted paths that it may name: its network, and what its fields are set to."""
        return [self.name, *(value for field, value in self.fields if field != "pretrained")]

    @property
    def description(self) -> str:
        """The text without its label."""
        fields = ",".join(f"{field}={value}" for field, value in self.fields)
        return f"{self.name}:{fields}" if fields else self.name

    def __str__(self) -> str:
        return self.description if self.label == self.description else f"{self.label}@{self.description}"


def parse_settings(settings: Sequence[str], text: str, name: str) -> tuple[Setting, ...]:
    """Read `field=value` of the contender `text`. Raises UserError for anything else."""
    read = []
    for setting in settings:
        field, equals, value = (part.strip() for part in setting.partition("="))
        if not equals:
            raise UserError(
                f"{short(setting)!r} in {short(text)!r} is no field=value: write for example {name}:kernel=5,lr=0.01."
            )
        read.append((field, value))
    return tuple(read)


def parse_specs(texts: Sequence[str]) -> tuple[ContenderSpec, ...]:
    """Read several contenders' texts. Raises UserError where two have one label."""
    specs = tuple(ContenderSpec.parse(text) for text in texts)
    labels = [spec.label for spec in specs]
    for label in labels:
        if labels.count(label) > 1:
            raise UserError(f"Two contenders are called {short(label)!r}: put a label before one, as other@{label}.")
    return specs
