"""The configuration of a study: each option said once, for the command line, study files and Python alike.

The command line is made of this file before anything heavy is imported, so it imports nothing that needs torch.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt, Predicate

from skipwise.names import path_of
from skipwise.studies.contender_spec import ContenderSpec, parse_specs
from skipwise.studies.kinds import kind_named

if TYPE_CHECKING:
    from skipwise.data import Options
    from skipwise.data.layout import Recognised
    from skipwise.studies.kinds import StudyKind
    from skipwise.tasks import Task

LARGEST_SIZE = 2048
"""Of images, in px a side; of texts, in tokens."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """How a field is said: its help, its word on the command line, and what it must be, by pydantic's kinds of mistake.

    Every kind of study has it, unless it is `of_some_kinds`: then the kinds name it. Without a `flag` it is called
    as the field, with dashes; a `flag` may be given several times. Other lists have commas between. `example` is a
    value for sentences on mistakes.
    """

    help: str
    flag: str | None = None
    argument: bool = False
    of_some_kinds: bool = False
    example: str = ""
    must_be: Mapping[str, str]


def option(
    default: Any,
    help: str,  # noqa: A002
    *,
    flag: str | None = None,
    argument: bool = False,
    of_some_kinds: bool = False,
    example: str = "",
    must_be: Mapping[str, str] | None = None,
) -> Any:
    """A field of StudyConfig; see Option."""
    said = Option(
        help=help, flag=flag, argument=argument, of_some_kinds=of_some_kinds, example=example, must_be=must_be or {}
    )
    return field(default=default, metadata={"option": said})


LONGEST_NAME = 200
"""Of a study, in bytes: file systems take 255, and names of files that are being written are longer."""


def is_folder_name(name: str) -> bool:
    """Whether a folder may be called so: one that lies where it is made, and that every program can name."""
    plain = re.fullmatch(r"[^/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]+", name) is not None
    return plain and name.strip(". ") != "" and not name.startswith("~") and len(name.encode()) <= LONGEST_NAME


def is_device(name: str) -> bool:
    return re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", name) is not None


@dataclass(frozen=True)
class StudyConfig:
    """The settings of a study; None stands for the default that the data suggest. Lists are kept as tuples."""

    data: str | Path = option("digits", "A folder, a file, or a name: `skipwise list data`.", argument=True)
    contenders: Sequence[str] = option(
        (), "[LABEL@]NAME[:field=value,...]; the first is the reference.", argument=True, of_some_kinds=True
    )
    _: KW_ONLY
    command: str = option("compare", "The kind of study, or a dotted path to one of your own.", flag="", argument=True)
    depths: Sequence[Annotated[int, Ge(1)]] | None = option(
        None, "Layers with commas between; of images 8,14,20,32,44,56.", of_some_kinds=True, example="8,20,56"
    )
    family: str | None = option(
        None, "The residual networks: this name before the depth; resnet.", of_some_kinds=True, example="resnet"
    )
    over: Sequence[str] | None = option(
        None,
        "Ingredients with commas between; default: all. Each is taken out or put in.",
        of_some_kinds=True,
        example="crop,mixup",
    )
    fractions: Sequence[Annotated[float, Gt(0), Le(1)]] = option(
        (0.05, 0.1, 0.25, 0.5, 1.0),
        "Fractions of the training images with commas between; .05,.1,.25,.5,1.",
        of_some_kinds=True,
        example=".1,.3,1",
        must_be=dict.fromkeys(("greater_than", "less_than_equal"), "fractions above 0 and up to 1, as 0.1"),
    )
    trials: Annotated[int, Ge(2)] = option(30, "Networks and recipes that are tried.", of_some_kinds=True, example="30")
    space: str | Path | None = option(
        None, "A TOML file of what may be chosen; default: see the study's folder.", of_some_kinds=True
    )
    seeds: Annotated[int, Ge(1)] | Literal["auto"] = option(
        5,
        "Runs of each contender, or auto: 3, 5 or 10, until it is decided.",
        of_some_kinds=True,
        must_be={"int": 'a whole number, or "auto"'},
    )
    seed: Annotated[int, Ge(0)] = option(
        0, "What the weights and the stream of images are drawn from.", of_some_kinds=True
    )
    epochs: Annotated[int, Ge(1)] | None = option(
        None, "Times each training image is shown; default by their number.", example="20"
    )
    budget: str | None = option(
        None, "epochs|steps|seconds|multiply-adds=VALUE for each run, equal for all contenders.", example="steps=2000"
    )
    tune: Literal["lr"] | None = option(None, "lr: search each contender's learning rate first.", of_some_kinds=True)
    folds: Annotated[int, Ge(2)] | None = option(
        None, "Divide the images so often, and test each one once.", of_some_kinds=True, example="5"
    )
    task: str | None = option(
        None, "images, text, boxes, or a dotted path to one of your own; default: what the data are."
    )
    test_size: Annotated[float, Gt(0), Lt(1)] | None = option(
        None,
        "Fraction for testing, where the data have no test set; .2.",
        example="0.2",
        must_be=dict.fromkeys(("greater_than", "less_than"), "a fraction between 0 and 1, as 0.2"),
    )
    long_tail: Annotated[float, Gt(1), Lt(math.inf)] | None = option(
        None,
        "Thin the training images until the classes differ by this ratio.",
        example="100",
        must_be=dict.fromkeys(("greater_than", "less_than"), "a ratio above 1, as 100"),
    )
    size: Annotated[int, Ge(1), Le(LARGEST_SIZE)] | None = option(
        None,
        "Side of the images in pixels; length of texts in tokens.",
        example="64",
        must_be={"less_than_equal": "at most {le}, in px or tokens"},
    )
    fit: Literal["crop", "pad", "stretch"] | None = option(
        None, "How images of another shape come to their size; default: by the shapes found."
    )
    tokens: Literal["characters", "bytes", "words", "subwords"] | None = option(None, "What texts are cut into.")
    text_column: str | None = option(None, "The column of a table that holds the texts.")
    label_column: str | None = option(None, "The column of a table that holds the labels.")
    split_seed: Annotated[int, Ge(0)] = option(0, "Another number, another split into train, validation and test.")
    pretrained: str | Path | None = option(
        None,
        "Weights that every contender begins with: a file, a run's folder, or torchvision/NAME.",
        of_some_kinds=True,
    )
    settings: Sequence[str] = option(
        (), "FIELD=VALUE for every contender; may repeat.", flag="--set", example="lr=0.01"
    )
    device: Annotated[str, Predicate(is_device)] = option(
        "auto",
        "auto, cpu, cuda, cuda:N for one GPU, or mps.",
        must_be={"predicate_failed": "auto, cpu, cuda, cuda:N or mps"},
    )
    precision: Literal["auto", "bf16", "fp32"] = option(
        "auto", "bf16 or fp32; auto: bf16 where the hardware multiplies it."
    )
    gradients: bool = option(True, "Note how large gradients are along the network.")
    out: str | Path = option(Path("studies"), "The folder that studies go to.")
    name: Annotated[str, Predicate(is_folder_name)] | None = option(
        None,
        "The study's name; default: data and contenders.",
        must_be={"predicate_failed": "a plain folder name; {out} says where it goes"},
    )
    workers: Annotated[int, Ge(1)] | None = option(None, "Runs at once; changes no result.", example="2")

    def __post_init__(self) -> None:
        """Keep lists as tuples, and weights of every contender as the setting that they stand for."""
        settings = [*self.settings, *([f"pretrained={self.pretrained}"] if self.pretrained is not None else [])]
        kept = {"data": str(self.data), "settings": tuple(settings), "pretrained": None, "out": Path(self.out)}
        kept |= {
            name: tuple(value)
            for name in ("contenders", "depths", "over", "fractions")
            if (value := getattr(self, name)) is not None
        }
        kept |= {"space": Path(self.space)} if self.space is not None else {}
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    @cached_property
    def kind(self) -> StudyKind:
        """The kind of study that `command` names. Raises UserError for an unknown one."""
        return kind_named(self.command)

    @cached_property
    def to_learn(self) -> Task:
        """The task that is named, else the one that the data look like. Raises UserError for an unknown name."""
        from skipwise.tasks import TASKS, find_task

        return (
            find_task(path_of(str(self.data)), self.task)
            if self.recognised is None
            else TASKS[self.recognised.reading.task]
        )

    @cached_property
    def recognised(self) -> Recognised | None:
        """The layout of the data; None where they are known by name, or the task is one of a user's own."""
        from skipwise.tasks import recognised

        return recognised(
            path_of(str(self.data)), self.task, text_column=self.text_column, label_column=self.label_column
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The contenders, or the default ones of the kind of study."""
        return tuple(self.contenders) or self.kind.default_contenders(self)

    @cached_property
    def specs(self) -> tuple[ContenderSpec, ...]:
        """The same, read. Raises UserError for a text that cannot be read, and where two have one label."""
        return parse_specs(self.texts)

    def data_options(self, device: str) -> Options:
        """Return the options of the data."""
        from skipwise.data import Options

        return Options(device=device, **{name: getattr(self, name) for name in DATA_OPTIONS})

    @property
    def line(self) -> str:
        """The command line that asks for the same."""
        words: list[str] = ["skipwise", self.command, str(self.data)]
        if "contenders" in self.kind.fields:
            words += self.texts
        for name, value in self.given().items():
            if OPTIONS[name].argument or name == "workers":
                continue
            flag = OPTIONS[name].flag or f"--{name.replace('_', '-')}"
            if OPTIONS[name].flag:
                words += [word for each in value for word in (flag, each)]
            elif value is False:
                words.append(f"--no-{name}")
            else:
                words += [flag, ",".join(map(plain_text, value)) if isinstance(value, tuple) else plain_text(value)]
        return shlex.join(words)

    def given(self) -> dict[str, Any]:
        """Every field that says something: those that differ from their default, and how many seeds."""
        always = {"data", "seeds"}
        own = [entry for entry in fields(self) if entry.name in fields_of(self.kind)]
        said = [entry.name for entry in own if entry.name in always or getattr(self, entry.name) != entry.default]
        return {"command": self.command} | {name: getattr(self, name) for name in said}

    def with_more(self, later: StudyConfig) -> StudyConfig:
        """Return what the two ask for together, `later` having been asked of the same study after this."""
        both = replace(
            self.kind.merged(self, later),
            seeds="auto" if "auto" in (self.seeds, later.seeds) else max(int(self.seeds), int(later.seeds)),
            device=self.device if later.device == "auto" else later.device,
            precision=self.precision if later.precision == "auto" else later.precision,
        )
        if self.settings == later.settings:
            texts = tuple(dict.fromkeys((*self.texts, *later.texts)))
            return both if texts == later.texts else replace(both, contenders=texts)
        by_label: dict[str, ContenderSpec] = {}
        for config in (self, later):
            for spec in config.specs:
                by_label.setdefault(spec.label, spec.with_settings(config.settings))
        return replace(both, contenders=tuple(map(str, by_label.values())), settings=())


OPTIONS: dict[str, Option] = {entry.name: entry.metadata["option"] for entry in fields(StudyConfig)}
"""Each field of StudyConfig with how it is said."""
DATA_OPTIONS = ("size", "fit", "tokens", "text_column", "label_column", "test_size", "split_seed", "long_tail")
"""Fields that `skipwise.data.Options` has too."""


def fields_of(kind: StudyKind) -> list[str]:
    """Names of the fields that a kind of study has, in order."""
    return [name for name, said in OPTIONS.items() if not said.of_some_kinds or name in kind.fields]


def plain_text(value: Any) -> str:
    """A value as it is written on the command line."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
