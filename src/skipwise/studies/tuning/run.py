"""The trials of a search while it goes: what is next, what is hopeless, what became of each."""

from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from skipwise.errors import UserError, clause
from skipwise.studies.budget import parse_budget, with_budget
from skipwise.studies.contender import Contender, parse_contender
from skipwise.studies.folder import StudyFolder
from skipwise.studies.prepare import ResolvedStudy
from skipwise.studies.record import StudyRecord
from skipwise.studies.results import Result
from skipwise.studies.searches import SearchListener
from skipwise.studies.tuning.journal import FIRST_RUNG, JOURNAL, Entry, Journal
from skipwise.studies.tuning.learning_rate import SEED
from skipwise.studies.tuning.space import Space
from skipwise.studies.tuning.trials import State, Trial
from skipwise.studies.workers.pool import Job
from skipwise.training.checkpoint import CHECKPOINT
from skipwise.training.loop import Tick
from skipwise.training.record import RUN

TRIES = 2
"""A trial whose process broke off is begun again once; after that it has failed."""


class Trials:
    """Gives workers their trials, listens to them, and writes down in the journal how each one fared."""

    def __init__(
        self, resolved: ResolvedStudy, space: Space, folder: StudyFolder, design: StudyRecord, listener: SearchListener
    ) -> None:
        self.resolved, self.space = resolved, space
        self.folder, self.design = folder, design
        self.listener = listener
        recipe = resolved.config.to_learn.recipe(resolved.dataset, resolved.config.epochs)
        self.usual = space.values_of_usual(recipe, resolved.config.settings)
        self.journal = Journal(folder.file(JOURNAL), space, resolved.config.trials, SEED, self.usual)
        self.again: deque[Entry] = deque()
        self.tries: dict[int, int] = {}
        self.dropping: set[int] = set()
        self.seen: dict[tuple[Any, Any], int] = {}
        for entry in self.journal.all():
            job = _job(entry.number)
            if entry.running and self._is_done(job):
                self.finished(job, None)  # the search was stopped before it heard so
            elif entry.running:
                self.again.append(entry)
                continue
            else:
                listener.ended(job, "")
            self._remember(entry)

    def next_job(self) -> Job | None:
        """A trial that was cut, or else a new one; those that cannot be built or repeat another one are passed by."""
        while (entry := self.again.popleft() if self.again else self.journal.ask()) is not None:
            job = _job(entry.number)
            try:
                contender = self._made(entry)
            except UserError as error:
                self.journal.note(entry.number, "impossible", clause(error))
                self.journal.drop(entry.number)
                self.listener.ended(job, f"{job.contender}: cannot be built: {clause(error)}")
                continue
            same = self.seen.setdefault((contender.network, contender.recipe), entry.number)
            if same != entry.number:
                self.journal.repeat(entry.number, same)
                self.listener.ended(job, f"{job.contender}: the same as trial-{same}, not counted")
                continue
            if contender not in self.design.contenders:
                self.design = replace(self.design, contenders=(*self.design.contenders, contender))
                self.folder.write_design(self.design)  # so that workers know it
            return job
        return None

    def tick(self, job: Job, tick: Tick) -> None:
        """A trial has taken some steps; at the first one of an epoch the accuracy after the last epoch is reported."""
        self.listener.tick(job, tick)
        number, percent = _number(job), judged_percent(tick)
        if number in self.dropping or tick.validation_score is None or not percent:
            return
        if self.journal.report(number, percent, tick.validation_score):
            self.dropping.add(number)
            self.journal.drop(number)

    def hopeless(self, job: Job) -> bool:
        return _number(job) in self.dropping

    def finished(self, job: Job, error: str | None) -> None:
        """A trial has ended: at its end, dropped, or broken off."""
        number, run = _number(job), self._run_folder(job)
        entry = self.journal.entry(number)
        if number in self.dropping:
            (run / CHECKPOINT).unlink(missing_ok=True)
            percent, accuracy = max(entry.accuracies.items())
            line = f"dropped at {percent} % of a run, validation {self._score_name} {accuracy:.3f}"
        elif error is not None:
            self.tries[number] = self.tries.get(number, 0) + 1
            if self.tries[number] < TRIES:
                self.again.append(entry)
                return
            self._fail(number, error)
            line = f"FAILED: {error}"
        else:
            result = Result.read(run, job.contender)
            if result.failed is not None or result.validation_score is None:
                self._fail(number, result.failed or "no epoch was finished")
                line = f"FAILED: {result.failed}"
            else:
                self.journal.finish(number, result.validation_score)
                line = f"validation {self._score_name} {result.validation_score:.3f}"
        self.listener.ended(job, f"{job.contender} {entry.notes['text']}: {line}")

    def found(self) -> tuple[Trial, ...]:
        """Every trial that is closed."""
        return tuple(_trial(entry) for entry in self.journal.all() if not entry.running)

    def _fail(self, number: int, reason: str) -> None:
        self.journal.note(number, "failed", reason)
        self.journal.drop(number)

    def _made(self, entry: Entry) -> Contender:
        """The contender of a trial, noted with its costs. Raises UserError for what cannot be."""
        config, data = self.resolved.config, self.resolved.dataset
        text = self.space.description(entry.values, config.to_learn.recipe(data, config.epochs), config.settings)
        self.journal.note(entry.number, "text", text)
        contender = contender_of(self.resolved, f"trial-{entry.number}", text)
        costs = config.to_learn.cost(config.to_learn.build(contender.network, data.input_spec, seed=0), data.input_spec)
        for name, what in (
            ("multiply_adds", costs.multiply_adds),
            ("parameters", costs.parameters),
            ("plain", contender.is_plain),
            ("usual", entry.values == self.usual),
        ):
            self.journal.note(entry.number, name, what)
        return contender

    def _remember(self, entry: Entry) -> None:
        """So that a later trial of the same is known for a repetition."""
        if "impossible" not in entry.notes:
            contender = contender_of(self.resolved, f"trial-{entry.number}", entry.notes["text"])
            self.seen[contender.network, contender.recipe] = entry.number

    @property
    def _score_name(self) -> str:
        return self.resolved.config.to_learn.score_name

    def _is_done(self, job: Job) -> bool:
        begun = any(contender.label == job.contender for contender in self.design.contenders)
        return begun and (self._run_folder(job) / RUN).exists()

    def _run_folder(self, job: Job) -> Path:
        return self.folder.run_folder(self.design, self.design.contender(job.contender), job.seed)


def contender_of(resolved: ResolvedStudy, label: str, text: str) -> Contender:
    """Return the contender of a trial, trained for as long as the study's budget allows. Raises UserError for what
    cannot be.
    """
    config, data = resolved.config, resolved.dataset
    contender = parse_contender(f"{label}@{text}", config.to_learn.recipe(data, config.epochs), config.settings)
    if config.budget is None:
        return contender
    return with_budget(contender, parse_budget(config.budget), config.to_learn, data.input_spec)


def judged_percent(tick: Tick) -> int:
    """How much of a run was done when validation data last judged, at the end of an epoch."""
    before = tick.epoch * tick.steps_per_epoch
    return round(100 * tick.progress * before / max(1, before + tick.step))


def _trial(entry: Entry) -> Trial:
    notes, reached = entry.notes, max(entry.accuracies, default=0)
    first = min((percent for percent in entry.accuracies if percent >= FIRST_RUNG), default=None)
    state: State = "finished" if entry.value is not None else "dropped"
    state = "impossible" if "impossible" in notes else "failed" if "failed" in notes else state
    return Trial(
        number=entry.number,
        text=notes.get("text", ""),
        values=entry.values,
        state=state,
        accuracy=entry.value if entry.value is not None else entry.accuracies.get(reached),
        early=None if first is None else entry.accuracies[first],
        share=1.0 if entry.value is not None else reached / 100,
        multiply_adds=notes.get("multiply_adds"),
        parameters=notes.get("parameters"),
        plain=notes.get("plain", False),
        reason=notes.get("impossible", "") or notes.get("failed", ""),
        usual=notes.get("usual", False),
    )


def _job(number: int) -> Job:
    return Job(contender=f"trial-{number}", seed=SEED)


def _number(job: Job) -> int:
    return int(job.contender.removeprefix("trial-"))
