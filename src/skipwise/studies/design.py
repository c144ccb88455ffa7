"""The design of a study: what was asked, as `study.json` keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from skipwise.errors import UserError
from skipwise.studies.config import StudyConfig, fields_of
from skipwise.studies.contender import Contender
from skipwise.studies.kinds import StudyKind, kind_named
from skipwise.studies.study_file import content, validated
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
class Design:
    """Contenders x seeds on one split of one data set, under one compute plan.

    `split` says what fixes the examples and their parts: fingerprint, input shape, test size, split seed, folds. The
    first contender is the reference, or with `points` the first series at each point. `looks` are the numbers of seeds
    at which verdicts were declared to be looked at; `tuned` tells the rates that were tried for each contender.
    `config` repeats the study; a search inside another study has none.
    """

    name: str
    kind: str
    data: str
    command: str
    split: dict[str, Any]
    contenders: tuple[Contender, ...]
    seeds: tuple[int, ...]
    plan: ComputePlan
    points: tuple[Point, ...] = ()
    looks: tuple[int, ...] = ()
    budget: str = ""
    tuned: dict[str, dict[str, float]] = field(default_factory=dict)
    config: StudyConfig | None = None
    task: str = "images"

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
        folds: int | None = self.split.get("folds")
        return folds

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

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "task": self.task,
            "kind": self.kind,
            "data": self.data,
            "command": self.command,
            "split": self.split,
            "contenders": [
                {"run_name": contender.run_name(self.split), **contender.to_json()} for contender in self.contenders
            ],
            "seeds": list(self.seeds),
            "plan": self.plan.to_json(),
            "points": [asdict(point) for point in self.points],
            "looks": list(self.looks),
            "budget": self.budget,
            "tuned": self.tuned,
            "asked": content(self.config) if self.config else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Design":
        return cls(
            name=data["name"],
            task=data.get("task", "images"),
            kind=data.get("kind", "compare"),
            data=data["data"],
            command=data["command"],
            split=data["split"],
            contenders=tuple(Contender.from_json(contender) for contender in data["contenders"]),
            seeds=tuple(data["seeds"]),
            plan=ComputePlan(**data["plan"]),
            points=tuple(Point(**point) for point in data.get("points", [])),
            looks=tuple(data.get("looks", [])),
            budget=data.get("budget", ""),
            tuned=data.get("tuned", {}),
            config=_config_of(data["asked"]) if data.get("asked") else None,
        )

    def extended_by(self, later: "Design") -> "Design":
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
        for what in {**self.split, **later.split}:
            kept = self.split.get(what)
            if later.split.get(what) != kept:
                words = what.replace("_", " ")
                if what == "fingerprint":
                    raise UserError(f"The study {self.name!r} is about other data than {later.data}: {another}.")
                raise UserError(
                    f"The study {self.name!r} was begun with {words} {kept}, not {later.split.get(what)}: {another}."
                )
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


def _config_of(content: Mapping[str, Any]) -> StudyConfig:
    """The configuration that study.json keeps; fields that its kind of study does not have any more are passed by."""
    known = fields_of(kind_named(content["command"]))
    return validated({name: value for name, value in content.items() if name in known})


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
