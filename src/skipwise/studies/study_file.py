"""A study file: a study as TOML, which `skipwise run` reads and every study leaves in its folder."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError, reason_of, short, unknown
from skipwise.names import path_of, writable
from skipwise.networks.dotted import demand_trust, is_dotted, trust
from skipwise.recipe import Recipe
from skipwise.regular_files import IrregularFileError, read_text
from skipwise.studies.budget import parse_budget
from skipwise.studies.config import OPTIONS, StudyConfig, fields_of, plain_text
from skipwise.studies.contender_spec import ContenderSpec
from skipwise.studies.kinds import KINDS
from skipwise.tasks import check_exists

STUDY_FILE = "study.toml"
STUDY_CONFIG: TypeAdapter[StudyConfig] = TypeAdapter(StudyConfig)

BY_KIND = {
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text in quotes",
    "list": "a list in brackets, as [...]",
    "path": "a folder in quotes",
    "literal_error": "{expected}",
}
"""The expected value, by the kind of the mistake."""


def read_study_file(path: Path) -> StudyConfig:
    """Read a study file. Raises UserError with the line or field that is wrong, and the nearest name."""
    try:
        text = read_text(path, "utf-8-sig")
        found = tomllib.loads(text)
    except FileNotFoundError as error:
        raise UserError(f"There is no file {path}: name a study file, as study.toml.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder: name the study file, as {path / STUDY_FILE}.") from error
    except IrregularFileError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}): name a study file, as study.toml.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text in UTF-8: save it as UTF-8.") from error
    except RecursionError as error:
        raise UserError(
            f"{path} cannot be read (it is nested too deeply): write it as `skipwise compare` does."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is no TOML: {reason_of(error)}.") from error
    except ValueError as error:  # a number of thousands of digits
        raise UserError(f"{path} cannot be read ({reason_of(error)}): write smaller numbers.") from error

    def place(field: str) -> str:
        return _place(path, _line_where(text, _sets(field)))

    config = validated(found, place=place, file=path)
    for check in (_check_data, _check_budget, _check_names):
        try:
            check(config)
        except UserError as error:
            words = re.findall(r"^[^\s:]+|(?<=')[^']+(?=')", str(error))
            lines = [_line_where(text, re.compile(rf"[^#]*(?<!\w){re.escape(word)}(?!\w)")) for word in words]
            raise UserError(f"{_place(path, next(filter(None, lines), None))}{error}") from error
    return config


def validated(
    words: dict[str, Any], place: Callable[[str], str] | None = None, file: Path | None = None
) -> StudyConfig:
    """Return the study config of these fields. Raises UserError that names the one that is wrong.

    Where they are written in a file, `place` gives the place of a field there, to begin the sentence with; else they
    are called as on the command line. Programs that a `file` names must be trusted; without it the user typed them.
    """
    for name in words:
        if name not in OPTIONS:
            raise UserError(f"{place(name) if place else ''}{unknown('field of a study', name, OPTIONS)}")
    try:
        text = json.dumps(_plain(words), default=str)  # JSON has lists, but no tuples
        config = STUDY_CONFIG.validate_json(text, strict=True)
    except ValidationError as error:
        mistake = error.errors()[0]
        field = str(mistake["loc"][0])
        written = _option if place is None else str
        must = _must(field, mistake["type"]).format(**mistake.get("ctx", {}), out=written("out"))
        where = place(field) if place else ""
        raise UserError(f"{where}{written(field)} is {_said(mistake['input'])}: it must be {must}.") from error
    if "out" in words:
        config = replace(config, out=Path(words["out"]))  # whatever its bytes: it need not exist yet
    if file is None:
        trust(*programs_of(words))
    else:
        demand_trust(programs_of(words), file)
    _check_kind(config, words, place)
    return config


def programs_of(words: Mapping[str, Any]) -> list[str]:
    """Return the dotted paths among the fields of a study: of its kind, its task, its networks and their parts."""
    named = [words.get("command") or "", words.get("task") or ""]
    for text in (*(words.get("contenders") or ()), *(f":{setting}" for setting in words.get("settings") or ())):
        with suppress(UserError):  # a text that cannot be read is told where it is read
            named += ContenderSpec.parse(text).programs
    return [name for name in named if is_dotted(name)]


def _check_kind(config: StudyConfig, words: Iterable[str], place: Callable[[str], str] | None) -> None:
    """Raises UserError for an unknown kind of study, and for fields that only other kinds have."""
    try:
        known = fields_of(config.kind)
    except UserError as error:
        raise UserError(f"{place('command') if place else ''}{error}") from error
    for name in words:
        if name not in known:
            *others, last = (kind.name for kind in KINDS.values() if name in kind.fields)
            of = f"{', '.join(others)} and {last}" if others else last
            raise UserError(
                f"{place(name) if place else ''}{name} is a field of {of}, not of {config.command}: "
                "leave it out, or take another command."
            )


def study_file(config: StudyConfig, head: str) -> str:
    """The text of the file that asks for the same, with comments of `head` before it."""
    return "".join(f"# {line}\n" for line in head.splitlines()) + tomli_w.dumps(content(config))


def content(config: StudyConfig) -> dict[str, Any]:
    """Return the fields from which `validated` makes `config`, in words, numbers and lists; how many work at once is
    left to the machine.
    """
    return {name: _plain(value) for name, value in config.given().items() if name != "workers"}


def _plain(value: Any) -> Any:
    """Return a value in lists, numbers and texts that UTF-8 can hold."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return writable(str(value)) if isinstance(value, str | Path) else value


def _said(value: object) -> str:
    """Return a value as it was written, a text in quotes."""
    return short(plain_text(value) if isinstance(value, float) else repr(value))


def _option(field: str) -> str:
    return field if OPTIONS[field].argument else f"--{field.replace('_', '-')}"


def _must(field: str, kind: str) -> str:
    """Describe the value that a field must have, for one of pydantic's kinds of mistake, as "int_type"."""
    words = {**BY_KIND, **OPTIONS[field].must_be}
    return words.get(kind) or words[kind.partition("_")[0]]


def _place(path: Path, line: int | None) -> str:
    return f"{path}, line {line}: " if line else f"{path}: "


def _line_where(text: str, pattern: re.Pattern[str]) -> int | None:
    """The number of the first line that begins like `pattern`."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), None)


def _sets(field: str) -> re.Pattern[str]:
    """Return a pattern for the beginning of a line that sets a field, or opens a table of its name."""
    return re.compile(rf"""\s*(["']?){re.escape(field)}\1\s*[.=]|\s*\[+\s*(["']?){re.escape(field)}\2\s*[\].]""")


def _check_data(config: StudyConfig) -> None:
    try:
        check_exists(path_of(str(config.data)), config.to_learn)
    except UserError as error:
        raise UserError(f"{error} Paths begin at the folder where skipwise is run, not at the study file.") from error


def _check_budget(config: StudyConfig) -> None:
    if config.budget is not None:
        parse_budget(config.budget)


def _check_names(config: StudyConfig) -> None:
    config.kind.sweep(config, Recipe(), None)
