"""An option is said once, in StudyConfig: the command line, Python, the documentation and the data have the same."""

import inspect
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

import skipwise
from skipwise import UserError
from skipwise.cli import app
from skipwise.cli.studies import OUTPUT
from skipwise.data import Options
from skipwise.studies.config import DATA_OPTIONS, OPTIONS, StudyConfig, fields_of
from skipwise.studies.kinds import KINDS
from support.runs import skipwise as command_line

STUDY_FILES = Path(__file__).parents[2] / "docs/study-files.md"


def test_options_of_data_are_those_that_the_data_room_takes():
    """So that one more touches three files: config.py, data/options.py, and where it is used."""
    of_no_study = {"device", "compare_all"}  # the first comes of the compute plan, the second is for `skipwise check`
    assert {*DATA_OPTIONS, *of_no_study} == {entry.name for entry in fields(Options)}


def test_python_has_every_option_with_its_type():
    assert inspect.signature(skipwise.compare) == inspect.signature(skipwise.run) == inspect.signature(StudyConfig)
    assert all(f"`{name}`: {said.help}" in skipwise.run.__doc__ for name, said in OPTIONS.items())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_command_has_the_options_of_its_kind_and_no_others(kind):
    command = typer.main.get_command(app).commands[kind.name]
    assert {entry.name for entry in command.params} - {"help"} == {*fields_of(kind), *OUTPUT} - {"command"}
    assert command.help == kind.purpose


def test_fields_that_a_kind_names_are_there():
    assert all(name in OPTIONS and OPTIONS[name].of_some_kinds for kind in KINDS.values() for name in kind.fields)


def test_the_page_on_study_files_names_every_field():
    page = STUDY_FILES.read_text()
    assert all(f"`{name}`" in page for name in OPTIONS)


def test_compare_takes_the_fields_of_its_kind_alone():
    with pytest.raises(UserError, match=r"skipwise.compare takes no command: skipwise\.run trains a study of depth\."):
        skipwise.compare(command="depth")
    with pytest.raises(UserError, match="depths is a field of depth, not of compare"):
        skipwise.compare(depths=[8])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--device", "gpu"], "--device is 'gpu': it must be auto, cpu, cuda, cuda:N or mps."),
        (["--device", "cuda:99"], "--device is cuda:99, "),
        (["--precision", "fp16"], "Invalid value for '--precision'"),
        (["--depths", "8"], "No such option: --depths"),
        (["--json", "--dry-run"], "--json tells a study's result, and --dry-run stops before there is one"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(words, sentence, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, _, complaint = command_line(monkeypatch, capsys, "compare", "digits", "plain8", *words)
    assert code == 2
    assert complaint.startswith(f"skipwise: {sentence}")


def test_the_version(monkeypatch, capsys):
    assert command_line(monkeypatch, capsys, "--version")[:2] == (0, "0.1.0\n")
