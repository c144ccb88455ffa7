"""What the documentation shows does what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from skipwise.networks import KNOWN, SHORTCUTS
from skipwise.networks.fields import ARCHITECTURE_FIELDS
from small import shapes

DOCS = Path(__file__).parent.parent / "docs"


def blocks(page, language):
    """The fenced blocks of a page in one language, "" for none."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    return [block for written_in, block in fenced if written_in == language]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "mine.py").write_text(blocks("extending.md", "python")[0])
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


def test_networks_md_names_everything():
    page = (DOCS / "networks.md").read_text()
    assert all(f"`{name}`" in page for name in ARCHITECTURE_FIELDS)
    assert all(f"`{name}" in page for name in SHORTCUTS)
    for name in KNOWN:
        family, depth = re.fullmatch(r"([a-z-]*?)(?:-?(\d+.*|[ab]\d|cnn|resnet))?", name.removesuffix("-bn")).groups()
        assert name in page or f"`{family}" in page or f"`{depth}`" in page or name.startswith("plain"), name


def test_pictures_of_the_pages_are_there():
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
