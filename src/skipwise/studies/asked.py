"""What a user asks for: the same words on the command line, in a study file and from Python."""

import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config

from skipwise.studies import defaults

Command = Literal["compare", "train", "depth", "ablate", "learning-curve", "tune"]
LARGEST_SIZE = 2048
"""Of images, in px a side."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a study; None stands for the default that the data suggests.

    `contenders` are texts `[LABEL@]NAME[:field=value,...]`; `depths` are of `depth`, `family` of `depth` and `tune`,
    `over` of `ablate`, `fractions` of `learning-curve`, `trials` and `space` (a TOML file) of `tune`, `seed` of `train`.
    """

    command: Command = "compare"
    data: str = "digits"
    contenders: tuple[str, ...] = ()
    seeds: Annotated[int, Field(ge=1)] | Literal["auto"] = 5
    seed: Annotated[int, Field(ge=0)] = 0
    epochs: Annotated[int, Field(ge=1)] | None = None
    budget: str | None = None
    tune: Literal["lr"] | None = None
    test_size: Annotated[float, Field(gt=0, lt=1)] | None = None
    long_tail: Annotated[float, Field(gt=1)] | None = None
    folds: Annotated[int, Field(ge=2)] | None = None
    size: Annotated[int, Field(ge=1, le=LARGEST_SIZE)] | None = None
    split_seed: Annotated[int, Field(ge=0)] = 0
    depths: tuple[Annotated[int, Field(ge=1)], ...] = defaults.DEPTHS
    family: str = defaults.FAMILY
    over: tuple[str, ...] = defaults.INGREDIENTS
    fractions: tuple[Annotated[float, Field(gt=0, le=1)], ...] = defaults.FRACTIONS
    trials: Annotated[int, Field(ge=2)] = defaults.TRIALS
    space: Path | None = None
    settings: tuple[str, ...] = ()
    out: Path = Path("studies")
    name: Annotated[str, Field(pattern=r"^[^/\\]+$")] | None = None
    workers: Annotated[int, Field(ge=1)] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The contenders, or the usual ones of the command."""
        usual = {"ablate": defaults.CONTENDERS[1:], "learning-curve": defaults.CURVE_CONTENDERS}
        return self.contenders or usual.get(self.command, defaults.CONTENDERS)

    @property
    def line(self) -> str:
        """The command line that asks for the same."""
        words: list[str] = ["skipwise", self.command, self.data]
        if self.command not in ("depth", "tune"):
            words += self.texts
        for option, value in self.given().items():
            if option in ("command", "data", "contenders", "out", "workers"):
                continue
            if option == "settings":
                words += [word for setting in self.settings for word in ("--set", setting)]
            else:
                text = ",".join(map(plain_text, value)) if isinstance(value, tuple) else plain_text(value)
                words += [f"--{option.replace('_', '-')}", text]
        return shlex.join(words)

    def given(self) -> dict[str, Any]:
        """Every field that says something: those that differ from their default, and how many seeds."""
        different = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if getattr(self, entry.name) != entry.default or entry.name in ("command", "data")
        }
        return different if self.command == "train" else {**different, "seeds": self.seeds}


def plain_text(value: Any) -> str:
    """A value as it is written on the command line."""
    return f"{value:g}" if isinstance(value, float) else str(value)
