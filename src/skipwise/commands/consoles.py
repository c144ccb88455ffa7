"""The other consoles: one for terminals, and those that say little or nothing."""

import sys
from types import TracebackType

from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from skipwise.commands.console import TRAINING, Console
from skipwise.commands.phases import SECONDS_UNTIL_TOLD, Phases
from skipwise.commands.terminal import Terminal
from skipwise.names import shown
from skipwise.reports.summary import StudySummary
from skipwise.studies.estimate import Estimate
from skipwise.studies.workers.pool import Job


class LiveConsole(Console):
    """The same on a terminal, with a display that is drawn anew a few times a second."""

    def __init__(self, terminal: Terminal | None = None, phases: Phases | None = None) -> None:
        super().__init__(terminal, phases)
        self.status: Status | None = None
        self.live = Live(console=self.terminal, refresh_per_second=4, transient=True)

    def doing(self, words: str) -> None:
        """A spinner shows the phase, but where the runs are shown."""
        if words:
            self.phases.begin(words)
        else:
            self.phases.end()
        if self.status is not None:
            self.status.stop()
            self.status = None
        if self.live.is_started:
            self.live.update(Text(f"{words} ..." if words != TRAINING else ""))
        elif words and words != TRAINING:
            self.status = self.terminal.status(f"{escape(words)} ...")
            self.status.start()

    def decoding(self, done: int, total: int) -> None:
        super().decoding(done, total)
        if self.status is not None and done < total and self.phases.lasting > SECONDS_UNTIL_TOLD:
            self.status.update(self.reading_line(done, total))

    def correct_estimate(self) -> None:
        """The time that is left is shown all the while."""

    def begin(self, work: dict[Job, float], estimate: Estimate, workers: int) -> None:
        super().begin(work, estimate, workers)
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
        self.doing("")
        if self.work_left:
            self.live.start()
        return super().__enter__()

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


def console(phases: Phases | None = None) -> Console:
    """The console that suits where standard output goes."""
    return (LiveConsole if sys.stdout.isatty() else Console)(phases=phases)
