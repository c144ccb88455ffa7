"""What a user asks for: the same words on the command line, in a study file and from Python."""

import shlex
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config

from skipwise.data import Options
from skipwise.networks.presets import depths_of
from skipwise.studies import defaults
from skipwise.studies.contender_spec import ContenderSpec, parse_specs
from skipwise.tasks import Task, find_task

Command = Literal["compare", "train", "depth", "ablate", "learning-curve", "tune"]
SOME: dict[str, tuple[Command, ...]] = {
    "contenders": ("compare", "train", "ablate", "learning-curve"),
    "seed": ("train",),
    "depths": ("depth",),
    "family": ("depth", "tune"),
    "over": ("ablate",),
    "fractions": ("learning-curve",),
    "trials": ("tune",),
    "space": ("tune",),
    "tune": ("compare", "depth", "ablate", "learning-curve"),
    "folds": ("compare", "depth", "ablate"),
}
"""Fields that not every command has, and which do."""
SHALLOWEST = 3
"""Of a family of which no depth is usual, so many are compared."""
LARGEST_SIZE = 2048
"""Of images, in px a side; of texts, in tokens."""


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, kw_only=True)
class StudyConfig:
    """What is asked of a study; None stands for the default that the data suggests.

    `contenders` are texts `[LABEL@]NAME[:field=value,...]`; `depths` are of `depth`, `family` of `depth` and `tune`,
    `over` of `ablate`, `fractions` of `learning-curve`, `trials` and `space` (a TOML file) of `tune`, `seed` of `train`.
    """

    command: Command = "compare"
    data: str = "digits"
    task: str | None = None
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
    tokens: Literal["characters", "bytes", "words", "subwords"] | None = None
    split_seed: Annotated[int, Field(ge=0)] = 0
    depths: tuple[Annotated[int, Field(ge=1)], ...] | None = None
    family: str | None = None
    over: tuple[str, ...] = defaults.INGREDIENTS
    fractions: tuple[Annotated[float, Field(gt=0, le=1)], ...] = defaults.FRACTIONS
    trials: Annotated[int, Field(ge=2)] = defaults.TRIALS
    space: Path | None = None
    settings: tuple[str, ...] = ()
    gradients: bool = True
    out: Path = Path("studies")
    name: Annotated[str, Field(pattern=r"^[^/\\]+$")] | None = None
    workers: Annotated[int, Field(ge=1)] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The contenders, or the usual ones of the command."""
        if self.contenders:
            return self.contenders
        task = self.to_learn
        usual = {"ablate": task.contenders[1:2], "learning-curve": task.curve_contenders}
        return usual.get(self.command, task.contenders)

    @cached_property
    def specs(self) -> tuple[ContenderSpec, ...]:
        """The same, read. Raises UserError for a text that cannot be read, and where two have one label."""
        return parse_specs(self.texts)

    @cached_property
    def to_learn(self) -> Task:
        """The task that is named, else the one that the data look like. Raises UserError for an unknown name."""
        return find_task(self.data, self.task)

    @property
    def usual_family(self) -> str:
        """The family that is named, else the task's."""
        return self.family or self.to_learn.family

    @property
    def usual_depths(self) -> tuple[int, ...]:
        """The depths that are named, else those of the task that the family has, else the family's shallowest."""
        if self.depths is not None:
            return self.depths
        known = depths_of(self.usual_family)
        return tuple(depth for depth in self.to_learn.depths if depth in known) or tuple(known[:SHALLOWEST])

    def options(self, device: str) -> Options:
        """What is asked of the data."""
        return Options(
            size=self.size,
            tokens=self.tokens,
            test_size=self.test_size,
            split_seed=self.split_seed,
            long_tail=self.long_tail,
            device=device,
        )

    @property
    def line(self) -> str:
        """The command line that asks for the same."""
        words: list[str] = ["skipwise", self.command, self.data]
        if self.command not in ("depth", "tune"):
            words += self.texts
        for option, value in self.given().items():
            if option in ("command", "data", "contenders", "workers"):
                continue
            if option == "settings":
                words += [word for setting in self.settings for word in ("--set", setting)]
            elif value is False:
                words.append(f"--no-{option}")
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
        if self.command == "train":  # always one seed
            return {name: value for name, value in different.items() if name != "seeds"}
        return {**different, "seeds": self.seeds}

    def with_more(self, more: "StudyConfig") -> "StudyConfig":
        """What the two ask for together, `more` having been asked of the same study later."""
        both = replace(
            more,
            seeds="auto" if self.seeds == "auto" or more.seeds == "auto" else max(self.seeds, more.seeds),
            depths=self.depths
            if more.depths == self.depths
            else tuple(sorted({*self.usual_depths, *more.usual_depths})),
            over=tuple(dict.fromkeys((*self.over, *more.over))),
            fractions=tuple(sorted({*self.fractions, *more.fractions})),
        )
        if self.settings == more.settings:
            texts = tuple(dict.fromkeys((*self.texts, *more.texts)))
            return both if texts == more.texts else replace(both, contenders=texts)
        by_label: dict[str, ContenderSpec] = {}
        for config in (self, more):
            for spec in config.specs:
                by_label.setdefault(spec.label, spec.with_settings(config.settings))
        return replace(both, contenders=tuple(map(str, by_label.values())), settings=())


def plain_text(value: Any) -> str:
    """A value as it is written on the command line."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
