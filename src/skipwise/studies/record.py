"""The record of a study, `study.json`: what it trains and compares, and how it is extended."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainSerializer, ValidationError

from skipwise.errors import UserError, reason_of
from skipwise.networks.dotted import demand_trust, is_dotted, programs_in
from skipwise.records import misfit, record_from_json, record_to_json, write_atomically
from skipwise.regular_files import read_text
from skipwise.studies.config import StudyConfig, fields_of
from skipwise.studies.contender import Contender
from skipwise.studies.kinds import StudyKind, kind_named
from skipwise.studies.study_file import content, programs_of, validated
from skipwise.studies.sweeps import Point
from skipwise.tasks import Task, task_named
from skipwise.training.plan import ComputePlan


@dataclass(frozen=True, kw_only=True)
class Run:
    """One contender trained with one seed; `fold` is the one it is tested on, None where a test set stands."""

    contender: Contender
    seed: int
    fold: int | None = None


@dataclass(frozen=True, kw_only=True)
class SplitKey:
    """The values that fix the examples and their parts. None stands for what is not asked for."""

    fingerprint: str = ""
    input_shape: str = ""
    test_size: float | None = None
    split_seed: int = 0
    folds: int | None = None
    long_tail: float | None = None
    tokens: str | None = None
    fit: str = "crop"

    @property
    def identity(self) -> dict[str, str | float | int | None]:
        """The part of a run's identity: the last four, which came later, only where they are not as before them."""
        later = {"folds": None, "long_tail": None, "tokens": None, "fit": "crop"}
        return {name: value for name, value in asdict(self).items() if name not in later or value != later[name]}


@dataclass(frozen=True, kw_only=True)
class StudyRecord:
    """Contenders x seeds on one split of one data set, under one compute plan: all that `study.json` keeps.

    The first contender is the reference, or with `points` the first series at each point. `looks` are the numbers of
    seeds at which verdicts were declared to be looked at; `tuned` tells the rates that were tried for each contender,
    with the validation score of each. `config` repeats the study; a search inside another study has none.
    """

    name: str
    kind: str
    data: str
    command: str
    split: SplitKey
    contenders: tuple[Annotated[Contender, PlainSerializer(Contender.to_json)], ...]
    seeds: tuple[int, ...]
    plan: ComputePlan
    points: tuple[Point, ...] = ()
    looks: tuple[int, ...] = ()
    budget: str = ""
    tuned: dict[str, dict[str, float]] = field(default_factory=dict)
    config: Annotated[StudyConfig | None, PlainSerializer(lambda config: content(config) if config else None)] = None
    task: str = "images"
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def to_learn(self) -> Task:
        """The task that its networks learn."""
        return task_named(self.task)

    @property
    def study_kind(self) -> StudyKind:
        """How it is compared, named and extended."""
        return kind_named(self.kind)

    @property
    def folds(self) -> int | None:
        """Into how many folds the examples are divided, None where a test set stands."""
        return self.split.folds

    @property
    def fold_numbers(self) -> Sequence[int | None]:
        """Of the runs that one contender and seed need."""
        return range(self.folds) if self.folds else (None,)

    @property
    def runs(self) -> list[Run]:
        """Every run, seed by seed, so that pairs are completed early."""
        return [
            Run(contender=contender, seed=seed, fold=fold)
            for seed in self.seeds
            for contender in self.contenders
            for fold in self.fold_numbers
        ]

    @property
    def comparisons(self) -> list[tuple[str, str]]:
        """Which contender is judged against which reference, as (reference, contender)."""
        return self.study_kind.comparisons(self.contenders, self.points)

    def contender(self, label: str) -> Contender:
        return next(contender for contender in self.contenders if contender.label == label)

    def extended_by(self, later: "StudyRecord") -> "StudyRecord":
        """This design with the contenders and seeds of another; it keeps its own plan.

        Raises UserError where the other is about other data, another split, or other contenders of the same name.
        """
        another = "take another --name, or --out, for a study of its own"
        if later.kind not in (self.kind, *self.study_kind.extends):
            raise UserError(f"The study {self.name!r} is of another kind ({self.kind}, not {later.kind}): {another}.")
        if later.looks and later.looks != self.looks:
            raise UserError(f"The study {self.name!r} was begun without declared looks: {another}.")
        if later.task != self.task:
            raise UserError(f"The study {self.name!r} is about {self.task}, not {later.task}: {another}.")
        for what in (entry.name for entry in fields(SplitKey)):
            kept, now = getattr(self.split, what), getattr(later.split, what)
            if kept != now:
                if what == "fingerprint":
                    raise UserError(f"The study {self.name!r} is about other data than {later.data}: {another}.")
                words = what.replace("_", " ")
                raise UserError(f"The study {self.name!r} was begun with {words} {kept}, not {now}: {another}.")
        if not self.points and later.contenders[0].label != self.contenders[0].label:
            raise UserError(
                f"The reference of the study {self.name!r} is {self.contenders[0].label!r}, "
                f"not {later.contenders[0].label!r}: name that one first, or {another}."
            )
        if self.points and self.config and later.config:
            _check_alike(self.name, self.config, later.config)
        known = {contender.label: contender for contender in self.contenders}
        for contender in later.contenders:
            if known.get(contender.label, contender) != contender:
                raise UserError(
                    f"The study {self.name!r} has {contender.label!r} with other settings "
                    f"({_first_difference(known[contender.label], contender)}): give it a LABEL@ of its own, or {another}."
                )
        new = tuple(contender for contender in later.contenders if contender.label not in known)
        points = self.points + tuple(point for point in later.points if point not in self.points)
        self._check_points(points)
        together = self.config.with_more(later.config) if self.config and later.config else later.config
        return replace(
            self,
            contenders=self.contenders + new,
            points=points,
            tuned={**self.tuned, **later.tuned},
            seeds=tuple(sorted({*self.seeds, *later.seeds})),
            config=together,
            command=together.line if together else later.command,
        )

    def _check_points(self, points: Sequence[Point]) -> None:
        """Raises UserError where one series has points that another has not, or a depth has two families."""
        places: dict[str, set[float]] = {}
        for point in points:
            places.setdefault(point.series, set()).add(point.at)
        self.study_kind.check_points(self.name, points)
        everywhere = set[float]().union(*places.values())
        for series, at in places.items():
            if at != everywhere:
                lacking = ", ".join(f"{place:g}" for place in sorted(everywhere - at))
                raise UserError(
                    f"The study {self.name!r} would lack {series} at {lacking}: ask for all contenders at all of them."
                )


FORMAT = 2
"""Of study.json. Format 1 has no number, and `asked` for `config`."""
REMEDY = "restore it, or delete the study"


def write_study(file: Path, record: StudyRecord) -> None:
    """Write study.json, with the name of each contender's folder for who looks for it."""
    stored = record_to_json(record, format_number=FORMAT)
    names = [contender.run_name(record.split.identity) for contender in record.contenders]
    stored["contenders"] = [{"run_name": name, **each} for name, each in zip(names, stored["contenders"], strict=True)]
    write_atomically(file, lambda part: part.write_text(json.dumps(stored, indent=2) + "\n"))


def read_study(file: Path) -> StudyRecord:
    """Read study.json. Raises UserError where it is damaged, of a later format, or names what is not trusted."""
    try:
        stored = json.loads(read_text(file))
        if not isinstance(stored, dict) or not {"contenders", "format"} & stored.keys():
            raise ValueError("it holds no study")
        if stored.get("format", 1) in (1, FORMAT):
            stored = _with_values(stored, file)
    except UserError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        words = misfit(error) if isinstance(error, ValidationError) else f"{type(error).__name__}: {reason_of(error)}"
        raise UserError(f"{file} is damaged ({words}): {REMEDY}.") from error
    return record_from_json(StudyRecord, stored, where=file, format_number=FORMAT, remedy=REMEDY)


def _with_values(stored: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return a record of format 1 or 2 as one of format 2, with what has a reader of its own read.

    Raises UserError where it names a program that is not trusted.
    """
    own = [stored[name] for name in ("kind", "task") if is_dotted(stored.get(name, ""))]
    demand_trust([*own, *programs_in(stored["contenders"])], file)
    values = {**stored, "format": FORMAT}
    config = values.pop("asked", None) or values.get("config")
    if config is not None:  # it may have fields that its kind of study does not have any more
        demand_trust(programs_of(config), file)
        known = fields_of(kind_named(config["command"]))
        config = validated({name: value for name, value in config.items() if name in known}, file=file)
    contenders = tuple(Contender.from_json(contender) for contender in values["contenders"])
    return values | {"contenders": contenders, "config": config}


def _check_alike(name: str, kept: StudyConfig, config: StudyConfig) -> None:
    """Raises UserError where the points of a sweep would be trained in different ways."""
    for what in ("epochs", "budget", "tune", "settings"):
        before, after = getattr(kept, what), getattr(config, what)
        if before != after:
            raise UserError(
                f"The study {name!r} was begun with {what} {before or 'as usual'}, not {after or 'as usual'}, and its points "
                "must be trained alike: take another --name, or --out, for a study of its own."
            )


def _first_difference(kept: Contender, config: Contender) -> str:
    before, after = kept.to_json()["recipe"], config.to_json()["recipe"]
    for name, value in before.items():
        if after[name] != value:
            return f"{name} {value}, not {after[name]}"
    if kept.weights != config.weights:
        return "other pretrained weights of the same name"
    return "another network"
