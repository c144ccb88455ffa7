"""What a study says while it works: live on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType

from rich import box
from rich.console import Console as Terminal
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from skipwise.data import OWN_SIZE, Dataset
from skipwise.networks import Architecture
from skipwise.reports.sweeps import sweep_section
from skipwise.reports.tables import deployment_sentences, duration, length, percent, short_count, summary
from skipwise.studies import Ready, Study
from skipwise.studies.budget import parse_budget
from skipwise.studies.results import Result
from skipwise.studies.search import SEED
from skipwise.studies.tuning import SearchReady
from skipwise.studies.tuning_journal import FIRST_RUNG, REDUCTION
from skipwise.studies.workers import Job
from skipwise.training.loop import Tick

SECONDS_BETWEEN_LINES = 20.0


class Console:
    """Plain lines: one for each finished run, and one now and then on what is going."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self.terminal = terminal or Terminal(highlight=False, width=terminal_width())
        self.running: dict[Job, Tick] = {}
        self.said = time.monotonic()

    def say(self, text: str) -> None:
        self.terminal.print(text, markup=False, soft_wrap=True)

    def decoding(self, done: int, total: int) -> None:
        """Images are being decoded."""
        if time.monotonic() - self.said > SECONDS_BETWEEN_LINES:
            self.said = time.monotonic()
            self.say(f"decoding images: {done} of {total}")

    def announce(self, ready: Ready, *, briefly: bool = False) -> None:
        """What is about to be trained, by which defaults, and how long it may take; `briefly` where that is known."""
        self.ready = ready
        jobs = [Job(contender=run.contender.label, seed=run.seed, fold=run.fold) for run in ready.missing]
        self.begin({job: ready.seconds_per_run[job.contender] for job in jobs}, ready.seconds)
        for line in announcement(ready) if not briefly else []:
            self.say(line)

    def announce_search(self, prepared: SearchReady) -> None:
        """What is about to be searched, and how long it may take."""
        self.begin(dict.fromkeys(prepared.jobs, prepared.seconds), prepared.longest_seconds)
        self.say("\n".join(search_announcement(prepared)))

    def begin(self, work: dict[Job, float], seconds: float) -> None:
        """Jobs are about to be done, with the seconds that each may take alone, and all of them together."""
        self.began, self.first_tick = time.monotonic(), 0.0
        self.work, self.expected_seconds = work, seconds
        self.work_left = dict.fromkeys(work, 1.0)

    def tick(self, job: Job, tick: Tick) -> None:
        """A run has taken some steps."""
        if not self.first_tick:
            self.first_tick = time.monotonic()
        self.running[job] = tick
        self.work_left[job] = max(1 - tick.share, 1e-9)  # done is what has ended
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
        validation = "-" if result.validation_accuracy is None else f"{result.validation_accuracy:.3f}"
        self.ended(job, f"{job}: validation accuracy {validation}, {duration(result.train_seconds)}{failed}")

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
        return f"epoch {tick.epoch + 1} ({tick.share:.0%}), loss {tick.loss:.3f}, accuracy {tick.accuracy:.3f}"

    def time_left(self) -> str:
        """The estimate, corrected by what was seen so far."""
        total = sum(self.work.values())
        left = sum(self.work.get(job, 0.0) * share for job, share in self.work_left.items())
        if total - left < 0.05 * total:
            return duration(self.expected_seconds)
        return duration((time.monotonic() - self.first_tick) * left / (total - left))

    def conclude(self, study: Study, cautions: list[str]) -> None:
        """The table of contenders, the verdicts, and where the report is."""
        self.say("")
        self.terminal.print(results_table(study))
        residual = [contender.label for contender in study.design.contenders if contender.is_residual]
        for sentence in deployment_sentences(summary(study), residual):
            self.say(f"{sentence}.")
        section = sweep_section(study)
        for verdict in study.verdicts.values():
            self.say(f"\n{verdict}" if section is None else str(verdict))
            for caution in verdict.cautions if section is None else []:
                self.say(f"  - {caution}")
        if section is not None:
            self.say(f"\n{section.headline}")
        for caution in cautions:
            self.say(f"  - {caution}")
        if self.ready.missing:
            self.say(f"\nTrained in {duration(time.monotonic() - self.began)}.")
        self.say(f"Report: {study.report}")

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
            table.add_row(f"  {job}", self.state(job))
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


def terminal_width() -> int | None:
    """What goes into a file or a notebook is 100 characters wide; a terminal has its own width."""
    return None if sys.stdout.isatty() else 100


def console() -> Console:
    """The console that suits where standard output goes."""
    return LiveConsole() if sys.stdout.isatty() else Console()


def announcement(ready: Ready) -> list[str]:
    """What is about to be trained, line by line."""
    design = ready.design
    recipes = {contender.recipe for contender in design.contenders}
    recipe = design.contenders[0].recipe
    plan = design.plan
    names = ", ".join(contender.label for contender in design.contenders)
    lines = [
        *data_lines(ready, ready.dataset),
        f"Contenders  {names}; {seeds_note(ready)}, {len(ready.missing)} of {len(design.runs)} runs to train",
        *(f"            {note}" for note in (*network_notes(ready), *ready.notes)),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}, rate {recipe.lr:g}, {recipe.schedule}, "
        f"weight decay {recipe.weight_decay:g}, crop {recipe.crop} px, {'flip' if recipe.flip else 'no flip'}"
        + (" (first contender; others differ)" if len(recipes) > 1 else ""),
    ]
    if design.budget:
        lines.append(f"Budget      {parse_budget(design.budget)}, the same for every contender")
    if design.tuned:
        chosen = ", ".join(f"{contender.label} {contender.recipe.lr:g}" for contender in design.contenders)
        lines.append(f"Rates       found by the same search for each contender: {chosen}")
    if ready.missing:
        lines += [
            f"Computed    {ready.workers} at once, {plan.threads} thread{'s' * (plan.threads > 1)} each, "
            f"{plan.precision} on {plan.device}",
            f"Time        about {duration(ready.seconds)}",
        ]
    return [*lines, f"Folder      {ready.folder.path}", ""]


def data_lines(ready: Ready, data: Dataset) -> list[str]:
    """The data, their parts, and what was noticed of them."""
    channels, height, width = data.input_shape
    return [
        f"Data        {data.name}: {len(data.images)} images of {height}x{width} px, "
        f"{'grey' if channels == 1 else 'colour'}, {len(data.classes)} classes; {len(data.train)} train, "
        f"{len(data.validation)} validation, {len(data.test)} test",
        f"            {size_note(ready)}",
        *(f"            {note}" for note in data.found["notes"]),
    ]


def search_announcement(prepared: SearchReady) -> list[str]:
    """What is about to be searched, line by line."""
    ready, space = prepared.ready, prepared.space
    recipe, plan = ready.design.contenders[0].recipe, ready.design.plan
    how, halving = "every combination of the space, each to its end", ""
    if prepared.halving:
        how = f"of those that come to {FIRST_RUNG} % of a run, and again to {REDUCTION * FIRST_RUNG} %, the better half goes on"
        halving = ", less for what is dropped"
    return [
        *data_lines(ready, prepared.settled.dataset),
        f"Search      {prepared.trials} trials that must beat {space.family.usual}, one run each with seed {SEED}, judged "
        f"on {len(ready.dataset.validation)} validation images; no test image is seen",
        f"            {how}",
        *(f"            {line}" for line in space.text.splitlines() if line.strip() and not line.startswith("#")),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}, and what the space does not name as {space.family.usual} has it",
        f"Computed    {ready.workers} at once, {plan.threads} thread{'s' * (plan.threads > 1)} each, "
        f"{plan.precision} on {plan.device}",
        f"Time        about {duration(prepared.longest_seconds)} if all were as large as {space.family.usual}{halving}",
        f"Folder      {ready.folder.path}",
        "",
    ]


def seeds_note(ready: Ready) -> str:
    """How many seeds, folds, and looks."""
    design = ready.design
    folds = f" x {design.folds} folds" if design.folds else ""
    if design.looks:
        return f"up to {max(design.looks)} seeds each{folds}, looked at after {', '.join(map(str, design.looks))}"
    return f"{len(design.seeds)} seeds each{folds}"


def size_note(ready: Ready) -> str:
    """Why the images have the size they have."""
    found = ready.dataset.found
    if ready.asked.size is not None:
        return f"size asked for: {ready.asked.size} px"
    if found["resize_rule"] == OWN_SIZE:
        return "own size kept: all images have it, and no side is above 64 px"
    device = "CPU" if ready.design.plan.device == "cpu" else "GPU"
    return f"resized to {found['image']['height']} px, the rule for photos on a {device} (--size PX changes it)"


def network_notes(ready: Ready) -> list[str]:
    """What a network does to images that one might not expect, and where it begins."""
    _, *space = ready.dataset.input_shape
    notes = []
    for contender in ready.design.contenders:
        stem = contender.network.stem if isinstance(contender.network, Architecture) else None
        if stem is not None and min(space) < stem.enlarge_to:
            notes.append(f"{contender.label} enlarges the images from {min(space)} to {stem.enlarge_to} px")
        if contender.recipe.pretrained:
            notes.append(f"{contender.label} begins with the weights {contender.recipe.pretrained}")
    return notes


def results_table(study: Study) -> Table:
    """The contenders with what they reached."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("contender", overflow="fold", min_width=12)
    for heading in ("accuracy", "95 % interval", "parameters", "mult-adds", "a run", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in summary(study):
        table.add_row(
            row.label,
            percent(row.accuracy),
            f"{100 * row.interval[0]:.1f} to {100 * row.interval[1]:.1f}",
            short_count(row.parameters),
            short_count(row.multiply_adds),
            duration(row.seconds),
            f"{row.failures} of {row.runs}",
        )
    return table
