"""Folders of studies that version 0.1.0 wrote open, report, predict and go on, with the data beside them."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from skipwise.studies import Study
from skipwise.training.plan import choose_plan
from support.runs import skipwise
from support.slow import slow_where

WRITTEN = Path(__file__).parent.parent / "data" / "studies_format_1"
CACHE_THEN = "CACHE"
"""The placeholder in the kept files for the folder of decoded examples."""
NAMES = sorted(folder.name for folder in (WRITTEN / "studies").iterdir())
NEW = {
    "photos": "photos/place 0/0.png",
    "texts.csv": "a film that was fine",
    "bars": "bars/test/0.png",
}
"""An example to answer for, by the data of the study."""
ONE_MORE_SEED = {
    "ablate": (["--seeds", "3"], 3, 9),
    "boxes": (["--seeds", "2"], 2, 4),
    "compare": (["--seeds", "3"], 2, 6),
    "depth": (["--seeds", "3"], 4, 12),
    "folds": (["--seeds", "2"], 6, 12),
    "learning-curve": (["--seeds", "3"], 4, 12),
    "text": (["--seeds", "3"], 2, 6),
    "train": (["--seed", "1"], 1, 2),
}
"""Words that ask for a seed more, how many runs are new, and how many there are in all."""
SEARCHED = ["rates", "tune"]
"""Studies that a search precedes, so that only training tells what they lack."""


needs_cpu = pytest.mark.skipif(choose_plan(1).device != "cpu", reason="these studies were begun on a CPU")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A folder as its user has it: data and studies side by side, and the cache as yet empty."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    shutil.copytree(WRITTEN, home)
    for file in home.rglob("data.json"):
        file.write_text(file.read_text().replace(CACHE_THEN, str(cache)))
    monkeypatch.setenv("SKIPWISE_CACHE", str(cache))
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def run(monkeypatch, capsys):
    """The command line in this process: gives what it prints where it succeeds."""

    def run(*words):
        code, said, complaint = skipwise(monkeypatch, capsys, *words)
        assert code == 0, complaint
        return said

    return run


def command(name):
    """The words that made a study."""
    return shlex.split(json.loads(Path("studies", name, "study.json").read_text())["command"])[1:]


def asking_for(words, options):
    """A command with these options in the place of its own, pairs of name and value."""
    words = list(words)
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option in words:
            words[words.index(option) + 1] = value
        else:
            words += [option, value]
    return words


def records(name):
    """The finished runs of a study, and when each was written."""
    return {file: file.stat().st_mtime_ns for file in Path("studies", name).rglob("run.json")}


@pytest.mark.parametrize("name", NAMES)
def test_verdicts_are_those_that_were_written(name):
    kept = json.loads(Path("studies", name, "verdict.json").read_text())
    study = Study.open(Path("studies", name))
    assert list(study.seeds) == kept["seeds"]
    assert len(study.verdicts) == len(kept["verdicts"])
    for verdict, before in zip(study.verdicts.values(), kept["verdicts"], strict=True):
        for field in ("reference", "contender", "direction", "equivalent", "pairs", "examples", "wins", "method"):
            assert getattr(verdict, field) == before[field]
        for field in ("difference", "interval", "p_value", "differences"):
            assert getattr(verdict, field) == pytest.approx(before[field])


def test_all_are_listed(run):
    listed = run("list", "studies")
    assert [line.split()[0] for line in listed.splitlines()] == [f"studies/{name}" for name in NAMES]
    told = json.loads(run("list", "studies", "--json"))
    assert [study["folder"] for study in told] == [f"studies/{name}" for name in NAMES]
    assert all(study["seeds_done"] == study["seeds"] for study in told)


def test_a_damaged_study_is_named_among_the_others(run):
    damaged = NAMES[0]
    Path("studies", damaged, "study.json").write_text("{")
    line = next(line for line in run("list", "studies").splitlines() if line.startswith(f"studies/{damaged} "))
    assert " damaged: " in line
    told = json.loads(run("list", "studies", "--json"))
    assert [study["folder"] for study in told if "damaged" in study] == [f"studies/{damaged}"]
    assert len(told) == len(NAMES)


@needs_cpu
@pytest.mark.parametrize("name", slow_where(lambda name: name not in ("compare", "text", "tune"), NAMES))
def test_the_same_command_trains_nothing_and_the_study_is_of_use(name, run):
    before = records(name)
    words = command(name)
    run(*words)
    assert records(name) == before

    study = Study.open(Path("studies", name))
    page = study.report.read_text(encoding="utf-8")
    assert all(contender.label in page for contender in study.design.contenders)
    assert "</html>" in page
    run("report", f"studies/{name}")
    if name == "boxes":  # its weights have taps that no pixel reached, whose numbers were never finite
        with pytest.raises(
            AssertionError,
            match=r"No run of studies/boxes came to its end with finite numbers, so that there is no model",
        ):
            run("predict", f"studies/{name}", NEW[words[1]], "--json")
    else:
        answers = json.loads(run("predict", f"studies/{name}", NEW[words[1]], "--json"))
        assert len(answers["predictions"]) == 1

    if name in SEARCHED:
        return
    options, new, in_all = ONE_MORE_SEED[name]
    said = run(*asking_for(words, options), "--dry-run")
    assert re.search(rf"\b{new} of {in_all} runs", said)


@pytest.mark.slow
@needs_cpu
@pytest.mark.parametrize("name", SEARCHED)
def test_a_seed_more_trains_only_its_own_runs(name, run):
    before = records(name)
    words = command(name)
    seeds = int(words[words.index("--seeds") + 1])
    run(*asking_for(words, ["--seeds", str(seeds + 1)]))
    after = records(name)
    assert {file: after[file] for file in before} == before
    assert {file.parent.name for file in after.keys() - before.keys()} == {str(seeds)}
    assert len(after) == len(before) + 2
    assert list(Study.open(Path("studies", name)).seeds) == list(range(seeds + 1))
