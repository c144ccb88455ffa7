"""From what was asked to a study ready to train: data read, defaults filled in, networks built once, time estimated."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from skipwise.contender import slug
from skipwise.data import Dataset, ProgressCallback
from skipwise.data.folds import fold_of
from skipwise.data.links import quoting_no_links
from skipwise.data.subset import subset_of
from skipwise.errors import UserError
from skipwise.names import path_of
from skipwise.networks import PRESETS
from skipwise.recipe import RENAMED_FIELDS, Recipe
from skipwise.statistics import DECLARED_LOOKS
from skipwise.studies.budget import Budget, parse_budget, with_budget
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender
from skipwise.studies.folder import StudyFolder
from skipwise.studies.record import Run, SplitKey, StudyRecord
from skipwise.studies.sweeps import Sweep
from skipwise.studies.workers.pool import Job
from skipwise.tasks import Task, check_exists
from skipwise.training.plan import ComputePlan, choose_plan, workers_for
from skipwise.training.probe import seconds_per_run

SECONDS_TO_START = 6.0
"""The time until the workers have begun: mostly importing torch."""


@dataclass(frozen=True, kw_only=True)
class ResolvedStudy:
    """A study config with its defaults filled in for these data."""

    config: StudyConfig
    dataset: Dataset
    sweep: Sweep
    plan: ComputePlan
    tuned: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The study's name: that of its data and what its kind says, unless the user names it."""
        config = self.config
        folds = [f"{config.folds}-folds"] if config.folds else []
        tail = [f"tail-{config.long_tail:g}"] if config.long_tail else []
        words = [slug(self.dataset.name), *config.kind.title(config), *folds, *tail]
        return config.name or "-".join(words)[:120]

    @property
    def folder(self) -> StudyFolder:
        return StudyFolder(Path(path_of(str(self.config.out))) / self.name)


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """A study about to be trained. `seconds` estimates the whole of it, `seconds_per_run` each contender's run."""

    config: StudyConfig
    folder: StudyFolder
    design: StudyRecord
    dataset: Dataset
    missing: list[Run]
    workers: int
    seconds_per_run: dict[str, float]
    notes: tuple[str, ...] = ()

    @property
    def work(self) -> dict[Job, float]:
        """Every missing run, with the seconds that it may take alone."""
        return {
            Job(contender=run.contender.label, seed=run.seed, fold=run.fold): self.seconds_per_run[run.contender.label]
            for run in self.missing
        }

    @property
    def seconds(self) -> float:
        if not self.missing:
            return 0.0
        return SECONDS_TO_START + sum(self.work.values()) / self.workers


def resolve(config: StudyConfig, progress: ProgressCallback | None = None) -> ResolvedStudy:
    """Read the data and fill in the defaults. Raises UserError for whatever a user can mend."""
    with quoting_no_links(path_of(str(config.data))):
        return _resolved(config, progress)


def _resolved(config: StudyConfig, progress: ProgressCallback | None) -> ResolvedStudy:
    data, kind = path_of(str(config.data)), config.kind
    if data in PRESETS and not Path(data).exists():
        words = shlex.join(["skipwise", config.command, "digits", data, *config.contenders])
        raise UserError(f"{data} is a network, not data: write `{words}`.")
    if config.epochs is not None and config.budget is not None:
        raise UserError(
            f"--epochs and --budget both say how long a run is: write one, as --budget epochs={config.epochs}."
        )
    budget = parse_budget(config.budget) if config.budget else None
    names = kind.sweep(config, Recipe(), None)  # a misspelt name is told before data are read
    series = {point.series for point in names.points} or names.contenders
    if config.seeds == "auto" and not kind.adds_contenders and len(series) < 2:
        raise UserError(
            "--seeds auto goes on until contenders are told apart: name two at least, or a number of seeds."
        )
    plan = choose_plan(kind.planned_runs(config, names), config.device, config.precision)
    check_exists(data, config.to_learn)
    dataset = config.to_learn.prepare(data, config.data_options(plan.device), progress)
    if config.folds is not None:
        _check_folds(config, config.folds, dataset)
    chosen = kind.sweep(config, config.to_learn.recipe(dataset, config.epochs), dataset)
    for contender in chosen.contenders:
        with _told_if_it_cannot_be(contender.label, dataset):
            config.to_learn.check(contender.network, contender.recipe)
    if budget is not None:
        chosen = replace(
            chosen, contenders=tuple(_on_budget(each, budget, config.to_learn, dataset) for each in chosen.contenders)
        )
    chosen = replace(chosen, notes=(*chosen.notes, *_renamed_fields(config)))
    return ResolvedStudy(config=config, dataset=dataset, sweep=chosen, plan=plan)


def _renamed_fields(config: StudyConfig) -> list[str]:
    """A note on each field of a recipe that is written by the name that it had before."""
    fields = [field for spec in config.specs for field, _ in spec.with_settings(config.settings).fields]
    return [
        f"{field} is called {RENAMED_FIELDS[field]} now" for field in dict.fromkeys(fields) if field in RENAMED_FIELDS
    ]


def _check_folds(config: StudyConfig, folds: int, dataset: Dataset) -> None:
    """Raises UserError where folds do not go with what else is asked, or with the data."""
    if config.test_size is not None:
        raise UserError("--folds tests every example once, so that there is no --test-size: write one of them.")
    if dataset.manifest.own_test:
        raise UserError(f"{config.data} has a test set of its own: --folds is for data without one.")
    if config.long_tail is not None:
        raise UserError("--long-tail thins the training examples of one split, and --folds makes several: write one.")
    if config.tune is not None:
        raise UserError(
            "--folds tests every example, and a search would choose on examples that are tested later: write one."
        )
    for fold in range(folds):
        fold_of(dataset, fold, folds, seed=0)


def _on_budget(contender: Contender, budget: Budget, task: Task, dataset: Dataset) -> Contender:
    examples = len(subset_of(dataset, contender.recipe.fraction, seed=0).train)
    with _told_if_it_cannot_be(contender.label, dataset):
        return with_budget(contender, budget, task, dataset.input_spec, examples)


@contextmanager
def _told_if_it_cannot_be(label: str, dataset: Dataset) -> Iterator[None]:
    """Turn what a network raises on these data into one sentence that names the contender."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{label}: {error}") from error
    except Exception as error:
        shape = "x".join(map(str, dataset.input_shape))
        raise UserError(
            f"{label} cannot be trained on these data ({shape}, {len(dataset.classes)} classes): "
            f"{type(error).__name__}: {error}"
        ) from error


def plan_study(resolved: ResolvedStudy, seeds: tuple[int, ...] | None = None) -> StudyPlan:
    """Settle the design for these seeds, try every network once and measure its steps.

    Nothing is written but the cache of what was read. Raises UserError for whatever a user can mend.
    """
    config, dataset, plan = resolved.config, resolved.dataset, resolved.plan
    design = StudyRecord(
        name=resolved.name,
        kind=config.command,
        data=str(config.data),
        command=config.line,
        task=config.to_learn.name,
        split=_split(config, dataset),
        contenders=resolved.sweep.contenders,
        seeds=seeds or config.kind.seeds(config),
        plan=plan,
        points=resolved.sweep.points,
        looks=DECLARED_LOOKS if config.seeds == "auto" else (),
        budget=config.budget or "",
        tuned=resolved.tuned,
        config=config,
    )
    folder = resolved.folder
    kept = folder.design()
    design = kept.extended_by(design) if kept else design
    _check_plan(design, plan, config)
    missing = folder.missing(design)
    one_fold = dataset if not config.folds else fold_of(dataset, 0, config.folds, seed=0)
    return StudyPlan(
        config=config,
        folder=folder,
        design=design,
        dataset=dataset,
        missing=missing,
        workers=config.workers or workers_for(design.plan, max(1, len(missing))),
        notes=resolved.sweep.notes,
        seconds_per_run=_probe(design, {run.contender.label: run.contender for run in missing}, one_fold),
    )


def _check_plan(design: StudyRecord, plan: ComputePlan, config: StudyConfig) -> None:
    """Raises UserError where a study would go on on another device, or in another precision that was asked for."""
    if design.plan.device != plan.device:
        whose = "this machine computes" if config.device == "auto" else "you ask for it"
        raise UserError(
            f"The study {design.name!r} was begun on {design.plan.device}, and {whose} on {plan.device}: "
            "go on where it was begun, or take another --name."
        )
    if config.precision not in ("auto", design.plan.precision):
        raise UserError(
            f"The study {design.name!r} was begun in {design.plan.precision}, not {config.precision}: leave --precision "
            "out, or take another --name."
        )


def _split(config: StudyConfig, dataset: Dataset) -> SplitKey:
    """Return the values that fix the examples and their parts."""
    asked = {entry.name: getattr(config, entry.name) for entry in fields(SplitKey) if hasattr(config, entry.name)}
    shape = "x".join(map(str, dataset.input_shape))
    return SplitKey(fingerprint=dataset.fingerprint, input_shape=shape, **asked)


def _probe(design: StudyRecord, contenders: dict[str, Contender], dataset: Dataset) -> dict[str, float]:
    """Build each contender's network, which tells at once what cannot be, and estimate the seconds of its run."""
    task, seconds = design.to_learn, {}
    for label, contender in contenders.items():
        with _told_if_it_cannot_be(label, dataset):
            network = task.build(contender.network, dataset.input_spec, seed=0)
            seconds[label] = seconds_per_run(task, network, contender.recipe, dataset, design.plan)
    return seconds
