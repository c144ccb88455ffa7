"""`skipwise predict`: answers for new examples as lines, a table or JSON, with who answers and what is unread."""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from skipwise.commands.output import say, say_json
from skipwise.commands.terminal import Terminal
from skipwise.deployment import Given, Model, Unanswered
from skipwise.errors import UserError
from skipwise.names import cell, shown, shown_text
from skipwise.studies import Study
from skipwise.tasks import Prediction
from skipwise.training.record import RUN

LONG = 100
"""Examples from which on progress is shown on a terminal."""
MOST_NAMED = 5
"""Pictures that are named one by one."""
MOST_WARNINGS = 10
"""Examples that are warned of one by one."""


def predict_examples(
    folder: Path, examples: Sequence[str], *, as_json: bool, table: Path | None, pictures: Path
) -> bool:
    """Answer for all examples, say by which run, and name those that could not be read; return whether there are some.

    Answers go to standard output, all else to standard error. Raises UserError for what cannot be answered at all, as
    a single file that cannot be read.
    """
    model = Model.load(folder) if (folder / RUN).exists() else Study.open(folder).best
    given = model.given(examples)
    if table is not None and table.is_dir():
        raise UserError(f"--csv is {table}, which is a folder: name a file.")
    if sys.stderr.isatty() and model.must_learn:
        _say("Looking at examples of the study once, to tell which new ones are unlike them ...")
    with ExitStack() as opened:
        told = opened.enter_context(_progress(len(given.examples)))
        rows = _Table(opened.enter_context(_written(table))) if table is not None else None
        listing = _Listing(given, pictures) if not as_json else None
        predictions: list[Prediction] = []
        unreadable: list[Unanswered] = []
        for answer in model.answers(given, told):
            if isinstance(answer, Unanswered):
                unreadable.append(answer)
                continue
            if rows is not None:
                rows.write(answer)
            if listing is not None:
                listing.show(answer)
            else:
                predictions.append(answer)
        if len(given.examples) == len(unreadable) == 1 and not as_json:
            raise UserError(unreadable[0].reason)
    if listing is None:
        say_json(_as_json(model, given, predictions, unreadable))
    else:
        listing.conclude(model, unreadable)
    return bool(unreadable)


def tell_unreadable(unreadable: Sequence[Unanswered], count: int) -> None:
    """Name the examples, of so many, that could not be read, on standard error."""
    if unreadable:
        _say(f"skipwise: {len(unreadable)} of {count} could not be read:")
    for one in unreadable:
        _say(f"  {shown(one.reason)}")


class _Listing:
    """The answers as lines on standard output, with what is to be said of them kept for the end."""

    def __init__(self, given: Given, pictures: Path) -> None:
        self.notes = given.notes
        self.width = max(
            (len(shown(each.file if isinstance(each, Unanswered) else each.name)) for each in given.examples), default=0
        )
        self.pictures = pictures
        self.drawn: list[Path] = []
        self.warnings: list[str] = []
        self.answered = 0

    def show(self, prediction: Prediction) -> None:
        file = shown(prediction.file)
        say(f"{file:<{self.width}}  {shown(prediction.words)}")
        self.answered += 1
        if prediction.warning:
            self.warnings.append(f"{file}: {shown(prediction.warning)}")
        if (picture := prediction.draw_into(self.pictures)) is not None:
            self.drawn.append(picture)

    def conclude(self, model: Model, unreadable: Sequence[Unanswered]) -> None:
        if len(self.drawn) > MOST_NAMED:
            say(f"Pictures: {len(self.drawn)} in {self.pictures}")
        elif self.drawn:
            say(f"Pictures: {', '.join(shown(str(picture)) for picture in self.drawn)}")
        sys.stdout.flush()
        _say(f"Answers: {model.standing.words}")
        if isinstance(model.familiar, str):
            _say(model.familiar)
        for note in self.notes:
            _say(note)
        if self.warnings:
            be = "is" if len(self.warnings) == 1 else "are"
            _say(f"{len(self.warnings)} of {self.answered} {be} unlike all that it was trained on:")
            for warning in self.warnings[:MOST_WARNINGS]:
                _say(f"  {warning}")
        if len(self.warnings) > MOST_WARNINGS:
            _say(f"  and {len(self.warnings) - MOST_WARNINGS} more: --csv and --json have them all")
        tell_unreadable(unreadable, self.answered + len(unreadable))


class _Table:
    """The answers as rows of a table for spreadsheets; its columns are those of the first answer."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.columns: list[str] = []

    def write(self, prediction: Prediction) -> None:
        rows = [{"file": prediction.file, **row, "warning": prediction.warning} for row in prediction.rows()]
        writer = csv.writer(self.file)
        if not self.columns:
            fixed = [name for name in ("file", "answer", "probability", "warning") if name in rows[0]]
            self.columns = fixed + [name for name in rows[0] if name not in fixed]
            writer.writerow([cell(name) for name in self.columns])
        for row in rows:
            writer.writerow([cell(row[name]) for name in self.columns])


@contextmanager
def _written(table: Path) -> Iterator[TextIO]:
    """Open a table beside its place, and put it there when all is written."""
    part = table.with_name(f".{table.name}.part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            yield file
        part.replace(table)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None] | None]:
    """Show how far a long list is, where answers do not show it themselves."""
    if count < LONG or not sys.stderr.isatty() or sys.stdout.isatty():
        yield None
        return
    columns = (TextColumn("answering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Terminal(stderr=True, width=None), transient=True) as bar:
        job = bar.add_task("", total=count)
        yield lambda done: bar.update(job, completed=done)


def _as_json(
    model: Model, given: Given, predictions: Sequence[Prediction], unreadable: Sequence[Unanswered]
) -> dict[str, Any]:
    """Return what a program reads: who answers, the answers, and what could not be read."""
    unlooked = {"unfamiliar": model.familiar} if isinstance(model.familiar, str) else {}
    content: dict[str, Any] = _safe(
        {
            "model": asdict(model.standing) | {"folder": str(model.folder)},
            "predictions": [asdict(prediction) for prediction in predictions],
            "unreadable": [asdict(one) for one in unreadable],
            "notes": list(given.notes),
            **unlooked,
        }
    )
    return content


def _safe(value: Any) -> Any:
    """Return the same with every text as JSON in UTF-8 may hold it."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {_safe(name): _safe(each) for name, each in value.items()}
    return [_safe(each) for each in value] if isinstance(value, list | tuple) else value


def _say(line: str) -> None:
    print(shown_text(line), file=sys.stderr)
