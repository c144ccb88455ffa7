"""Studies from end to end, with real worker processes on a small data set."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from skipwise import UserError, compare
from skipwise.studies import Study
from skipwise.studies.looks import record_look
from support.images import shapes
from support.runs import page_words

OPTIONS = {"seeds": 2, "epochs": 2, "settings": ["batch_size=16"]}


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    return shapes(tmp_path_factory.mktemp("data") / "squares.npz")


@pytest.fixture(scope="module")
def study(npz, tmp_path_factory):
    return compare(npz, ["plain8", "resnet8"], out=tmp_path_factory.mktemp("studies"), **OPTIONS)


def runs(study):
    return sorted(path.parent for path in study.path.glob("runs/*/*/run.json"))


def assert_same_bits(one, other):
    """Weights and predictions of two studies, run by run."""
    pairs = list(zip(runs(one), runs(other), strict=True))
    assert pairs
    for a, b in pairs:
        assert a.relative_to(one.path) == b.relative_to(other.path)
        weights, again = load_file(a / "model.safetensors"), load_file(b / "model.safetensors")
        assert all(np.array_equal(weights[name].numpy(), again[name].numpy()) for name in weights)
        with np.load(a / "predictions.npz") as mine, np.load(b / "predictions.npz") as theirs:
            assert all(np.array_equal(mine[name], theirs[name]) for name in mine.files)


def test_the_folder(study):
    assert study.path.name == "squares-plain8-resnet8"
    names = {path.name for path in study.path.iterdir()}
    assert {
        "study.json",
        "data.json",
        "data",
        "runs",
        "looks.jsonl",
        "verdict.json",
        "results.csv",
        "report.html",
        "figures",
    } <= names
    assert len(runs(study)) == 4
    assert {path.name for path in runs(study)[0].iterdir()} - {".lock"} == {
        "run.json", "metrics.jsonl", "predictions.npz", "model.safetensors",
    }  # fmt: skip
    rows = study.folder.file("results.csv").read_text().splitlines()
    assert len(rows) == 5
    assert rows[0].startswith("contender,seed,score,")


def test_the_verdict(study):
    verdict = study.verdict
    assert (verdict.reference, verdict.contender, verdict.pairs, verdict.examples) == ("plain8", "resnet8", 2, 48)
    accuracies = {label: [result.score for result in results] for label, results in study.results.items()}
    assert verdict.difference == pytest.approx(np.mean(accuracies["resnet8"]) - np.mean(accuracies["plain8"]))
    written = json.loads(study.folder.file("verdict.json").read_text())
    assert written["verdicts"][0]["sentence"] == str(verdict)
    assert written["best"]["contender"] in ("plain8", "resnet8")


def test_a_run_that_failed_is_never_the_best_where_another_did_not(study):
    """A diverged run keeps the weights of an epoch before that, and their validation score."""
    copy = Study.open(study.path)
    results = {label: list(of) for label, of in copy.results.items()}
    kept = results["plain8"][0]
    results = {
        label: [replace(one, failed="the loss was no longer finite in epoch 2", validation_score=1.0) for one in of]
        for label, of in results.items()
    }
    results["plain8"][0] = replace(kept, validation_score=0.1)
    copy.__dict__["results"] = results
    assert copy.best_result == results["plain8"][0]
    results["resnet8"][1] = replace(results["resnet8"][1], failed="learned nothing", validation_score=0.9)
    del copy.__dict__["best_result"]
    assert copy.best_result == results["plain8"][0]
    results["plain8"][0] = replace(kept, failed="the loss on validation data was never finite")
    del copy.__dict__["best_result"]
    assert copy.best_result == results["resnet8"][1], "its answers are told to be no better than chance"
    results["resnet8"][1] = results["resnet8"][0]
    del copy.__dict__["best_result"]
    assert copy.best_result is None


def test_the_best_model_answers(study, tmp_path):
    from PIL import Image

    with np.load(study.design.data) as arrays:
        image, label = arrays["x_test"][1], int(arrays["y_test"][1])
    Image.fromarray(image).save(tmp_path / "one.png")
    (prediction,) = study.best.predict([tmp_path / "one.png"])
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-5)
    run = study.best.folder
    with np.load(run / "predictions.npz") as arrays:
        row = np.flatnonzero(arrays["test_indices"] == 96 + 1)[0]
        assert arrays["test_labels"][row] == label
        np.testing.assert_allclose(
            list(prediction.probabilities.values()), arrays["test_probabilities"][row], atol=0.03
        )  # the study may have answered in bf16


def test_again_trains_nothing(study, npz):
    before = {path: path.stat().st_mtime_ns for path in study.path.glob("runs/*/*/*")}
    again = compare(npz, ["plain8", "resnet8"], out=study.path.parent, **OPTIONS)
    assert {path: path.stat().st_mtime_ns for path in study.path.glob("runs/*/*/*")} == before
    assert again.verdict == study.verdict
    assert len(study.folder.file("looks.jsonl").read_text().splitlines()) == 1


@pytest.mark.slow
def test_worker_count_changes_nothing(study, npz, tmp_path):
    alone = compare(npz, ["plain8", "resnet8"], out=tmp_path, workers=1, **OPTIONS)
    assert_same_bits(study, alone)
    assert alone.verdict == study.verdict


@pytest.mark.slow
def test_extended_by_seeds_and_contenders(npz, tmp_path):
    first = compare(npz, ["plain8", "resnet8"], out=tmp_path, name="it", **OPTIONS)
    kept = runs(first)
    more = compare(
        npz, ["plain8", "resnet8", "c@resnet8:shortcut=projection"], out=tmp_path, name="it", **{**OPTIONS, "seeds": 3}
    )
    assert set(kept) < set(runs(more))
    assert len(runs(more)) == 9
    assert list(more.verdicts) == ["resnet8", "c"]
    caution = json.loads(more.folder.file("verdict.json").read_text())["cautions"][0]
    assert caution == (
        "extended after a look: verdicts were shown at 2 and 3 seeds, so the chance of a false claim is at most 10%, not 5%"
    )
    assert Study.open(more.path).seeds == (0, 1, 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": "digits"}, "is about other data than digits: take another --name, or --out, for a study of its own."),
        ({"epochs": 3}, "has 'plain8' with other settings (epochs 2, not 3): give it a LABEL@ of its own, or take another"),
        ({"size": 16}, "was begun with input shape 1x8x8, not 1x16x16: take another --name"),
        ({"contenders": ["resnet8", "plain8"]}, "is 'plain8', not 'resnet8': name that one first, or take another --name"),
    ],
)  # fmt: skip
def test_another_study_under_the_same_name_is_refused(study, npz, change, sentence):
    asked = {"data": npz, "contenders": ["plain8", "resnet8"], **OPTIONS, **change}
    with pytest.raises(UserError) as error:
        compare(**asked, out=study.path.parent, name=study.path.name)
    assert sentence in str(error.value)


def test_one_writer_at_a_time(study, npz):
    with study.folder.locked(), pytest.raises(UserError, match="is being written by another skipwise"):
        compare(npz, ["plain8", "resnet8"], out=study.path.parent, **{**OPTIONS, "seeds": 3})


OWN = """
import os
import sys
import torch
from skipwise.networks import PRESETS, build

def counted(input_shape, classes):
    network = build(PRESETS["plain8"], input_shape, classes, seed=torch.initial_seed() % 1000)
    def count(module, inputs):
        if module.training:
            with open(os.environ["STEPS"], "a") as file:
                file.write("x")
    network.register_forward_pre_hook(count)
    return network

def broken(input_shape, classes):
    network = build(PRESETS["plain8"], input_shape, classes, seed=0)
    def fail(module, inputs):
        if os.environ.get("FAIL") and sys.argv[0].endswith("process.py"):
            raise RuntimeError("a tensor does not fit")
    network.register_forward_pre_hook(fail)
    return network
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("STEPS", str(tmp_path / "steps"))
    yield tmp_path
    sys.modules.pop("own", None)


@pytest.mark.slow
def test_a_run_that_breaks_off_is_named_and_the_others_go_on(own, npz, monkeypatch):
    monkeypatch.setenv("FAIL", "1")
    with pytest.raises(UserError) as error:
        compare(npz, ["plain8", "own.broken"], **OPTIONS)
    assert str(error.value).startswith(
        "2 of 4 runs broke off, the first being own.broken seed 0: RuntimeError: a tensor does not fit. "
        "The finished runs are kept; mend it and run the same command again (details: "
    )
    assert len(list(Path("studies").glob("*/runs/plain8-*/*/run.json"))) == 2
    monkeypatch.delenv("FAIL")
    assert compare(npz, ["plain8", "own.broken"], **OPTIONS).verdict.pairs == 2


def test_an_own_network_that_does_not_fit_the_images_is_told_before_training(own, npz):
    (own / "misfit.py").write_text("import torch\ndef net(shape, classes):\n    return torch.nn.Linear(3, classes)\n")
    with pytest.raises(UserError, match=r"misfit\.net cannot be trained on these data \(1x8x8, 3 classes\): "):
        compare(npz, ["misfit.net"], **OPTIONS)
    assert not Path("studies").exists()
    sys.modules.pop("misfit", None)


def kill_workers(parent):
    """SIGKILL to the processes whose parent this is, and to it."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent.pid:
            os.kill(int(entry.parent.name), signal.SIGKILL)
    parent.kill()
    parent.wait()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds workers through /proc")
@pytest.mark.slow
def test_killed_three_times_it_ends_with_the_same_bits(own, npz, tmp_path, monkeypatch):
    """SIGKILL at random moments of training; no more than one checkpoint interval (an epoch here) is done twice."""
    epochs, steps_per_epoch = 12, 5
    command = [
        sys.executable, "-m", "skipwise", "compare", str(npz), "own.counted", "resnet8", "--seeds", "2",
        "--epochs", str(epochs), "--set", "batch_size=16", "--name", "killed",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    steps = tmp_path / "steps"
    generator, kills = random.Random(), 0
    while kills < 3:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        before, deadline = steps.stat().st_size if steps.exists() else 0, time.monotonic() + 120
        while (steps.stat().st_size if steps.exists() else 0) <= before + 2:
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(generator.uniform(0, 0.25))
        kill_workers(process)
        kills += 1
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300)
    executed = steps.stat().st_size
    probe = 4 * 6  # each start tries every missing contender for up to six steps
    assert 2 * epochs * steps_per_epoch <= executed
    assert executed <= 2 * epochs * steps_per_epoch + 3 * 2 * (steps_per_epoch + 1) + probe

    monkeypatch.setenv("STEPS", str(tmp_path / "others"))
    undisturbed = compare(
        npz, ["own.counted", "resnet8"], seeds=2, epochs=epochs, settings=["batch_size=16"], name="undisturbed"
    )
    assert_same_bits(Study.open("studies/killed"), undisturbed)


def test_looks_with_the_same_seeds_are_one(tmp_path):
    path = tmp_path / "looks.jsonl"
    for _ in range(2):
        assert record_look(path, seeds=3, contenders=["a", "b"], alpha=0.05) is None
    assert "at 3 and 5 seeds" in str(record_look(path, seeds=5, contenders=["a", "b"], alpha=0.05))


def test_no_study(tmp_path):
    with pytest.raises(UserError, match="does not exist: name the folder of a study"):
        Study.open(tmp_path / "none")
    with pytest.raises(UserError, match="is no study"):
        Study.open(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "predictions.npz", "metrics.jsonl"])
def test_a_damaged_run_is_named(study, tmp_path, name):
    from shutil import copytree

    from skipwise.reports import write_report

    copy = Study.open(copytree(study.path, tmp_path / "copy"))
    file = runs(copy)[0] / name
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(
        UserError, match=r"is damaged .*[dD]elete it, and the command that made the study trains this run"
    ):
        write_report(Study.open(copy.path))


@pytest.mark.slow
def test_where_every_run_fails_the_page_says_so_and_there_is_no_model(tmp_path):
    data = shapes(tmp_path / "squares.npz")
    study = compare(data, ["plain8:lr=1e30", "resnet8:lr=1e30"], seeds=1, epochs=1, out=tmp_path)
    page = page_words(study)
    assert "No run came to its end with finite numbers: there is no model." in page
    assert page.count("never finite") + page.count("no longer finite") == 2
    assert json.loads(study.folder.file("verdict.json").read_text())["best"] is None
    with pytest.raises(UserError, match="there is no model"):
        study.best.predict(["new.png"])
