"""The way to standard output: any name can be written in any locale, also where nobody listens."""

import json
import os
import sys
from typing import Any

import typer

from skipwise.names import SURROGATE, shown, shown_text


def ready_streams() -> None:
    """Let standard output write every name, and stand for those of the three streams that were closed from the start.

    Whoever writes into a closed output meets a broken pipe, as behind `| head`; and no file that is opened later takes
    the number of a closed stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _open_in_place_of(number, name)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print lines, with control characters of names escaped."""
    typer.echo(shown_text(text))


def say_json(content: Any) -> None:
    """Print JSON in the encoding of standard output; bytes of names that are not UTF-8 stand there as `\\xe9`."""
    readable = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-") in ("utf-8", "utf8")
    text = SURROGATE.sub(
        lambda found: json.dumps(shown(found[0]))[1:-1], json.dumps(content, indent=2, ensure_ascii=False)
    )
    typer.echo(text if readable else json.dumps(json.loads(text), indent=2))


def complain(sentence: str) -> int:
    """Print a sentence on standard error; gives the exit code of a mistake that the user can mend."""
    typer.echo(f"skipwise: {shown(sentence)}", err=True)
    return 2


def end_of_pipe() -> int:
    """Drop what nobody reads any more; gives the exit code of a program that SIGPIPE ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _open_in_place_of(number: int, name: str) -> None:
    opened = set(os.pipe()) if name == "stdout" else {os.open(os.devnull, os.O_RDWR)}  # of a pipe the writer is higher
    if (last := max(opened)) != number:
        os.dup2(last, number)
    for other in opened - {number}:
        os.close(other)  # that of a pipe's reader leaves it broken
    mode = "r" if name == "stdin" else "w"
    setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  it stays open
