"""Studies of detectors from end to end, with real worker processes on a few images with bars in them."""

import json
import re
import subprocess
import sys
from shutil import copytree

import numpy as np
import pytest
from PIL import Image

from skipwise import UserError, compare
from skipwise.commands.compare import run
from skipwise.data import Options
from skipwise.networks import PRESETS
from skipwise.networks.fields import set_field
from skipwise.reports import write_report
from skipwise.studies import plan_study, resolve
from skipwise.studies.study_file import validated
from skipwise.tasks import task_named
from support.boxes import bars
from support.images import shapes
from support.runs import page_words, same_bits, skipwise, trained
from support.slow import slow_where

PAIR = ["plain-slim10", "resnet-slim10"]
OPTIONS = {"seeds": 2, "epochs": 8, "settings": ["widths=8/8/8/8"]}
TASK = task_named("boxes")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return bars(tmp_path_factory.mktemp("data") / "bars")


@pytest.fixture(scope="module")
def study(data, tmp_path_factory):
    return compare(data, PAIR, out=tmp_path_factory.mktemp("studies"), **OPTIONS)


def ready(path, out, **asked):
    """Return what would be trained."""
    words = {"data": str(path), "out": str(out), **OPTIONS, **asked}
    return plan_study(resolve(validated({name: value for name, value in words.items() if value is not None})))


def test_the_verdict_is_about_mean_average_precision(study):
    verdict = study.verdict
    assert (verdict.reference, verdict.contender, verdict.pairs, verdict.examples) == (*PAIR, 2, 8)
    scores = {label: [result.score for result in results] for label, results in study.results.items()}
    assert verdict.difference == pytest.approx(np.mean(scores[PAIR[1]]) - np.mean(scores[PAIR[0]]), abs=1e-6)
    assert max(scores[PAIR[0]]) > 0.1
    written = json.loads(study.folder.file("verdict.json").read_text())
    for label in PAIR:
        assert written["detection_scores"]["scores"][label]["mAP"] == pytest.approx(np.mean(scores[label]))
        assert written["found"][label]["found"] + written["found"][label]["missed"] == 12
    assert written["baseline"] is None
    assert len(study.folder.file("results.csv").read_text().splitlines()) == 5
    figures = {path.name for path in study.folder.file("figures").iterdir()}
    assert figures >= {"detections-1.svg", "detections-2.svg", "detection_examples-1.svg", "scores.svg", "pairs.svg"}


def test_the_page_speaks_of_average_precision(study):
    words = page_words(study)
    assert "Test mAP, resnet-slim10 minus plain-slim10" in words
    assert "48, at most 2 in an image" in words
    assert not re.search(r"\baccuracy\b|\btexts?\b|baseline", words)


@pytest.mark.slow
def test_again_trains_nothing_and_a_further_seed_trains_what_is_missing(study, data, tmp_path):
    copy = copytree(study.path, tmp_path / study.path.name)
    before = {path: path.stat().st_mtime_ns for path in copy.glob("runs/*/*/*")}
    assert not ready(data, tmp_path, contenders=PAIR).missing
    more = compare(data, PAIR, out=tmp_path, **{**OPTIONS, "seeds": 3})
    assert before.items() <= {path: path.stat().st_mtime_ns for path in copy.glob("runs/*/*/*")}.items()
    assert len(list(copy.glob("runs/*/*/run.json"))) == 6
    assert more.verdict.pairs == 3


@pytest.mark.parametrize("detector", slow_where(lambda detector: detector == "faster-rcnn", ["fcos", "faster-rcnn"]))
def test_a_cut_run_ends_with_the_same_bits(data, tmp_path, detector):
    """Crops and mirrors are drawn anew in each epoch, and Faster R-CNN draws the regions that it learns from."""
    scenes = TASK.prepare(str(data), Options(), None)
    network = set_field(set_field(PRESETS["resnet-slim10"], "widths", "8/8/8/8"), "detector", detector)
    recipe = TASK.recipe(scenes, 2)
    assert recipe.crop
    whole = trained(TASK, network, recipe, scenes, tmp_path / "whole")
    assert trained(TASK, network, recipe, scenes, tmp_path / "cut", stops=[2, 7]) == whole
    same_bits(tmp_path / "cut", tmp_path / "whole")


def test_the_model_answers_in_another_process_as_the_run_did(study, data):
    with np.load(study.best.folder / "predictions.npz") as arrays:
        answers = {name: arrays[f"test_{name}"] for name in ("boxes", "scores", "labels")}
        indices = arrays["test_indices"]
    found = study.manifest
    code = (
        "import json, sys\nfrom dataclasses import asdict\nfrom skipwise.deployment import Model\n"
        "print(json.dumps([asdict(one) for one in Model.load(sys.argv[1]).predict(sys.argv[2:])]))"
    )
    files = [str(data / "test" / f"{index}.png") for index in indices]  # the test images come first
    done = subprocess.run([sys.executable, "-c", code, str(study.best.folder), *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for place, told in enumerate(json.loads(done.stdout)):
        sure = answers["scores"][place] >= 0.55  # the study may have answered in bf16
        assert len(told["boxes"]) >= sure.sum()
        for box, label in zip(answers["boxes"][place][sure], answers["labels"][place][sure], strict=True):
            near = [np.abs(np.array(own) - box).max() for own in told["boxes"]]
            assert min(near) < 2
            assert told["labels"][int(np.argmin(near))] == found.classes[label]


def test_predict(study, data, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    files = [data / "test" / "1.png", data / "train" / "1.png"]
    code, out, _ = skipwise(monkeypatch, capsys, "predict", study.path, *files, "--pictures", "seen")
    assert code == 0
    *lines, last = out.splitlines()
    assert all(re.search(r"  (no boxes|\d+ box(es)?: (flat|tall) [01]\.\d\d.*)$", line) for line in lines)
    assert last == "Pictures: seen/1.png, seen/1-2.png"
    assert Image.open("seen/1.png").size == (480, 480)
    _, again, _ = skipwise(monkeypatch, capsys, "predict", study.path, *files, "--pictures", "seen")
    assert again == out
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == ["1-2.png", "1.png"]
    _, out, _ = skipwise(monkeypatch, capsys, "predict", study.path, files[0], "--json")
    (told,) = json.loads(out)["predictions"]
    assert len(told["boxes"]) == len(told["labels"]) == len(told["scores"])
    assert skipwise(monkeypatch, capsys, "predict", study.path, "none.png") == (
        2, "", "skipwise: none.png cannot be read as an image (no such file or directory): name an image file.\n",
    )  # fmt: skip


def test_a_picture_overwrites_no_file_that_is_not_its_own(study, data, tmp_path):
    (tmp_path / "1.png").write_bytes((data / "test" / "1.png").read_bytes())
    (own,) = study.best.predict([tmp_path / "1.png"])
    assert own.draw_into(tmp_path) == tmp_path / "1-2.png"
    assert (tmp_path / "1.png").read_bytes() == (data / "test" / "1.png").read_bytes()


@pytest.mark.slow
def test_folds_depths_and_one_seed(data, tmp_path):
    annotated = {"data": str(data / "train.json"), "out": str(tmp_path), "seeds": 1, "epochs": 1}
    folds = run(command="compare", contenders=PAIR, folds=3, settings=OPTIONS["settings"], **annotated)
    assert folds.verdict.examples == 24
    assert folds.verdict.pairs == 1
    assert "one seed" in " ".join(folds.verdict.cautions)
    answers = folds.results[PAIR[0]][0].predictions()
    assert (answers["true_labels"] >= 0).sum() == 36
    assert "each of the images is tested" in page_words(folds)
    depth = run(command="depth", depths=[10, 18], settings=OPTIONS["settings"], **annotated)
    assert list(depth.verdicts) == ["resnet-slim10", "resnet-slim18"]
    curve = run(
        command="learning-curve", contenders=PAIR, fractions=[0.5, 1], settings=OPTIONS["settings"], **annotated
    )
    assert not re.search(r"\baccuracy\b", page_words(depth) + page_words(curve))


def test_ingredients_that_mean_nothing_are_left_out_and_said(data, tmp_path):
    made = ready(data, tmp_path, command="ablate", contenders=["resnet-slim10"])
    left = {note.split(":")[0].removeprefix("left out ") for note in made.notes}
    assert left >= {"cutout", "mixup", "cutmix", "label-smoothing"}
    assert {contender.label for contender in made.design.contenders} >= {"without crop", "without l2", "with ema"}


@pytest.mark.parametrize("asked", [{"tune": "lr"}, {"budget": "multiply-adds=1e10", "epochs": None}, {"seeds": "auto"}])
def test_other_ways_to_ask(data, tmp_path, asked):
    assert ready(data, tmp_path, contenders=PAIR, **asked).missing


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"contenders": ["resnet-text-8"]},
         "resnet-text-8: This network reads text: take one that reads images, as resnet-slim18."),
        ({"contenders": ["torchvision/resnet18"]}, "torchvision/resnet18: Objects can be found on skipwise's own networks "
         "only: take a preset or an Architecture."),
        ({"contenders": PAIR, "settings": ["mixup=0.2"]},
         "plain-slim10: mixup cannot be set here: it means nothing for the task boxes."),
        ({"command": "ablate", "contenders": ["resnet-slim10"], "over": ["label-smoothing"]},
         "label_smoothing cannot be set here: it means nothing for the task boxes."),
        ({"command": "tune"},
         "tune counts right and wrong answers, which mAP does not: --tune lr searches rates for it."),
        ({"long_tail": 5}, "--long-tail thins classes, and an image may hold objects of several: it is not for boxes."),
        ({"tokens": "words"}, "--tokens is for texts: it means nothing for the task boxes."),
        ({"folds": 4}, "bars has a test set of its own: --folds is for data without one."),
        ({"data": "digits", "task": "boxes"},
         "digits is known data for the task images, and the task is boxes: leave --task out, or give other data."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(data, tmp_path, asked, sentence):
    with pytest.raises(UserError) as error:
        ready(data, tmp_path, **{"settings": [], **asked})
    assert str(error.value).endswith(sentence)


def test_a_study_of_images_under_its_name_is_refused(study, tmp_path):
    with pytest.raises(
        UserError, match=f"The study '{study.path.name}' is about boxes, not images: take another --name"
    ):
        compare(shapes(tmp_path / "a.npz"), ["plain8"], out=study.path.parent, name=study.path.name, seeds=1, epochs=1)


def test_its_networks_are_looked_into(study):
    write_report(study, look_inside=print)
    numbers = json.loads(study.folder.file("verdict.json").read_text())
    assert set(numbers["lesions"]) == set(numbers["responses"]) == set(PAIR)
    assert "error, 1 - mAP (%)" in study.report.read_text()
