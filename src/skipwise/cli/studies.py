"""The commands that train, made of the kinds of study and of the options that StudyConfig says."""

import types
from collections.abc import Sequence
from dataclasses import fields
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from skipwise.cli.trust import TRUST, vouch
from skipwise.commands.output import say, say_json
from skipwise.commands.phases import Phases
from skipwise.errors import UserError
from skipwise.names import path_of
from skipwise.studies.config import OPTIONS, StudyConfig, fields_of
from skipwise.studies.kinds import KINDS, StudyKind

DEFAULTS = {entry.name: entry.default for entry in fields(StudyConfig)}
TYPES = get_type_hints(StudyConfig)
"""Of each field, bounds left out: those are checked in one place for study files and Python too."""
DRY_RUN = typer.Option("--dry-run", help="Say what would be trained and how long it takes, and stop.")
QUIET = typer.Option("--quiet", help="Say nothing but the verdict.")
AS_JSON = typer.Option("--json", help="Say nothing but the result, as JSON.")
OUTPUT = {"dry_run": DRY_RUN, "quiet": QUIET, "as_json": AS_JSON, "trust": TRUST}
"""Options of every command that trains, which change nothing of what is trained."""


def add_study_commands(app: typer.Typer) -> None:
    """Give the command line a command for each kind of study."""
    for kind in KINDS.values():
        add_study_command(app, kind)


def add_study_command(app: typer.Typer, kind: StudyKind) -> None:
    """Give the command line the command of one kind of study: a function whose signature typer reads.

    Where a contender must be named the data must be too: a word that may be left out cannot stand before it.
    """

    def ask(*, dry_run: bool, quiet: bool, as_json: bool, trust: bool, **words: Any) -> None:
        _run(kind, words, dry_run=dry_run, quiet=quiet, as_json=as_json, trust=trust)

    said = {name: parameter(name, kind) for name in fields_of(kind) if name != "command"}
    said |= {name: (Annotated[bool, option], False) for name, option in OUTPUT.items()}
    ask.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                annotation=annotation,
                default=Parameter.empty if default is ... else default,
            )
            for name, (annotation, default) in said.items()
        ]
    )
    app.command(kind.name, help=kind.purpose)(ask)


def parameter(name: str, kind: StudyKind) -> tuple[Any, Any]:
    """How typer is to read a field, and what holds where it is not said; `...` where it must be said."""
    option, default = OPTIONS[name], DEFAULTS[name]
    if option.argument:
        if kind.one_contender:
            return Annotated[str, typer.Argument(metavar=name.upper().removesuffix("S"), help=option.help)], ...
        words, default = (list[str] | None, None) if is_list(name) else (str, default)
        return Annotated[words, typer.Argument(help=option.help)], default
    flag = f"--{name.replace('_', '-')}"
    flags = [f"{flag}/--no-{name}"] if TYPES[name] is bool else [option.flag] if option.flag else [flag]
    default = None if is_list(name) else str(default) if name == "seeds" else default
    return Annotated[word_type(name), typer.Option(*flags, help=option.help)], default


def is_list(name: str) -> bool:
    """Whether a field takes several values."""
    return any(get_origin(member) is Sequence for member in members(TYPES[name]))


def members(annotation: Any) -> tuple[Any, ...]:
    """The types of a union, else the one type."""
    return get_args(annotation) if get_origin(annotation) in (types.UnionType, Union) else (annotation,)


def word_type(name: str) -> Any:
    """Return the type that typer reads for an option: text for lists with commas and for a number that may be a word,
    else the type.
    """
    several = members(TYPES[name])
    if OPTIONS[name].flag:
        return list[str] | None
    if is_list(name):
        return str | None
    known = [member for member in several if member is not type(None)]
    if Path in known:
        return Path | None if DEFAULTS[name] is None else Path
    one = known[0] if len(known) == 1 else str
    return one | None if type(None) in several else one


def read(name: str, word: Any) -> Any:
    """Turn a word of the command line into a field's value. Raises UserError for words that are no such numbers."""
    if not isinstance(word, str):
        return word
    flag = f"--{name.replace('_', '-')}"
    if name == "seeds" and word != "auto":
        if not word.lstrip("-").isdigit():
            raise UserError(f"--seeds is {word!r}: it takes a whole number, or auto.")
        return int(word)
    if not is_list(name):
        return word
    (several,) = (member for member in members(TYPES[name]) if get_origin(member) is Sequence)
    (kind,) = get_args(several)
    try:
        return [kind(each.strip()) for each in word.split(",") if each.strip()]
    except ValueError as error:
        what = "whole numbers" if kind is int else "numbers"
        raise UserError(
            f"{flag} is {word!r}: it takes {what} with commas between, as {OPTIONS[name].example}."
        ) from error


def _run(kind: StudyKind, words: dict[str, Any], *, dry_run: bool, quiet: bool, as_json: bool, trust: bool) -> None:
    """Run the study that these words ask for; what is None was not said."""
    if kind.one_contender:
        words = {**words, "contenders": [words["contenders"]]}
    said = {name: read(name, word) for name, word in words.items() if word is not None}
    with loading(silent=quiet or as_json) as phases:
        from skipwise.studies.study_file import validated

        config = validated({"command": kind.name, **said})
        conclude(config, phases, dry_run=dry_run, quiet=quiet, as_json=as_json, trust=trust)


def loading(*, silent: bool) -> Phases:
    """Begin the first phase: importing PyTorch may take a while."""
    phases = Phases()
    phases.begin("loading PyTorch", None if silent else say)
    return phases


def conclude(config: StudyConfig, phases: Phases, *, dry_run: bool, quiet: bool, as_json: bool, trust: bool) -> None:
    """Run a study and say how it went, on the console or as one JSON object.

    With `trust` it may go on in a folder whose files name programs.
    """
    from skipwise.commands.compare import run_study
    from skipwise.commands.consoles import QuietConsole, SilentConsole, console

    phases.end()
    if as_json and dry_run:
        raise UserError("--json tells a study's result, and --dry-run stops before there is one: write one of them.")
    vouch(path_of(str(config.out)), trust)
    if config.space is not None:
        vouch(path_of(str(config.space)), trust)
    speaking = SilentConsole() if as_json else QuietConsole() if quiet else console(phases)
    study = run_study(config, speaking, dry_run=dry_run)
    if as_json and study is not None:
        say_json(study_result(study))


def study_result(study: Any) -> dict[str, Any]:
    """Everything that verdict.json says, with where report and best model are."""
    result = study.folder.read("verdict.json")
    best = study.best_result
    return {
        **result,
        "folder": str(study.path),
        "report": str(study.report),
        "best_model": None if best is None else str(best.folder),
    }
