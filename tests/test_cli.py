"""The command line as a user meets it: its exit code and full text, in a process of its own or in this one."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from PIL import Image

from support.images import shapes
from support.runs import skipwise as command_line


def skipwise(*words, cwd, **options):
    return subprocess.run(
        [sys.executable, "-m", "skipwise", *map(str, words)],
        cwd=cwd,
        text=True,
        capture_output=True,
        timeout=300,
        **options,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with a small data set and a finished study."""
    home = tmp_path_factory.mktemp("home")
    shapes(home / "squares.npz")
    done = skipwise(
        "compare", "squares.npz", "plain8", "resnet8", "--seeds", 2, "--epochs", 2, "--set", "batch_size=16", cwd=home
    )
    assert done.returncode == 0, done.stderr
    (home / "said.txt").write_text(done.stdout)
    return home


@pytest.fixture
def here(home, monkeypatch, capsys):
    """The command line in this process, which saves its start, in the folder with the study."""
    monkeypatch.chdir(home)
    return partial(command_line, monkeypatch, capsys)


def test_compare_says_what_it_does_and_ends_with_the_report(home):
    said = (home / "said.txt").read_text()
    assert "Data        squares: 144 images of 8x8 px, grey, 3 classes; 87 train, 9 validation, 48 test" in said
    assert "Contenders  plain8, resnet8; 2 seeds each, 4 of 4 runs to train" in said
    assert "Recipe      2 epochs, batch 16, rate 0.02" in said
    assert re.search(r"Time        about \d+ s", said)
    assert re.search(r"4/4  (plain|resnet)8 seed [01]: validation accuracy [01]\.\d+", said)
    assert re.search(
        r"difference [+-]0\.\d{3}, 95 % interval \([+-]\d+\.\d{3}, [+-]\d+\.\d{3}\), \d of 2 pairs won\.", said
    )
    assert said.rstrip().endswith("Report: studies/squares-plain8-resnet8/report.html")
    assert (home / "studies/squares-plain8-resnet8/report.html").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["compare", "digits", "resnet21"], "There is no network called 'resnet21': did you mean 'resnet20'?"),
        (["compare", "plain20", "resnet20"], "plain20 is a network, not data: write `skipwise compare digits plain20 resnet20`."),
        (["compare", "digit"], "There is no data set, file or folder called 'digit': did you mean 'digits'?"),
        (["compare", "digits", "plain8:lr=fast"], "lr=fast cannot be: lr takes a learning rate above 0."),
        (["compare", "digits", "resnet18", "plain18"],
         "resnet18: Images of 8x8 px are too small for this network: it halves them until nothing is left and needs at least 17 px a "
         "side (take --size 17, or another stem or network)."),
        (["compare", "--seeds", "0"], "--seeds is 0: it must be at least 1."),
        (["compare", "--epochs", "0"], "--epochs is 0: it must be at least 1."),
        (["compare", "--test-size", "20"], "--test-size is 20: it must be a fraction between 0 and 1, as 0.2."),
        (["compare", "--set", "epoch=3"], "There is no field of plain32 called 'epoch': did you mean 'epochs'?"),
        (["report", "studies/none"],
         "studies/none does not exist: name the folder of a study, as studies/digits-plain32-resnet32."),
        (["predict", "studies/squares-plain8-resnet8", "none.png"], "none.png cannot be read as an image (no such file or directory): name an image file."),
        (["explain", "studies/squares-plain8-resnet8", "none.png"], "none.png cannot be read as an image (no such file or directory): name an image file."),
        (["explain", "studies/squares-plain8-resnet8", "none.png", "--method", "gradcam"],
         "There is no method called 'gradcam': did you mean 'grad-cam'?"),
        (["explain", "studies/none", "none.png"],
         "studies/none does not exist: name the folder of a study, as studies/digits-plain32-resnet32."),
        (["compare", "digits", "plain8", "--out", "squares.npz"], "squares.npz/digits-plain8 cannot be used: Not a directory."),
        (["compare", "--name", "../x"], "--name is '../x': it must be a plain folder name; --out says where it goes."),
        (["compare", "--size", "100000"], "--size is 100000: it must be at most 2048, in px or tokens."),
        (["compare", "--seedz", "3"], "There is no option of compare called '--seedz': did you mean '--seeds'?"),
        (["list", "nets"], "WHAT is 'nets': it must be 'networks', 'data', 'shortcuts' or 'studies'."),
    ],
)  # fmt: skip
def test_a_users_mistake_is_one_sentence_and_exit_code_2(here, words, sentence):
    code, _, complaint = here(*words)
    assert code == 2
    assert complaint.strip() == f"skipwise: {sentence}"


@pytest.mark.parametrize("command", ["predict", "explain", "report", "list"])
def test_a_program_in_a_study_s_files_runs_only_with_trust(home, here, tmp_path, command):
    """In the process of the test it must not be called either: `network` makes a file."""
    shutil.copytree(home / "studies/squares-plain8-resnet8", tmp_path / "theirs/study")
    (tmp_path / f"theirs_{command}.py").write_text(
        "def network(input_shape, classes):\n    open('ran', 'w')\n    raise RuntimeError('it ran')\n"
    )
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "0.png")
    for file in (tmp_path / "theirs/study").rglob("run.json"):
        content = json.loads(file.read_text())
        content["contender"]["network"] = {"own": f"theirs_{command}.network"}
        file.write_text(json.dumps(content))
    os.chdir(tmp_path)
    words = {
        "predict": ["predict", "theirs/study", "0.png"],
        "explain": ["explain", "theirs/study", "0.png"],
        "report": ["report", "theirs/study"],
        "list": ["list", "studies", "--out", "theirs"],
    }[command]
    code, said, complaint = here(*words)
    told = said if command == "list" else complaint
    assert re.search(rf"run\.json names a program, theirs_{command}\.network, .*: add --trust", told), told
    assert code == (0 if command == "list" else 2)
    assert not (tmp_path / "ran").exists()
    code, said, complaint = here(*words, "--trust")
    assert (tmp_path / "ran").exists() == (command != "list")
    assert "names a program" not in said + complaint


def test_a_study_file_s_program_runs_only_with_trust(here, tmp_path):
    os.chdir(tmp_path)
    (tmp_path / "kind_of_theirs.py").write_text("open('ran', 'w')\n")
    for line in ('command = "kind_of_theirs.Kind"', 'task = "kind_of_theirs.Task"', 'contenders = ["kind_of_theirs.N"]',
                 'settings = ["shortcut=kind_of_theirs.S"]'):  # fmt: skip
        (tmp_path / "study.toml").write_text(f"{line}\n")
        code, _, complaint = here("run", "study.toml", "--dry-run")
        assert code == 2
        assert re.match(r"skipwise: study\.toml names a program, kind_of_theirs\.\w+, ", complaint), complaint
        assert not (tmp_path / "ran").exists()
    assert "has no 'S'" in here("run", "study.toml", "--dry-run", "--trust")[2]
    assert (tmp_path / "ran").exists()


def test_modules_here_do_not_stand_for_python_s_own(tmp_path):
    """Neither in the command, nor in the workers that it starts."""
    for name in ("random", "typing", "secrets", "numpy", "torch"):
        (tmp_path / f"{name}.py").write_text(f"open('ran-{name}', 'w')\nraise SystemExit('{name} of the folder')\n")
    shapes(tmp_path / "squares.npz")
    done = skipwise(
        "compare", "squares.npz", "plain8", "--seeds", 1, "--epochs", 1, "--set", "widths=4/4/4", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.glob("ran-*"))


def test_dry_run_stops_before_training(home, tmp_path):
    done = skipwise("compare", home / "squares.npz", "plain8", "resnet8", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0
    assert "Time        about" in done.stdout
    assert not (tmp_path / "studies").exists()


def test_predict_from_study_and_run(home, here):
    with np.load(home / "squares.npz") as arrays:
        for i in range(2):
            Image.fromarray(arrays["x_test"][i]).save(home / f"{i}.png")
    study = home / "studies/squares-plain8-resnet8"
    _, table, _ = here("predict", study, "0.png", "1.png")
    assert re.fullmatch(r"0\.png  [012]  [01]\.\d{3}\n1\.png  [012]  [01]\.\d{3}\n", table)
    run = next(study.glob("runs/resnet8-*/0"))
    told = json.loads(here("predict", run, "0.png", "--json")[1])
    assert (told["model"]["contender"], told["model"]["seed"], told["unreadable"]) == ("resnet8", 0, [])
    answers = told["predictions"]
    assert answers[0]["file"] == "0.png"
    assert answers[0]["label"] in answers[0]["probabilities"]
    assert sum(answers[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_explain_says_which_contender_has_no_weights(home, here, tmp_path):
    with np.load(home / "squares.npz") as arrays:
        Image.fromarray(arrays["x_test"][2]).save(home / "3.png")
    study = shutil.copytree(home / "studies/squares-plain8-resnet8", tmp_path / "study")
    for file in study.glob("runs/plain8-*/*/run.json"):
        (file.parent / "model.safetensors").unlink()
        record = json.loads(file.read_text())
        file.write_text(
            json.dumps(record | {"failed": "the loss is not finite", "validation_score": None, "best_epoch": None})
        )
    code, told, complaint = here("explain", study, "3.png", "--method", "occlusion", "--out", tmp_path / "out")
    assert code == 0, complaint
    assert told.splitlines()[0] == "plain8 is left out: no run of it finished an epoch with a finite loss"
    assert told.count("3.png  resnet8: ") == 1


def test_explain_draws_each_contender_s_map(home, here):
    with np.load(home / "squares.npz") as arrays:
        Image.fromarray(arrays["x_test"][2]).resize((300, 200)).save(home / "2.png")
    study = home / "studies/squares-plain8-resnet8"
    code, told, complaint = here("explain", study, "2.png", "--method", "occlusion")
    assert code == 0, complaint
    said = told.splitlines()
    assert len(said) == 3
    for line, label in zip(said, ("plain8", "resnet8"), strict=False):
        assert re.fullmatch(rf"2\.png  {label}: [012] [01]\.\d\d  explanations/2-{label}-occlusion\.png", line), line
        assert Image.open(home / f"explanations/2-{label}-occlusion.png").size == (300, 200)
    assert said[-1] == "Page: explanations/index.html"
    page = (home / "explanations/index.html").read_text()
    assert page.count("data:image/png;base64,") == 3
    assert "http" not in page
    run = next(study.glob("runs/resnet8-*/0"))
    code, told, complaint = here("explain", run, "2.png", "2.png", "--class", "1", "--out", "of-run")
    assert code == 0, complaint
    assert re.match(r"2\.png  resnet8: 1 [01]\.\d\d.*  of-run/2-resnet8-grad-cam\.png\n", told)
    code, _, complaint = here("explain", run, "2.png", "--class", "7")
    assert code == 2
    assert complaint == "skipwise: There is no class called '7': known are 0, 1, 2.\n"


def test_report_builds_the_page_again(home, here):
    page = home / "studies/squares-plain8-resnet8/report.html"
    last = "Report: studies/squares-plain8-resnet8/report.html\n"
    looked = [f"Looking into {label} seed {seed}\n" for label in ("plain8", "resnet8") for seed in (0, 1)]
    _, said, _ = here("report", "studies/squares-plain8-resnet8")
    said = "".join(
        line for line in said.splitlines(True) if not line.endswith(" ...\n")
    )  # of phases, on a slow machine
    assert said == "".join([*looked, "Comparing networks: similarity\n", "Comparing networks: disagreements\n", last])
    before = without_numbers(page)
    assert "Lesion study" in before
    page.unlink()
    code, said, _ = here("report", "studies/squares-plain8-resnet8")
    assert (code, said.removeprefix("drawing the page ...\n")) == (0, last)
    assert without_numbers(page) == before


def without_numbers(page):
    """Charts number their clips and gradients through all pages of a process."""
    return re.sub(r"(clip|gradient_)\d+", "", page.read_text())


@pytest.mark.slow
def test_train_is_a_study_of_one_run(home, here):
    code, _, complaint = here(
        "train", "squares.npz", "resnet8:batch_size=16", "--seed", 7, "--epochs", 1, "--name", "one"
    )
    assert code == 0, complaint
    assert [path.name for path in home.glob("studies/one/runs/*/*")] == ["7"]
    assert "nothing to compare and no verdict" in (home / "studies/one/report.html").read_text()


def test_show_what_cannot_be_is_one_sentence(tmp_path):
    done = skipwise("show", "resnet20", "--picture", "no/where/a.svg", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "skipwise: no/where/a.svg cannot be used: No such file or directory.\n"


@pytest.mark.slow
def test_pretrained_for_every_contender_must_fit_them_all(home, here):
    run = next(iter((home / "studies").glob("*/runs/resnet8-*/0")))
    code, told, complaint = here("compare", "squares.npz", "resnet8", "plain8", "--pretrained", run, "--seeds", 1, "--epochs", 1,
                    "--set", "batch_size=16", "--name", "transfer")  # fmt: skip
    assert code == 0, complaint  # a zero-pad twin has the same weights
    assert f"resnet8 begins with the weights {run}" in told
    code, told, complaint = here("compare", "squares.npz", "plain8", f"resnet8:pretrained={run}", "--seeds", 1, "--epochs", 1,
                    "--set", "batch_size=16", "--name", "unequal")  # fmt: skip
    assert code == 0, complaint
    assert "began with pretrained weights and the others did not: this is no study of twins" in told
    report = (home / "studies" / "unequal" / "report.html").read_text()
    assert "this is no study of twins" in report
    code, told, complaint = here("compare", "squares.npz", "resnet8:widths=8/8/8", "--pretrained", run)
    assert code == 2
    assert complaint.startswith(
        f"skipwise: resnet8:widths=8/8/8: The weights {run} do not fit: 'stem.conv1.weight' is 16x1x3x3, and"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--device", "gpu"], "--device is 'gpu': it must be auto, cpu, cuda, cuda:N or mps."),
        (["--device", "cuda:99"], "--device is cuda:99, "),
        (["--precision", "fp16"], "--precision is 'fp16': it must be 'auto', 'bf16' or 'fp32'."),
        (["--depths", "8"], "There is no option of compare called '--depths': "),
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


def test_a_file_that_ends_too_early_is_no_interruption(monkeypatch, capsys):
    """The parser takes an EOFError for the end of typing, which is exit code 130 and no word."""

    def ends(*_, **__):
        raise EOFError("No data left in file")

    monkeypatch.setattr("skipwise.commands.catalogue.catalogue", ends)
    code, _, said = command_line(monkeypatch, capsys, "list", "networks")
    assert code == 2
    assert "A file ends too early (No data left in file): it is damaged." in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("compare digits --epochs x", "--epochs is 'x': it must be a whole number, as 20."),
        ("compare digits --epochs=1.5", "--epochs is '1.5': it must be a whole number, as 20."),
        ("compare digits --long-tail x", "--long-tail is 'x': it must be a number, as 100."),
        ("compare digits --long-tail 1e999", "--long-tail is inf: it must be a ratio above 1, as 100."),
        ("compare digits --test-size -1", "--test-size is -1: it must be a fraction between 0 and 1, as 0.2."),
        ("compare digits --fit heads", "--fit is 'heads': it must be 'crop', 'pad' or 'stretch'."),
        ("compare digits --tune adam", "--tune is 'adam': it must be 'lr'."),
        ("compare digits --budget=", "--budget is empty: write a value behind it, as steps=2000, or leave it out."),
        ("compare digits --out ''", "--out is empty: write a value behind it, or leave it out."),
        ("predict a b --csv ''", "--csv is empty: write a value behind it, or leave it out."),
        ("show resnet8 --classes x", "--classes is 'x': it must be a whole number, as 10."),
        (
            "compare digits --epochs",
            "--epochs needs a value: write one behind it, as 20, or see `skipwise compare --help`.",
        ),
        (
            "compare digits --label-column kind --dry-run --quiet",
            "--label-column kind names the column of a table, and digits is known by name: leave it out.",
        ),
        ("run study.toml --workers 0", "--workers is '0': it must be at least 1."),
        ("compare digits --quiet=3", "--quiet takes no value: write it alone."),
        (
            "predict",
            "predict needs MODEL: write for example `skipwise predict studies/digits-plain32-resnet32 photo.jpg`, or see "
            "`skipwise predict --help`.",
        ),
        ("list", "list needs WHAT: write for example `skipwise list networks`, or see `skipwise list --help`."),
        (
            "train digits",
            "train needs CONTENDER: write for example `skipwise train digits resnet20`, or see `skipwise train --help`.",
        ),
        (
            "train digits resnet8 y",
            "train takes fewer words than these, 'y' being too much: see `skipwise train --help`.",
        ),
        ("comparison", "There is no command called 'comparison': did you mean 'compare'?"),
    ],
)
def test_words_that_the_parser_cannot_use_are_one_sentence_with_a_remedy(words, sentence, monkeypatch, capsys):
    code, told, complaint = command_line(monkeypatch, capsys, *shlex.split(words))
    assert (code, told, complaint) == (2, "", f"skipwise: {sentence}\n")
