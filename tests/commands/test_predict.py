"""`skipwise predict` and `explain` as a user meets them: lines, tables, JSON, and what cannot be read."""

import csv
import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from support.models import model_folder
from support.runs import skipwise


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return model_folder(tmp_path_factory.mktemp("study"))


@pytest.fixture
def here(run, tmp_path, monkeypatch, capsys):
    """The command line in a folder with three images, one of which is none, and a text."""
    monkeypatch.chdir(tmp_path)
    with np.load(run / "squares.npz") as arrays:
        squares = arrays["x_test"]
    (tmp_path / "new" / "sub").mkdir(parents=True)
    Image.fromarray(squares[0]).save("new/a.png")
    Image.fromarray(squares[1]).save("new/sub/b.png")
    (tmp_path / "new" / "bad.png").write_text("x")
    (tmp_path / "new" / "notes.txt").write_text("x")
    return partial(skipwise, monkeypatch, capsys)


STANDING = "Answers: small, seed 0: test accuracy 50.0 %, always naming the commonest class 33.3 %\n"


def test_a_folder_with_a_bad_file(here, run):
    code, out, complaint = here("predict", run, "new")
    assert code == 1
    assert re.fullmatch(r"new/a\.png      [012]  [01]\.\d{3}\nnew/sub/b\.png  [012]  [01]\.\d{3}\n", out)
    assert complaint == (
        f"{STANDING}new: left out 1 other file\nskipwise: 1 of 3 could not be read:\n"
        "  new/bad.png cannot be read as an image (no image that Pillow knows): name an image file.\n"
    )


def test_a_single_bad_file_is_one_sentence(here, run):
    code, out, complaint = here("predict", run, "new/bad.png")
    assert (code, out) == (2, "")
    assert complaint.startswith("skipwise: new/bad.png cannot be read as an image")
    code, out, _ = here("predict", run, "new/bad.png", "--json")
    assert code == 1
    assert [one["file"] for one in json.loads(out)["unreadable"]] == ["new/bad.png"]


def test_unlike_images_are_told_at_the_end(here, run):
    Image.new("RGB", (8, 8), "red").save("red.png")
    code, out, complaint = here("predict", run, "new/a.png", "red.png")
    assert code == 0
    assert len(out.splitlines()) == 2
    first, second, third = complaint.splitlines()
    assert (first + "\n", second) == (STANDING, "1 of 2 is unlike all that it was trained on:")
    assert third.startswith("  red.png: it has colours, and the network sees grey alone; it has less detail")


def test_many_warnings_are_counted(here, run, tmp_path):
    (tmp_path / "blank").mkdir()
    for number in range(12):
        Image.new("L", (8, 8), number).save(tmp_path / "blank" / f"{number:02}.png")
    _, _, complaint = here("predict", run, "blank")
    lines = complaint.splitlines()
    assert lines[1] == "12 of 12 are unlike all that it was trained on:"
    assert len(lines) == 13
    assert lines[-1] == "  and 2 more: --csv and --json have them all"


def test_a_table_in_an_old_encoding_is_told(here, run):
    Path("new/list.csv").write_bytes("path,wo\na.png,Köln über Zürich\n".encode("utf-16"))
    code, _, complaint = here("predict", run, "new/list.csv")
    assert (code, complaint) == (0, f"{STANDING}read as UTF-16, not UTF-8: list.csv\n")
    code, out, complaint = here("predict", run, "new/list.csv", "--json")
    assert (code, complaint) == (0, "")
    assert json.loads(out)["notes"] == ["read as UTF-16, not UTF-8: list.csv"]


def test_json_is_one_object(here, run):
    Image.new("L", (8, 8), 90).save("blank.png")
    code, out, complaint = here("predict", run, "new", "blank.png", "--json")
    told = json.loads(out)
    assert (code, complaint) == (1, "")
    assert told["model"]["test_score"] == 0.5
    assert told["model"]["guess_score"] == pytest.approx(1 / 3)
    assert [each["file"] for each in told["predictions"]] == ["new/a.png", "new/sub/b.png", "blank.png"]
    assert [bool(each["warning"]) for each in told["predictions"]] == [False, False, True]
    assert [each["file"] for each in told["unreadable"]] == ["new/bad.png"]
    assert told["notes"] == ["new: left out 1 other file"]


def test_a_table_of_answers(here, run, tmp_path):
    (tmp_path / "=1+1.png").write_bytes((tmp_path / "new" / "a.png").read_bytes())
    code, out, _ = here("predict", run, "=1+1.png", "new/sub/b.png", "--csv", "answers.csv")
    assert code == 0
    with (tmp_path / "answers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "answer", "probability", "warning", "0", "1", "2"]
    assert [row["file"] for row in rows] == ["'=1+1.png", "new/sub/b.png"]
    for row, line in zip(rows, out.splitlines(), strict=True):
        assert f"{row['answer']}  {float(row['probability']):.3f}" in line
        assert sum(float(row[name]) for name in "012") == pytest.approx(1, abs=1e-5)
    assert sorted(path.name for path in tmp_path.glob("*.csv*")) == ["answers.csv"]


def test_a_table_in_and_a_table_that_cannot_be_written(here, run, tmp_path):
    (tmp_path / "list.csv").write_text("file,label\nnew/a.png,=1\nnew/none.png,x\n")
    code, out, complaint = here("predict", run, "list.csv")
    assert (code, len(out.splitlines())) == (1, 1)
    assert "list.csv, line 3: new/none.png does not exist" in complaint
    code, _, complaint = here("predict", run, "new", "--csv", "new")
    assert (code, complaint) == (2, "skipwise: --csv is new, which is a folder: name a file.\n")
    code, _, complaint = here("predict", run, "new", "--csv", "nowhere/a.csv")
    assert code == 2
    assert "No such file or directory" in complaint


def test_names_that_would_steer_a_terminal(here, run, tmp_path):
    (tmp_path / "\x1b[31m.png").write_bytes((tmp_path / "new" / "a.png").read_bytes())
    _, out, _ = here("predict", run, "\x1b[31m.png")
    assert out.startswith("\\x1b[31m.png  ")
    _, out, _ = here("predict", run, b"caf\xe9.png".decode("utf-8", "surrogateescape"), "--json")
    assert json.loads(out.encode())["unreadable"][0]["file"] == "caf\\xe9.png"


def test_explain_takes_folders_and_goes_on_after_a_bad_file(here, run, tmp_path):
    code, out, complaint = here("explain", run, "new", "--method", "occlusion")
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()] == ["new/a.png", "new/sub/b.png", "Page:", "new:"]
    assert complaint.startswith("skipwise: 1 of 3 could not be read:\n  new/bad.png cannot be read as an image")
    assert len(list((tmp_path / "explanations").glob("*.png"))) == 2
    code, _, complaint = here("explain", run, "new", "--class", "cat")
    assert (code, complaint) == (2, "skipwise: There is no class called 'cat': known are 0, 1, 2.\n")
