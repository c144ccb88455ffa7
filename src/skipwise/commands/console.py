"""The console of a study while it works: live on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType

from rich import box
from rich.console import Console as Terminal
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from skipwise.commands.plan_summary import plan_summary, search_summary
from skipwise.names import shown, shown_text
from skipwise.reports.format import duration, percent, short_count
from skipwise.reports.summary import StudySummary
from skipwise.studies import StudyPlan
from skipwise.studies.results import Result
from skipwise.studies.searches import Search
from skipwise.studies.workers.pool import Job
from skipwise.training.loop import Tick

SECONDS_BETWEEN_LINES = 20.0


class Console:
    """Plain lines: one for each finished run, and one now and then on what is going."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self.terminal = terminal or Terminal(highlight=False, width=terminal_width())
        self.running: dict[Job, Tick] = {}
        self.said = time.monotonic()
        self.began = 0.0  # of the first look or search, so that all of them are counted

    def say(self, text: str) -> None:
        self.terminal.print(shown_text(text), markup=False, soft_wrap=True)

    def decoding(self, done: int, total: int) -> None:
        """Examples are being read."""
        if time.monotonic() - self.said > SECONDS_BETWEEN_LINES:
            self.said = time.monotonic()
            self.say(f"reading the data: {done} of {total}")

    def announce(self, ready: StudyPlan, *, briefly: bool = False) -> None:
        """Say what is about to be trained, by which defaults, and how long it may take; `briefly` where that is
        known.
        """
        self.ready = ready
        self.begin(ready.work, ready.seconds)
        for line in plan_summary(ready) if not briefly else []:
            self.say(line)

    def announce_search(self, search: Search) -> None:
        """Say what is about to be searched, and how long it may take."""
        self.ready = search.ready
        self.begin(search.work, search.seconds)
        self.say("\n".join([*([search.opening] if search.opening else []), *search_summary(search)]))

    def begin(self, work: dict[Job, float], seconds: float) -> None:
        """Jobs are about to be done, with the seconds that each may take alone, and all of them together."""
        self.began, self.first_tick = self.began or time.monotonic(), 0.0
        self.work, self.expected_seconds = work, seconds
        self.work_left = dict.fromkeys(work, 1.0)

    def tick(self, job: Job, tick: Tick) -> None:
        """A run has taken some steps."""
        if not self.first_tick:
            self.first_tick = time.monotonic()
        self.running[job] = tick
        self.work_left[job] = max(1 - tick.progress, 1e-9)  # done is what has ended
        self.show_running()

    def finished(self, job: Job, error: str | None) -> None:
        """A run has ended."""
        design = self.ready.design
        if error is not None:
            self.ended(job, f"{job}: broke off: {error}")
            return
        folder = self.ready.folder.run_folder(design, design.contender(job.contender), job.seed, job.fold)
        result = Result.read(folder, job.contender)
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
        if time.monotonic() - self.said > SECONDS_BETWEEN_LINES:
            self.said = time.monotonic()
            going = "; ".join(f"{job} {self.state(job)}" for job in self.running)
            self.say(f"{going}; {self.time_left()} left")

    def state(self, job: Job) -> str:
        """Where a running run stands, in words."""
        tick = self.running[job]
        name = self.ready.design.to_learn.score_name
        score = "" if tick.score is None else f", {name} {tick.score:.3f}"
        return f"epoch {tick.epoch + 1} ({tick.progress:.0%}), loss {tick.loss:.3f}{score}"

    def time_left(self) -> str:
        """The estimate, corrected by what was seen so far."""
        total = sum(self.work.values())
        left = sum(self.work.get(job, 0.0) * share for job, share in self.work_left.items())
        if total - left < 0.05 * total:
            return duration(self.expected_seconds)
        return duration((time.monotonic() - self.first_tick) * left / (total - left))

    def conclude(self, summary: StudySummary) -> None:
        """Say the table of contenders, the verdicts, and where the report is."""
        self.say("")
        self.terminal.print(results_table(summary))
        for sentence in summary.deployments:
            self.say(f"{sentence}.")
        if summary.baseline is not None:
            self.say(f"{summary.baseline.sentence}.")
        section = summary.section
        for verdict in summary.verdicts:
            self.say(f"\n{verdict}" if section is None else str(verdict))
            for caution in verdict.cautions if section is None else []:
                self.say(f"  - {caution}")
        if section is not None:
            self.say("\n".join(["", section.headline, *section.facts]))
        for caution in summary.cautions:
            self.say(f"  - {caution}")
        if self.ready.missing:
            self.say(f"\nTrained in {duration(time.monotonic() - self.began)}.")
        self.say(f"Report: {summary.study.report}")

    def __enter__(self) -> "Console":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is KeyboardInterrupt:
            self.say("Stopped, and nothing is lost: the same command goes on from here.")


class LiveConsole(Console):
    """The same on a terminal, with a display that is drawn anew a few times a second."""

    def begin(self, work: dict[Job, float], seconds: float) -> None:
        super().begin(work, seconds)
        self.progress = Progress(
            TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}")
        )
        self.bar = self.progress.add_task("runs", total=len(self.work_left), left="")
        self.live = Live(console=self.terminal, refresh_per_second=4, transient=True)

    def show_running(self) -> None:
        done = sum(1 - share for share in self.work_left.values())
        self.progress.update(self.bar, completed=int(done), left=f"about {self.time_left()} left")
        table = Table.grid(padding=(0, 2))
        for job in sorted(self.running, key=str):
            table.add_row(Text(shown(f"  {job}")), self.state(job))
        layout = Table.grid()
        layout.add_row(self.progress)
        layout.add_row(table)
        self.live.update(layout)

    def __enter__(self) -> "Console":
        if self.work_left:
            self.live.start()
            self.live.update("starting the workers ...")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()
        super().__exit__(kind, error, trace)


class QuietConsole(Console):
    """Says nothing but the verdicts."""

    def say(self, text: str) -> None:
        pass

    def conclude(self, summary: StudySummary) -> None:
        for verdict in summary.verdicts:
            super().say(str(verdict))


class SilentConsole(QuietConsole):
    """Says nothing, where the result is told in another form."""

    def conclude(self, summary: StudySummary) -> None:
        pass


def terminal_width() -> int | None:
    """Return the width: 100 characters for a file or a notebook, a terminal's own."""
    return None if sys.stdout.isatty() else 100


def console() -> Console:
    """The console that suits where standard output goes."""
    return LiveConsole() if sys.stdout.isatty() else Console()


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
            f"{100 * row.interval[0]:.1f} to {100 * row.interval[1]:.1f}",
            short_count(row.parameters),
            short_count(row.multiply_adds),
            duration(row.seconds),
            f"{row.failures} of {row.runs}",
        )
    if (baseline := summary.baseline) is not None:
        low, high = baseline.interval
        table.add_row(baseline.name, percent(baseline.score), f"{100 * low:.1f} to {100 * high:.1f}", "", "", "", "")
    return table
