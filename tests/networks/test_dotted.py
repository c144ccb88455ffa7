"""Programs that files name: refused unless they are trusted, and never before Python's own modules."""

import json
import sys

import pytest

from skipwise.errors import UserError
from skipwise.networks import PRESETS, CustomShortcut, dotted, network_from_json, network_to_json
from skipwise.networks.dotted import (
    UntrustedError,
    ask_with,
    demand_trust,
    load_dotted,
    programs_in,
    trust,
    trust_folder,
    trusted_paths,
)
from skipwise.networks.shortcuts import parse_shortcut


@pytest.fixture(autouse=True)
def nothing_trusted(monkeypatch):
    for name, empty in (("_names", set()), ("_folders", set()), ("_askers", [])):
        monkeypatch.setattr(dotted, name, empty)


def test_what_a_file_names_is_refused_with_path_and_file(tmp_path):
    with pytest.raises(UntrustedError, match=r"run\.json names a program, subprocess\.Popen, .*: add --trust"):
        demand_trust(["subprocess.Popen"], tmp_path / "run.json")
    with pytest.raises(UntrustedError, match=r"subprocess\.Popen"):
        load_dotted("subprocess.Popen")


def test_a_typed_path_is_trusted_and_words_that_are_none_are_not_kept(tmp_path):
    trust("json.dumps", "resnet20", "0.5")
    assert trusted_paths() == ["json.dumps"]
    demand_trust(["json.dumps"], tmp_path / "run.json")
    assert load_dotted("json.dumps") is json.dumps


def test_a_trusted_folder_holds_for_its_files_alone(tmp_path):
    trust_folder(tmp_path / "mine")
    demand_trust(["json.dumps"], tmp_path / "mine/runs/0/run.json")
    with pytest.raises(UntrustedError):
        demand_trust(["json.loads"], tmp_path / "mine-too/run.json")
    with pytest.raises(UntrustedError):
        demand_trust(["json.loads"], tmp_path / "mine/../other/run.json")


def test_a_terminal_is_asked(tmp_path):
    asked = []
    ask_with(lambda question: asked.append(question) or "dumps" in question)
    demand_trust(["json.dumps", "json.dumps"], tmp_path / "run.json")
    assert len(asked) == 1
    with pytest.raises(UntrustedError):
        demand_trust(["json.loads"], tmp_path / "run.json")


def test_a_network_read_from_json_names_nothing_that_is_not_trusted():
    stored = network_to_json(PRESETS["resnet8"])
    stored["stages"][0]["block"]["shortcut"] = {"kind": "own", "path": "os.system"}
    assert programs_in(stored) == ["os.system"]
    for content in (stored, {"own": "os.system"}):
        with pytest.raises(UntrustedError, match=r"os\.system"):
            network_from_json(content)
    with pytest.raises(UntrustedError, match=r"os\.system"):
        parse_shortcut("os.system")
    assert trusted_paths() == []


def test_what_is_written_in_python_is_trusted():
    network = PRESETS["resnet8"].with_shortcut(CustomShortcut(path="mine.Own"))
    assert network_from_json(network_to_json(network)) == network


def test_modules_here_come_last(tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("Net = 1\n")
    (tmp_path / "ours_alone.py").write_text("Net = 2\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    trust("random.Net", "ours_alone.Net")
    assert load_dotted("ours_alone.Net") == 2
    assert sys.path[-1] == str(tmp_path)
    with pytest.raises(UserError, match=r"has no 'Net' \(the module random that comes with Python .*rename yours"):
        load_dotted("random.Net")
