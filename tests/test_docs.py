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
from skipwise.networks.fields import ARCHITECTURE_FIELDS
from skipwise.studies.config import OPTIONS
from support.images import shapes

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


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_commands_with_networks_of_ones_own(home, number):
    command = blocks("extending.md", "")[0].splitlines()[number]
    words = shlex.split(command.replace(" digits ", " squares.npz "))
    assert words[:3] == ["skipwise", "compare", "squares.npz"]
    options = ["--seeds", "1", "--epochs", "1", "--set", "batch_size=32"]
    done = subprocess.run(
        [sys.executable, "-m", *words, *options], cwd=home, text=True, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    labels = [word.partition("@")[0] for word in words[3:]]
    assert all(re.search(rf"^ {re.escape(label)} +\d", done.stdout, re.MULTILINE) for label in labels), done.stdout
    assert " 0 of 1" in done.stdout


def test_a_task_of_ones_own_is_one_file(home):
    """The page's task is compared, resumed, swept, and answers for a new image, without a word of it in the study's
    code.
    """
    compared, told = blocks("extending.md", "")[1].splitlines()
    quick = ["--seeds", "2", "--epochs", "3", "--set", "batch_size=64"]
    done = skipwise(home, *shlex.split(compared)[1:], *quick)
    assert " angular score " in done
    assert "resnet8" in done
    study = home / "studies/digits-plain8-resnet8"
    best = json.loads((study / "verdict.json").read_text())["best"]
    run = json.loads((study / best["folder"] / "run.json").read_text())
    assert run["task"] == "turned.Angles"
    assert 0 < run["score"] < 1
    assert "angular score" in (study / "report.html").read_text()
    assert "0 of 4 runs to train" in skipwise(home, *shlex.split(compared)[1:], *quick, "--dry-run")
    Image.fromarray(np.full((9, 9), 128, np.uint8)).save(home / "photo.png")
    assert re.search(r"photo.png  turned by -?\d+ degrees", skipwise(home, *shlex.split(told)[1:]))
    swept = skipwise(
        home, "depth", "digits", "--task", "turned.Angles", "--depths", "8,14", "--seeds", "1", "--epochs", "1"
    )
    assert "One depth" not in swept
    assert "plain14" in swept


def test_a_kind_of_study_of_ones_own_is_one_file(home):
    """The page's kind is a command, a study file and a call; it is compared, reported by its own section, and
    resumed.
    """
    (told,) = blocks("extending.md", "")[2].splitlines()
    quick = ["--epochs", "1", "--set", "batch_size=32", "--set", "widths=4/4/4", "--name", "own"]
    words = shlex.split(told.replace(" digits ", " squares.npz "))[1:]
    assert " minds the learning rate least." in skipwise(home, *words, *quick)
    study = home / "studies/own"
    verdict = json.loads((study / "verdict.json").read_text())
    assert verdict["kind"] == "sensitive.RateSensitivity"
    assert [told["contender"] for told in verdict["verdicts"]] == [f"resnet20 at {at} x" for at in ("0.1", "1", "10")]
    page = (study / "report.html").read_text()
    assert "Three rates tell nothing of those between them." in page
    assert (study / "figures/sensitivity.svg").exists()
    assert "0 of 18 runs to train" in skipwise(home, "run", "studies/own/study.toml", "--dry-run")
    assert "--folds" in skipwise(home, words[0], "--help")
    result = json.loads(skipwise(home, "run", "studies/own/study.toml", "--json"))
    assert result["headline"] == verdict["headline"]
    assert result["report"] == "studies/own/report.html"
    call = (
        "import skipwise; print(skipwise.run('squares.npz', ['plain20', 'resnet20'], command='sensitive.RateSensitivity', "
        "seeds=3, epochs=1, settings=['batch_size=32', 'widths=4/4/4'], name='own').design.kind)"
    )
    done = subprocess.run([sys.executable, "-c", call], cwd=home, text=True, capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == verdict["kind"]


def skipwise(home, *words):
    """Return what the command prints."""
    command = [sys.executable, "-m", "skipwise", *words]
    done = subprocess.run(command, cwd=home, text=True, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_networks_md_names_everything():
    page = (DOCS / "networks.md").read_text()
    assert all(f"`{name}`" in page for name in ARCHITECTURE_FIELDS)
    assert "\n".join(catalogue("shortcuts", DOCS)) in page
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
