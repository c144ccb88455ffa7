"""From what was asked to a study ready to train: data read, defaults filled in, networks built once, time estimated."""

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from skipwise.contender import slug
from skipwise.data import Dataset, ProgressCallback
from skipwise.data.folds import fold_of
from skipwise.data.layout import layout_lines
from skipwise.data.links import quoting_no_links
from skipwise.data.subset import subset_of
from skipwise.errors import UserError, clause
from skipwise.names import path_of
from skipwise.networks import PRESETS
from skipwise.networks.external.pretrained import load_pretrained
from skipwise.recipe import RENAMED_FIELDS, Recipe
from skipwise.statistics import DECLARED_LOOKS
from skipwise.studies.baseline import BASELINE, baseline_seconds
from skipwise.studies.budget import Budget, parse_budget, with_budget
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import Contender
from skipwise.studies.estimate import Estimate, Load, report_seconds
from skipwise.studies.folder import StudyFolder
from skipwise.studies.record import Run, SplitKey, StudyRecord
from skipwise.studies.sweeps import Sweep
from skipwise.studies.workers.pool import Job
from skipwise.tasks import Task, check_exists
from skipwise.training.plan import ComputePlan, choose_plan, workers_for
from skipwise.training.probe import seconds_per_run

IMPORT_SECONDS = min(10.0, time.process_time())
"""The CPU time of this process until all of this was imported: a worker imports the same. Bounded, as a notebook may
have computed before.
"""
SECONDS_TO_LOAD = 0.5
"""Of a worker: its data, and its first network."""


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
    """A study about to be trained. `estimate` is of the whole of it, `seconds_per_run` of each contender's run.

    `beginnings`: of contenders with pretrained weights, what was loaded, in words.
    """

    config: StudyConfig
    folder: StudyFolder
    design: StudyRecord
    dataset: Dataset
    missing: list[Run]
    workers: int
    seconds_per_run: dict[str, float]
    notes: tuple[str, ...] = ()
    baseline_seconds: float = 0.0
    load: Load = field(default_factory=Load)
    beginnings: dict[str, str] = field(default_factory=dict)

    @property
    def work(self) -> dict[Job, float]:
        """Every missing run, with the seconds that it may take alone."""
        return {
            Job(contender=run.contender.label, seed=run.seed, fold=run.fold): self.seconds_per_run[run.contender.label]
            for run in self.missing
        }

    @property
    def estimate(self) -> Estimate:
        """How long it takes; a study inside another one has neither baseline nor page."""
        if not self.missing:
            return Estimate()
        is_whole = self.design.config is not None
        return Estimate(
            start=IMPORT_SECONDS + SECONDS_TO_LOAD,
            training=sum(self.work.values()) / self.workers,
            baseline=self.baseline_seconds if is_whole else 0.0,
            report=report_seconds(IMPORT_SECONDS, len(self.design.contenders)) if is_whole else 0.0,
            processes=self.workers * self.design.plan.threads,
            load=self.load,
        )


def resolve(
    config: StudyConfig, progress: ProgressCallback | None = None, say: Callable[[str], None] | None = None
) -> ResolvedStudy:
    """Read the data and fill in the defaults. Raises UserError for whatever a user can mend.

    `say` hears in which layout the data lie, before they are read.
    """
    with quoting_no_links(path_of(str(config.data))):
        return _resolved(config, progress, say)


def _resolved(
    config: StudyConfig, progress: ProgressCallback | None, say: Callable[[str], None] | None
) -> ResolvedStudy:
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
    if say is not None and config.recognised is not None:
        say(layout_lines(config.recognised))
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
            f"{clause(f'{type(error).__name__}: {error}')}."
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
    seconds, beginnings = _probe(design, {run.contender.label: run.contender for run in missing}, one_fold)
    return StudyPlan(
        config=config,
        folder=folder,
        design=design,
        dataset=dataset,
        missing=missing,
        workers=config.workers or workers_for(design.plan, max(1, len(missing))),
        notes=resolved.sweep.notes,
        load=Load.now(),
        baseline_seconds=baseline_seconds(folder.file(BASELINE), design, one_fold) if missing else 0.0,
        seconds_per_run=seconds,
        beginnings=beginnings,
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
    manifest = dataset.manifest  # boxes are always padded, and their studies do not name it
    fit = manifest.image.fit if manifest.image is not None and manifest.boxes is None else "crop"
    return SplitKey(fingerprint=dataset.fingerprint, input_shape=shape, **{**asked, "fit": fit})


def _probe(
    design: StudyRecord, contenders: dict[str, Contender], dataset: Dataset
) -> tuple[dict[str, float], dict[str, str]]:
    """Build each contender's network, which tells at once what cannot be, and estimate the seconds of its run.

    Of those with pretrained weights also what was loaded, in words.
    """
    task, seconds, beginnings = design.to_learn, dict[str, float](), dict[str, str]()
    for label, contender in contenders.items():
        with _told_if_it_cannot_be(label, dataset):
            network, backbone = task.build(contender.network, dataset.input_spec, seed=0), frozenset[str]()
            if contender.recipe.pretrained:
                loaded = load_pretrained(network, contender.recipe.pretrained)
                backbone, beginnings[label] = loaded.backbone, loaded.words
            seconds[label] = seconds_per_run(task, network, contender.recipe, dataset, design.plan, backbone)
    return seconds, beginnings
