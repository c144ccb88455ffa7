"""The console of a study while it works: plain lines, as files and notebooks take them."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

from rich import box
from rich.table import Table
from rich.text import Text

from skipwise.commands.phases import SECONDS_UNTIL_TOLD, Phases
from skipwise.commands.plan_summary import plan_summary, search_summary
from skipwise.commands.terminal import Terminal
from skipwise.names import shown
from skipwise.reports.format import counted, duration, interval_words, percent, percentage, short_count
from skipwise.reports.summary import StudySummary
from skipwise.studies import StudyPlan
from skipwise.studies.estimate import Estimate
from skipwise.studies.results import Result
from skipwise.studies.searches import Search
from skipwise.studies.workers.pool import Job
from skipwise.training.loop import Tick

SECONDS_BETWEEN_LINES = 20.0
TRAINING = "training"
READING, LOOKING = "reading the data", "looking for duplicates"
TIMING, SCORING, DRAWING = "timing a step of each network", "scoring the runs", "drawing the page"
TOLD_SHARE = 0.02
"""Of all that is to be read must be behind before the rest is told."""
LEAST_TOLD = 0.5
"""Seconds of a phase that is worth a word at the end."""
FAR_OFF = 0.3
"""The share by which an estimate must be wrong to be corrected in public."""
SURE_SHARE, SURE_SECONDS = 0.1, 5.0
"""Of the work, and of training, that must be behind before it is."""


class Console:
    """Plain lines: one for each finished run, one for a phase that lasts, and one now and then on what is going."""

    def __init__(self, terminal: Terminal | None = None, phases: Phases | None = None) -> None:
        self.terminal = terminal or Terminal()
        self.phases = phases or Phases()
        self.clock = self.phases.clock
        self.running: dict[Job, Tick] = {}
        self.said = self.clock()
        self.starting = ""
        self.first_read: tuple[int, float] | None = None
        self.trained_runs, self.trained_seconds = 0, 0.0

    def say(self, text: str) -> None:
        self.terminal.print(text, soft_wrap=True)

    def doing(self, words: str) -> None:
        """A phase begins, in words as "drawing the page", and the one before ends; "" ends it alone."""
        self.said = self.clock() if words == TRAINING else -math.inf
        if words:
            self.phases.begin(words, self.say if words != TRAINING else None)
        else:
            self.phases.end()

    @contextmanager
    def phase(self, words: str) -> Iterator[None]:
        """Something is done that is one phase."""
        self.doing(words)
        try:
            yield
        finally:
            self.doing("")

    def decoding(self, done: int, total: int) -> None:
        """Examples are being read."""
        self.phases.told()  # by the lines that are about to come
        if done >= total:
            self.first_read = None
            self.doing(LOOKING)
        elif self.phases.lasting > SECONDS_UNTIL_TOLD and self.clock() - self.said > SECONDS_BETWEEN_LINES:
            self.said = self.clock()
            self.say(self.reading_line(done, total))

    def reading_line(self, done: int, total: int) -> str:
        """How far the reading is, and how fast it goes since the first of these lines: before it a file was opened."""
        now = self.clock()
        if self.first_read is None:
            self.first_read = (done, now)
        before, began = self.first_read
        return reading_line(done, total, (done - before) / (now - began) if now > began else 0.0)

    def announce(self, ready: StudyPlan, *, briefly: bool = False) -> None:
        """Say what is about to be trained, by which defaults, and how long it may take; `briefly` where that is
        known.
        """
        self.doing("")
        self.ready = ready
        self.begin(ready.work, ready.estimate, ready.workers)
        for line in plan_summary(ready) if not briefly else []:
            self.say(line)

    def announce_search(self, search: Search) -> None:
        """Say what is about to be searched, and how long it may take."""
        self.doing("")
        self.ready = search.ready
        self.begin(search.work, search.estimate, search.ready.workers)
        self.say("\n".join([*([search.opening] if search.opening else []), *search_summary(search)]))

    def begin(self, work: dict[Job, float], estimate: Estimate, workers: int) -> None:
        """Jobs are about to be done, with the seconds that each may take alone, and an estimate of all of them."""
        self.starting = f"starting {counted(min(workers, len(work)), 'worker')}" if work else ""
        self.started, self.first_tick, self.corrected = self.clock(), 0.0, False
        self.work, self.estimate = work, estimate
        self.work_left = dict.fromkeys(work, 1.0)

    def tick(self, job: Job, tick: Tick) -> None:
        """A run has taken some steps."""
        if not self.first_tick:
            self.first_tick = self.clock()
            self.doing(TRAINING)
        self.running[job] = tick
        self.work_left[job] = max(1 - tick.progress, 1e-9)  # done is what has ended
        self.correct_estimate()
        self.show_running()

    def finished(self, job: Job, error: str | None) -> None:
        """A run has ended."""
        design = self.ready.design
        if error is not None:
            self.ended(job, f"{job}: broke off: {error}")
            return
        folder = self.ready.folder.run_folder(design, design.contender(job.contender), job.seed, job.fold)
        result = Result.read(folder, job.contender)
        self.trained_runs += 1
        self.trained_seconds += result.train_seconds
        failed = f"  FAILED: {result.failed}" if result.failed else ""
        validation = "-" if result.validation_score is None else f"{result.validation_score:.3f}"
        self.ended(
            job,
            f"{job}: validation {design.to_learn.score_name} {validation}, {duration(result.train_seconds)}{failed}",
        )

    def ended(self, job: Job, line: str) -> None:
        """A run or trial has ended, and this is what became of it; an empty line is old news."""
        self.running.pop(job, None)
        self.work_left[job] = 0.0
        done = sum(left == 0 for left in self.work_left.values())
        if line:
            self.say(f"{done:>3}/{len(self.work_left)}  {line}")

    def show_running(self) -> None:
        if self.clock() - self.said > SECONDS_BETWEEN_LINES:
            self.said = self.clock()
            going = "; ".join(f"{job} {self.state(job)}" for job in self.running)
            self.say(f"{going}; {self.time_left()} left")

    def state(self, job: Job) -> str:
        """Where a running run stands, in words."""
        tick = self.running[job]
        name = self.ready.design.to_learn.score_name
        score = "" if tick.score is None else f", {name} {tick.score:.3f}"
        return f"epoch {tick.epoch + 1} ({tick.progress:.0%}), loss {tick.loss:.3f}{score}"

    def correct_estimate(self) -> None:
        """Say once, when enough is done to know, that the whole takes clearly more or less time than estimated."""
        total = sum(self.work.values())
        if self.corrected or self.work_share_left() > 1 - SURE_SHARE or self.clock() - self.first_tick < SURE_SECONDS:
            return
        whole = self.clock() - self.started + self.seconds_left()
        if total and abs(whole / self.estimate.seconds - 1) > FAR_OFF:
            pace = "slower" if whole > self.estimate.seconds else "faster"
            self.corrected = True
            self.say(
                f"{pace} than estimated: about {duration(whole)} in all instead of {duration(self.estimate.seconds)}"
            )

    def work_share_left(self) -> float:
        """The share of all work that is still to be done."""
        total = sum(self.work.values())
        left = sum(self.work.get(job, 0.0) * share for job, share in self.work_left.items())
        return left / total if total else 0.0

    def seconds_left(self) -> float:
        """The estimate of what is left until the report, corrected by what was seen so far."""
        left = self.work_share_left()
        if left > 0.95:
            return max(1.0, self.estimate.seconds - (self.clock() - self.started))
        return (self.clock() - self.first_tick) * left / (1 - left) + self.estimate.after_training

    def time_left(self) -> str:
        """The same in words."""
        return duration(self.seconds_left())

    def conclude(self, summary: StudySummary) -> None:
        """Say the table of contenders, the verdicts, and where the report is."""
        self.doing("")
        self.say("")
        self.terminal.print(results_table(summary))
        for sentence in summary.deployments:
            self.say(f"{sentence}.")
        if summary.baseline is not None:
            self.say(f"{summary.baseline.sentence}.")
        section = summary.section
        if summary.opening and section is None and not summary.verdicts:
            self.say(f"\n{summary.opening}.")
        for verdict in summary.verdicts:
            self.say(f"\n{verdict}" if section is None else str(verdict))
            for caution in verdict.cautions if section is None else []:
                self.say(f"  - {caution}")
        if section is not None:
            self.say("\n".join(["", section.headline, *section.facts]))
        for caution in summary.cautions:
            self.say(f"  - {caution}")
        if self.trained_runs:
            self.say(f"\n{time_sentence(self.trained_runs, self.trained_seconds, self.phases.seconds)}")
        self.say(f"Report: {summary.study.report}")

    def __enter__(self) -> "Console":
        self.doing(self.starting)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.doing("")
        if kind is KeyboardInterrupt:
            self.say("Stopped, and nothing is lost: the same command goes on from here.")


def reading_line(done: int, total: int, rate: float) -> str:
    """How far the reading is, and how fast it goes, in examples a second; 0 where that is not known yet."""
    left = f", about {duration((total - done) / rate)} left" if done >= TOLD_SHARE * total and rate else ""
    return f"reading the data: {done:,} of {total:,}{f', {rate:,.0f} a second' if rate else ''}{left}"


def time_sentence(runs: int, trained_seconds: float, phases: Mapping[str, float]) -> str:
    """Tell training apart from what else took time: phases of half a second at least, the longest first."""
    longest = sorted(phases.items(), key=lambda phase: -phase[1])
    parts = ", ".join(f"{duration(seconds)} {words}" for words, seconds in longest if seconds >= LEAST_TOLD)
    whole = duration(sum(phases.values()))
    return f"{counted(runs, 'run')} took {duration(trained_seconds)} of training; {whole} in all{f': {parts}' if parts else ''}."


def results_table(summary: StudySummary) -> Table:
    """Return the table of contenders with their scores and costs."""
    score_name = summary.study.design.to_learn.score_name
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("contender", overflow="fold", min_width=12)
    for heading in (score_name, "95 % interval", "parameters", "mult-adds", "a run", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in summary.contenders:
        table.add_row(
            Text(shown(row.label)),
            percent(row.score),
            interval_words(row.interval, percentage),
            short_count(row.parameters),
            short_count(row.multiply_adds),
            duration(row.seconds),
            f"{row.failures} of {row.runs}",
        )
    if (baseline := summary.baseline) is not None:
        interval = interval_words(baseline.interval, percentage)
        table.add_row(baseline.name, percent(baseline.score), interval, "", "", "", "")
    return table
