"""The documentation's commands do what it says."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skipwise.commands.catalogue import catalogue
from skipwise.networks import CATALOGUE
from skipwise.networks.branches import BRANCHES
from skipwise.networks.fields import ARCHITECTURE_FIELDS
from skipwise.studies.config import OPTIONS
from support.images import shapes
from support.runs import skipwise as command_line
from support.slow import slow_where

DOCS = Path(__file__).parent.parent / "docs"


def blocks(page, language):
    """The fenced blocks of a page in one language, "" for none."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    return [block for written_in, block in fenced if written_in == language]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    for name, block in zip(("mine.py", "turned.py", "sensitive.py"), blocks("extending.md", "python"), strict=True):
        (home / name).write_text(block)
    shapes(home / "squares.npz", side=12)
    return home


@pytest.fixture
def skipwise(home, monkeypatch, capsys):
    """The command in this process, in the folder with the pages' modules; gives what it prints."""
    monkeypatch.chdir(home)
    monkeypatch.syspath_prepend(home)

    def run(*words):
        code, said, complaint = command_line(monkeypatch, capsys, *words)
        assert code == 0, complaint
        return said

    return run


@pytest.mark.parametrize("number", slow_where(lambda number: number > 0, [0, 1, 2]))
def test_the_commands_with_networks_of_ones_own(skipwise, number):
    command = blocks("extending.md", "")[0].splitlines()[number]
    words = shlex.split(command.replace(" digits ", " squares.npz "))
    assert words[:3] == ["skipwise", "compare", "squares.npz"]
    said = skipwise(*words[1:], "--seeds", "1", "--epochs", "1", "--set", "batch_size=32")
    labels = [word.partition("@")[0] for word in words[3:]]
    assert all(re.search(rf"^ {re.escape(label)} +\d", said, re.MULTILINE) for label in labels), said
    assert " 0 of 1" in said


@pytest.mark.slow
def test_a_task_of_ones_own_is_one_file(home, skipwise):
    """The page's task is compared, resumed, swept, and answers for a new image, without a word of it in the study's
    code.
    """
    compared, told = blocks("extending.md", "")[1].splitlines()
    quick = ["--seeds", "2", "--epochs", "3", "--set", "batch_size=64"]
    done = skipwise(*shlex.split(compared)[1:], *quick)
    assert " angular score " in done
    assert "resnet8" in done
    study = home / "studies/digits-plain8-resnet8"
    best = json.loads((study / "verdict.json").read_text())["best"]
    run = json.loads((study / best["folder"] / "run.json").read_text())
    assert run["task"] == "turned.Angles"
    assert 0 < run["score"] < 1
    assert "angular score" in (study / "report.html").read_text()
    assert "0 of 4 runs to train" in skipwise(*shlex.split(compared)[1:], *quick, "--dry-run")
    Image.fromarray(np.full((9, 9), 128, np.uint8)).save(home / "photo.png")
    assert re.search(r"photo.png  turned by -?\d+ degrees", skipwise(*shlex.split(told)[1:]))
    swept = skipwise("depth", "digits", "--task", "turned.Angles", "--depths", "8,14", "--seeds", "1", "--epochs", "1")
    assert "One depth" not in swept
    assert "plain14" in swept


@pytest.mark.slow
def test_a_kind_of_study_of_ones_own_is_one_file(home, skipwise):
    """The page's kind is a command, a study file and a call; it is compared, reported by its own section, and
    resumed.
    """
    (told,) = blocks("extending.md", "")[2].splitlines()
    quick = ["--seeds", "2", "--epochs", "1", "--set", "batch_size=32", "--set", "widths=4/4/4", "--name", "own"]
    words = shlex.split(told.replace(" digits ", " squares.npz "))[1:]
    assert " minds the learning rate least." in skipwise(*words, *quick)
    study = home / "studies/own"
    verdict = json.loads((study / "verdict.json").read_text())
    assert verdict["kind"] == "sensitive.RateSensitivity"
    assert [told["contender"] for told in verdict["verdicts"]] == [f"resnet20 at {at} x" for at in ("0.1", "1", "10")]
    page = (study / "report.html").read_text()
    assert "Three rates tell nothing of those between them." in page
    assert (study / "figures/sensitivity.svg").exists()
    assert "0 of 12 runs to train" in skipwise("run", "studies/own/study.toml", "--dry-run")
    assert "--folds" in skipwise(words[0], "--help")
    result = json.loads(skipwise("run", "studies/own/study.toml", "--json"))
    assert result["headline"] == verdict["headline"]
    assert result["report"] == "studies/own/report.html"
    call = (
        "import skipwise; print(skipwise.run('squares.npz', ['plain20', 'resnet20'], command='sensitive.RateSensitivity', "
        "seeds=2, epochs=1, settings=['batch_size=32', 'widths=4/4/4'], name='own').design.kind)"
    )
    done = subprocess.run([sys.executable, "-c", call], cwd=home, text=True, capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == verdict["kind"]


def test_networks_md_names_everything():
    page = (DOCS / "networks.md").read_text()
    assert all(f"`{name}`" in page for name in ARCHITECTURE_FIELDS)
    assert "\n".join(catalogue("shortcuts", DOCS)) in page
    assert all(f"`{name}`" in page for name in BRANCHES)
    for name in CATALOGUE:
        family, depth = re.fullmatch(r"([a-z-]*?)(?:-?(\d+.*|[ab]\d|cnn|resnet))?", name.removesuffix("-bn")).groups()
        assert name in page or f"`{family}" in page or f"`{depth}`" in page or name.startswith("plain"), name


def test_pictures_of_the_pages_are_there():
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_on_study_files_names_every_field():
    page = (DOCS / "study-files.md").read_text()
    assert all(f"`{name}`" in page for name in OPTIONS)
