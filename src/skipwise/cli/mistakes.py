"""Words of the command line that its parser cannot use: each mistake in a sentence, with what to write instead."""

import re
from collections.abc import Sequence
from typing import Any

from skipwise.errors import short, unknown
from skipwise.studies.config import OPTIONS
from skipwise.studies.kinds import KINDS

EXAMPLES = {
    "run": "study.toml",
    "show": "resnet20",
    "report": "studies/digits-plain32-resnet32",
    "predict": "studies/digits-plain32-resnet32 photo.jpg",
    "explain": "studies/digits-plain32-resnet32 photo.jpg",
    "check": "photos/",
    "list": "networks",
} | {name: "digits resnet20" if kind.one_contender else "digits" for name, kind in KINDS.items()}
"""Words that may be written behind a command, by its name."""
WHOLE, NUMBER = "10", "0.5"
"""Examples of numbers, where an option has none of its own."""


def mistake_in(error: Any, words: Sequence[str]) -> str:
    """Return the sentence for an error of the parser in these words."""
    command = error.ctx.info_name if error.ctx is not None and error.ctx.parent is not None else words[0]
    kind = type(error).__name__
    if kind == "MissingParameter":
        return _missing(error.param, command)
    if kind == "NoSuchOption":
        known = [name for param in error.ctx.command.params for name in (*param.opts, *param.secondary_opts)]
        flags = [name for name in known if name.startswith("-")]
        of = "skipwise" if error.ctx.parent is None else command
        return str(unknown(f"option of {of}", error.option_name, [*flags, "--help"]))
    if kind == "BadOptionUsage":
        flag = error.option_name
        if "not take" in error.message:
            return f"{flag} takes no value: write it alone."
        return f"{flag} needs a value: write one behind it{_as(flag)}, or see `skipwise {command} --help`."
    if getattr(error, "param", None) is not None:
        return _wrong_value(error, words)
    if found := re.match(r"No such command '(.*?)'\.", error.message):
        return str(unknown("command", found[1], error.ctx.command.commands))
    if found := re.match(r"Got unexpected extra arguments? *(?:\(s\))? *\((.*)\)", error.message):
        return f"{command} takes fewer words than these, {found[1]!r} being too much: see `skipwise {command} --help`."
    said = error.format_message().replace("Value error, ", "").rstrip(".")  # pydantic's, before its own sentence
    return f"{said}: see `skipwise {command} --help`."


def empty_option(commands: Any, words: Sequence[str]) -> str | None:
    """Return the sentence for the first option whose value is empty, as of a variable that is not set; None if none."""
    command = commands.get(words[0])
    flags = {
        flag for param in getattr(command, "params", ()) if not getattr(param, "is_flag", False) for flag in param.opts
    }
    own = words[: words.index("--")] if "--" in words else words
    for flag, value in zip(own, [*own[1:], None], strict=False):
        name = flag.removesuffix("=") if flag.endswith("=") else flag if value == "" else ""
        if name.startswith("--") and name in flags:
            return f"{name} is empty: write a value behind it{_as(name)}, or leave it out."
    return None


def _missing(param: Any, command: str) -> str:
    """Say which word is missing. Those of the parser have the name of its function's parameter."""
    name = (param.metavar or param.name).strip("[].").upper()
    example = EXAMPLES.get(command, "digits")
    return (
        f"{command} needs {name}: write for example `skipwise {command} {example}`, or see `skipwise {command} --help`."
    )


def _wrong_value(error: Any, words: Sequence[str]) -> str:
    """Say what a value must be."""
    param, message = error.param, error.message
    is_option = param.opts[0].startswith("-")
    name = param.opts[0] if is_option else (param.metavar or param.name).upper()
    choices = re.findall(r"'([^']*)'", message.partition("not one of")[2])
    value = _written(words, (*param.opts, *param.secondary_opts)) if is_option else None
    if value is None and (found := re.match(r"(?:Value error, )?'(.*)' is not", message, re.DOTALL)):
        value = found[1]
    if choices:
        *others, last = map(repr, choices)
        must = f"{', '.join(others)} or {last}" if others else last
    elif bound := re.search(r"greater than or equal to (\S+)|range x>=(\S+?)\.?$", message):
        must = f"at least {bound[1] or bound[2]}"
    elif "integer" in message:
        must = f"a whole number{_as(name, WHOLE)}"
    elif "number" in message or "float" in message:
        must = f"a number{_as(name, NUMBER)}"
    else:
        must = f"something else ({message.rstrip('.')})"
    return f"{name} is {short(repr(value))}: it must be {must}."


def _written(words: Sequence[str], flags: Sequence[str]) -> str | None:
    """Return the last value that is written behind one of these flags."""
    found = None
    for word, value in zip(words, [*words[1:], None], strict=True):
        name, equals, behind = word.partition("=")
        if name in flags:
            found = behind if equals else value
    return found


def _as(flag: str, otherwise: str = "") -> str:
    """Return an example of a value in words, "" where there is none."""
    said = OPTIONS.get(flag.removeprefix("--").replace("-", "_"))
    example = said.example if said is not None and said.example else otherwise
    return f", as {example}" if example else ""
