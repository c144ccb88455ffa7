"""The option --trust: whether programs that files name may be imported and run."""

import sys
from pathlib import Path

import typer

TRUST = typer.Option(
    "--trust", help="Import and run the programs of their own that its files name: they can do all that you can."
)


def vouch(place: str | Path, trusted: bool) -> None:
    """Trust the programs that files in this place name, where the user says so; without --trust a terminal is asked."""
    from skipwise.networks.dotted import ask_with, trust_folder

    if trusted:
        trust_folder(place)
    elif sys.stdin.isatty() and sys.stderr.isatty():
        ask_with(lambda program: typer.confirm(f"{program}. Run it?", err=True))
