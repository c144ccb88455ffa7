"""A command for each kind of study, with the options that the study config has for it."""

import pytest
import typer.main

from skipwise.cli import app
from skipwise.cli.studies import OUTPUT
from skipwise.studies.config import fields_of
from skipwise.studies.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_command_has_the_options_of_its_kind_and_no_others(kind):
    command = typer.main.get_command(app).commands[kind.name]
    assert {entry.name for entry in command.params} - {"help"} == {*fields_of(kind), *OUTPUT} - {"command"}
    assert command.help == kind.purpose
