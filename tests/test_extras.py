"""Libraries that only some commands use: where they are missing, one sentence names the extra that brings them."""

import ast
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import skipwise
from skipwise.analysis.inside.attribution import METHODS, attribute
from skipwise.cli import app
from skipwise.data.quality.label_errors import label_errors
from skipwise.data.text.hub import read_hub, read_saved
from skipwise.data.text.table import read_text_table
from skipwise.data.text.tokens import learn
from skipwise.errors import UserError
from skipwise.extras import EXTRAS, load_optional
from skipwise.reports.charts.surface import relief_and_contours
from skipwise.studies.tuning.journal import optuna
from skipwise.tasks.average_precision import coco_table
from support.libraries import without

ROOT = Path(skipwise.__file__).parent
PROJECT = tomllib.loads((ROOT.parent.parent / "pyproject.toml").read_text())["project"]
OPTIONAL = PROJECT["optional-dependencies"]
TEN = np.eye(2)[np.arange(10) % 2]

USES = {
    "captum": lambda: attribute(nn.Flatten(), torch.rand(1, 1, 2, 2), torch.tensor([0]), "occlusion"),
    "cleanlab": lambda: label_errors(TEN, TEN.argmax(1)),
    "datasets": lambda: read_hub("hf:news"),
    "faster-coco-eval": lambda: coco_table({}, ["cat"]),
    "matplotlib": lambda: relief_and_contours(np.ones((3, 3)), [-1, 0, 1], (0.1, 1), title="it", colour="red"),
    "optuna": optuna,
    "pyarrow": lambda: read_text_table(Path("texts.parquet")),
    "tokenizers": lambda: learn("subwords", ["a text"]),
    "torchmetrics": lambda: coco_table({}, ["cat"]),
}


def name_of(requirement):
    """The library in a requirement as `captum>=0.9`."""
    return re.split(r"[>=<\[ ]", requirement)[0]


@pytest.mark.parametrize("library", EXTRAS)
def test_a_missing_library_is_one_sentence_with_its_extra(library, monkeypatch):
    without(monkeypatch, library.replace("-", "_"))
    words = f" needs {library}: pip install 'skipwise[{EXTRAS[library]}]'"
    with pytest.raises(UserError, match=re.escape(words)):
        USES[library]()


@pytest.mark.parametrize("method", METHODS)
def test_every_attribution_method_says_so(method, monkeypatch):
    without(monkeypatch, "captum")
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(UserError, match="An attribution map needs captum"):
        attribute(network, torch.rand(1, 1, 4, 4), torch.tensor([0]), method)


def test_another_way_is_told_where_there_is_one(monkeypatch, tmp_path):
    without(monkeypatch, "tokenizers", "pyarrow", "datasets")
    with pytest.raises(UserError, match=r"skipwise\[text\]', or take --tokens words\.$"):
        learn("subwords", ["a text"])
    with pytest.raises(UserError, match=r"texts.parquet needs pyarrow: .*, or save it as \.csv\.$"):
        read_text_table(tmp_path / "texts.parquet")
    with pytest.raises(UserError, match=r"saved needs datasets: pip install 'skipwise\[hub\]'\.$"):
        read_saved(tmp_path / "saved")


def test_explaining_ends_before_anything_is_read(monkeypatch):
    without(monkeypatch, "captum")
    with pytest.raises(UserError, match=r"^skipwise explain needs captum: pip install 'skipwise\[explain\]'\.$"):
        app(["explain", "no such study", "no such image"], standalone_mode=False)


def test_an_installed_library_is_given():
    assert load_optional("captum.attr", "a test").__name__ == "captum.attr"


def test_the_table_is_that_of_the_package():
    for library, extra in EXTRAS.items():
        assert library in map(name_of, OPTIONAL[extra])
        assert library not in map(name_of, PROJECT["dependencies"])
    assert OPTIONAL["all"] == [f"skipwise[{','.join(sorted(OPTIONAL.keys() - {'all'}))}]"]


def test_nobody_imports_an_optional_library_past_the_door():
    optional = {library.replace("-", "_") for library in EXTRAS}
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            assert not optional & {name.partition(".")[0] for name in names}, file
