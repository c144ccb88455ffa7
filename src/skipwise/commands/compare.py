"""The whole path: from what is asked to a verdict and a report."""

from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import Any, ParamSpec

from skipwise.commands.console import READING, SCORING, TIMING, Console
from skipwise.errors import UserError
from skipwise.reports import write_report
from skipwise.statistics import DECLARED_LOOKS
from skipwise.studies import Study, StudyConfig, plan_study, resolve, train_missing
from skipwise.studies.config import OPTIONS
from skipwise.studies.searches import searches
from skipwise.studies.study_file import validated

P = ParamSpec("P")


def _with_fields_of(config: Callable[P, StudyConfig]) -> Callable[[Callable[..., Study]], Callable[P, Study]]:
    """Give a function the parameters of StudyConfig, with their types and defaults, and tell each in its docstring."""

    def told(function: Callable[..., Study]) -> Callable[P, Study]:
        function.__signature__ = signature(config)  # type: ignore[attr-defined]
        fields = "\n".join(f"`{name}`: {said.help}" for name, said in OPTIONS.items())
        function.__doc__ = f"{function.__doc__}\n\n{fields}"
        return function

    return told


@_with_fields_of(StudyConfig)
def compare(data: str | Path = "digits", contenders: Sequence[str] = (), **fields: Any) -> Study:
    """Train contenders over several seeds on the same streams of examples, and judge each against the first.

    Calling it again trains only what is missing. The parameters are the options of `skipwise compare`. Raises UserError
    for whatever can be mended in them.
    """
    if fields.get("command", "compare") != "compare":
        raise UserError(f"skipwise.compare takes no command: skipwise.run trains a study of {fields['command']}.")
    return run(data, contenders, **fields)


@_with_fields_of(StudyConfig)
def run(data: str | Path = "digits", contenders: Sequence[str] = (), **fields: Any) -> Study:
    """Train and judge a study of any kind.

    Calling it again trains only what is missing. The parameters are the fields of a study file, of which each kind of
    study has its own. Raises UserError for whatever can be mended in them.
    """
    said = {"data": data, **({"contenders": contenders} if contenders else {}), **fields}
    study = run_study(validated({name: value for name, value in said.items() if value is not None}), Console())
    assert study is not None
    return study


def run_study(config: StudyConfig, console: Console, *, dry_run: bool = False) -> Study | None:
    """Make ready, train, judge and report, telling the console how it goes. None after a dry run."""
    try:
        return _run_study(config, console, dry_run=dry_run)
    finally:
        console.doing("")


def _run_study(config: StudyConfig, console: Console, *, dry_run: bool) -> Study | None:
    console.doing(READING)
    resolved = resolve(config, console.decoding, console.say)
    console.doing(TIMING)
    for prepare in searches(config):
        if (search := prepare(resolved)) is None:
            continue
        console.announce_search(search)
        if dry_run:
            return None
        with console:
            found = search.run(console)
        resolved = found.resolved
        console.say("\n".join([*found.lines, ""]))
        console.doing(TIMING)
    counts: Sequence[int | None] = DECLARED_LOOKS if config.seeds == "auto" else [None]
    for count in counts:
        ready = plan_study(resolved, None if count is None else tuple(range(count)))
        console.announce(ready, briefly=count not in (None, DECLARED_LOOKS[0]))
        if dry_run:
            return None
        with console:
            study = train_missing(ready, console, console.doing)
        console.doing(SCORING)
        study.look()
        if study.decided or study.learned_nothing or len(study.seeds) >= DECLARED_LOOKS[-1] or count is None:
            break
        if count == len(study.seeds):
            console.doing("")
            console.say(f"Not decided at {count} seeds: going on.\n")
            console.doing(TIMING)
    console.conclude(write_report(study, doing=console.doing))
    return study
