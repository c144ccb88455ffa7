"""Studies of texts from end to end, with real worker processes on a small table."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch.nn.functional as F

from skipwise import UserError, compare
from skipwise.analysis.inside.responses import layer_responses
from skipwise.analysis.inside.trained import Trained
from skipwise.analysis.inside.trained import trained as trained_runs
from skipwise.commands.compare import run
from skipwise.data import Options
from skipwise.data.text.bag_of_words import bag_of_words
from skipwise.networks import PRESETS
from skipwise.networks.fields import set_field
from skipwise.reports import write_report
from skipwise.studies import Study, plan_study, resolve
from skipwise.studies.study_file import validated
from skipwise.tasks import task_named
from support.images import shapes
from support.runs import SETTINGS_OF_TEXTS, page_words, same_bits, skipwise, trained
from support.texts import rows, table

PAIR = ["plain-text-8", "resnet-text-8"]
OPTIONS = {"seeds": 2, "epochs": 2, "size": 16, "settings": SETTINGS_OF_TEXTS}
TASK = task_named("text")


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return table(tmp_path_factory.mktemp("data") / "films.csv", rows(30, long=12))


@pytest.fixture(scope="module")
def study(films, tmp_path_factory):
    return compare(films, PAIR, out=tmp_path_factory.mktemp("studies"), **OPTIONS)


@pytest.fixture(scope="module")
def folds(films, tmp_path_factory):
    return compare(films, PAIR, out=tmp_path_factory.mktemp("folds"), folds=3, **{**OPTIONS, "seeds": 1, "epochs": 1})


def ready(films, out, **asked):
    """Return what would be trained."""
    words = {"data": str(films), "out": str(out), **OPTIONS, **asked}
    return plan_study(resolve(validated({name: value for name, value in words.items() if value is not None})))


def test_the_verdict_is_about_texts(study):
    verdict = study.verdict
    assert (verdict.reference, verdict.contender, verdict.pairs, verdict.examples) == (*PAIR, 2, 12)
    assert len(study.folder.file("results.csv").read_text().splitlines()) == 5
    written = json.loads(study.folder.file("verdict.json").read_text())
    assert written["verdicts"][0]["sentence"] == str(verdict)
    assert written["classes"]
    assert {path.name for path in study.folder.file("figures").iterdir()} >= {"confusion-1.svg", "class_scores.svg"}


def test_the_baseline_stands_beside_them(study):
    data = TASK.load(study.stored)
    texts, labels = [[data.texts[int(i)] for i in part] for part in (data.train, data.test)], data.labels
    found = bag_of_words(texts[0], labels[data.train], texts[1], spaced=True)
    score = float((found.argmax(1) == labels[data.test]).mean())
    written = json.loads(study.folder.file("verdict.json").read_text())["baseline"]
    assert written["name"] == "TF-IDF + logistic regression"
    assert written["score"] == score == study.baseline.score
    for label in PAIR:
        difference, (low, high) = written["differences"][label]
        assert difference == pytest.approx(study.scores[label].mean() - score)
        assert low <= difference <= high
    assert written["sentence"] in page_words(study)


def test_the_page_speaks_of_texts(study):
    words = page_words(study)
    assert "runs on 12 test texts" in words
    assert "60 of" in words
    assert not re.search(r"\bimages?\b|\bpx\b|\bcrop\b|\bflip\b|\bmAP\b", words)


@pytest.mark.slow
def test_again_trains_nothing_and_a_further_seed_trains_what_is_missing(study, films, tmp_path):
    from shutil import copytree

    copy = copytree(study.path, tmp_path / study.path.name)
    before = {path: path.stat().st_mtime_ns for path in copy.glob("runs/*/*/*")}
    assert not ready(films, tmp_path, contenders=PAIR).missing
    more = compare(films, PAIR, out=tmp_path, **{**OPTIONS, "seeds": 3})
    after = {path: path.stat().st_mtime_ns for path in copy.glob("runs/*/*/*")}
    assert before.items() <= after.items()
    assert len(list(copy.glob("runs/*/*/run.json"))) == 6
    assert more.verdict.pairs == 3


def test_a_cut_run_ends_with_the_same_bits(films, tmp_path):
    """Buckets of similar length are drawn anew in each epoch."""
    data = TASK.prepare(str(films), Options(size=16), None)
    network = set_field(set_field(PRESETS["resnet-text-8"], "widths", "8/8/8"), "dropout", "0.3")
    recipe = TASK.recipe(data, 3).set_field("batch_size", "8")
    whole = trained(TASK, network, recipe, data, tmp_path / "whole")
    assert trained(TASK, network, recipe, data, tmp_path / "cut", stops=[2, 5]) == whole
    same_bits(tmp_path / "cut", tmp_path / "whole")


def test_the_model_answers_in_another_process_as_the_run_did(study, tmp_path):
    folder = study.best.folder
    data = TASK.load(study.stored)
    with np.load(folder / "predictions.npz") as arrays:
        indices, expected = arrays["test_indices"], arrays["test_probabilities"]
    texts = [data.texts[int(i)] for i in indices]
    code = (
        "import json, sys\nfrom skipwise.deployment import Model\n"
        "told = Model.load(sys.argv[1]).predict(json.load(sys.stdin))\n"
        "print(json.dumps([list(one.probabilities.values()) for one in told]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    np.testing.assert_allclose(json.loads(done.stdout), expected, atol=0.03)  # the study may have answered in bf16


def test_predict(study, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.txt").write_text("film 3 was dull and grey")
    code, out, _ = skipwise(monkeypatch, capsys, "predict", study.path, "film 1 was fine", "new.txt")
    assert code == 0
    assert re.fullmatch(r"film 1 was fine  (good|bad)  [01]\.\d{3}\nnew\.txt          (good|bad)  [01]\.\d{3}\n", out)
    _, out, _ = skipwise(monkeypatch, capsys, "predict", study.path, "new.txt", "--json")
    (told,) = json.loads(out)["predictions"]
    assert told["file"] == "new.txt"
    assert sum(told["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert skipwise(monkeypatch, capsys, "predict", study.path, "") == (
        2, "", "skipwise: '' cannot be classified: it is empty.\n",
    )  # fmt: skip
    assert not (tmp_path / "predictions").exists()


def test_explain_colours_the_words(study, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, out, _ = skipwise(
        monkeypatch, capsys, "explain", study.path, "film 1 was <b>fine</b>", "--method", "integrated-gradients"
    )
    assert code == 0
    said = out.splitlines()
    assert len(said) == len(study.results) + 1
    assert re.match(rf"film 1 was <b>fine</b>  {PAIR[0]}: (good|bad) [01]\.\d\d, for it: ", said[0])
    page = (tmp_path / "explanations/index.html").read_text()
    assert "&lt;" in page
    assert "<b>" not in page
    assert page.count('<span style="background: rgba(') > 2 + len(study.results)
    assert page.count('<p class="told">') == len(study.results)


@pytest.mark.slow
def test_folds_test_every_text_once_and_their_models_know_their_own_words(folds):
    assert folds.verdict.examples == 60
    assert len(folds.baseline.scores) == 60
    data = TASK.load(folds.stored)
    forms = []
    for result in folds.results[PAIR[1]][0].folds:
        form = json.loads((result.folder / "run.json").read_text())["input_spec"]
        with np.load(result.folder / "predictions.npz") as arrays:
            tested = set(arrays["test_indices"].tolist())
        learned = set(" ".join(data.texts[i] for i in range(60) if i not in tested).lower().split())
        words = set(form["tokenizer"].split())
        assert "film" in words
        assert words <= learned
        forms.append(form["tokenizer"])
    assert len(set(forms)) > 1
    assert "each of the texts is tested" in page_words(folds)
    assert folds.best.predict(["film 1 was fine"])[0].label in ("good", "bad")


def test_a_study_of_images_under_its_name_is_refused(study, tmp_path):
    squares = shapes(tmp_path / "squares.npz")
    with pytest.raises(UserError) as error:
        compare(squares, ["plain8", "resnet8"], out=study.path.parent, name=study.path.name, seeds=1, epochs=1)
    assert str(error.value).startswith(f"The study '{study.path.name}' is about text, not images: take another --name")


@pytest.mark.slow
def test_depths_of_a_family(films, tmp_path):
    found = run(
        command="depth", data=str(films), family="resnet-text-", depths=[8, 14], out=str(tmp_path),
        **{**OPTIONS, "seeds": 1, "epochs": 1},
    )  # fmt: skip
    assert list(found.verdicts) == ["resnet-text-8", "resnet-text-14"]
    assert not re.search(r"\bimages?\b|\bpx\b", page_words(found))
    assert "One seed tells of checkpoints, not of networks." in page_words(found)
    usual = ready(films, tmp_path / "usual", command="depth", family="resnet-text-")
    assert {point.at for point in usual.design.points} == {8, 14, 20}


def test_ingredients_that_mean_nothing_are_left_out_and_said(films, tmp_path):
    made = ready(films, tmp_path, command="ablate", contenders=["resnet-text-8"])
    left = {note.split(":")[0].removeprefix("left out ") for note in made.notes}
    assert left == {"crop", "flip", "cutout", "mixup", "cutmix"}
    assert {contender.label for contender in made.design.contenders} == {
        "resnet-text-8", "with l1", "without l2", "with dropout", "with label-smoothing", "with stochastic-depth", "with ema",
    }  # fmt: skip


@pytest.mark.slow
def test_learning_curve_and_long_tail(films, tmp_path):
    found = run(
        command="learning-curve", data=str(films), contenders=PAIR, fractions=[0.5, 1], long_tail=2, out=str(tmp_path),
        **{**OPTIONS, "seeds": 1, "epochs": 1},
    )  # fmt: skip
    words = page_words(found)
    assert "Each seed draws its own fraction of every class; contenders of one seed get the same texts" in words
    assert not re.search(r"\bimages?\b|\bpx\b", words)
    shares = {label: results[0].training_examples for label, results in found.results.items()}
    assert shares["resnet-text-8 at 50 %"] < shares["resnet-text-8 at 100 %"]


@pytest.mark.parametrize("asked", [{"tune": "lr"}, {"budget": "multiply-adds=1e8", "epochs": None}, {"seeds": "auto"}])
def test_other_ways_to_ask(films, tmp_path, asked):
    made = ready(films, tmp_path, contenders=PAIR, **asked)
    assert made.missing
    if "budget" in asked:
        assert made.design.contenders[0].recipe.steps > 0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"contenders": ["resnet20"]}, "resnet20: This network reads inputs of 2 dimensions in space, and texts have one: "
         "take one that reads text, as resnet-text-8."),
        ({"contenders": ["resnet-text-8"], "settings": ["crop=2"]},
         "resnet-text-8: crop cannot be set here: it means nothing for the task text."),
        ({"command": "ablate", "contenders": ["resnet-text-8"], "over": ["mixup"]},
         "mixup cannot be set here: it means nothing for the task text."),
        ({"command": "tune", "family": "resnet"}, "resnet20: This network reads inputs of 2 dimensions in space, and texts "
         "have one: take one that reads text, as resnet-text-8."),
        ({"task": "nonsense"}, "There is no task called 'nonsense': known are boxes, images, text."),
        ({"task": "no.such.Module"}, "no.such.Module cannot be used: importing no.such fails with "
         "ModuleNotFoundError(\"No module named 'no'\")."),
        ({"task": "images"}, "films.csv is a file in which no images with labels are found: give a folder of images by class, a table with columns path and label, or an .npz."),
        ({"data": "digits", "task": "text"},
         "digits is known data for the task images, and the task is text: leave --task out, or give other data."),
        ({"data": "none.csv", "task": "text"}, "none.csv does not exist: give a folder, a file, or a name as `skipwise list data` has them."),
        ({"folds": 40}, "--folds is 40, and the smallest class has 30 examples that differ: each fold needs one of every class, "
         "and at least 4 are needed."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(films, tmp_path, asked, sentence):
    base = {"settings": SETTINGS_OF_TEXTS[:1]}
    with pytest.raises(UserError) as error:
        ready(films, tmp_path, **{**base, **asked})
    assert str(error.value).endswith(sentence)
    assert not (tmp_path / "studies").exists()


def test_an_abstract_task_is_no_traceback(films, tmp_path):
    with pytest.raises(UserError, match=r"skipwise\.tasks\.Task cannot be used as a task: making one fails"):
        ready(films, tmp_path, task="skipwise.tasks.Task")


def test_networks_for_texts_do_not_read_images(tmp_path):
    with pytest.raises(UserError, match="take a network without an embedding, as resnet32"):
        ready(shapes(tmp_path / "a.npz"), tmp_path, contenders=["resnet-text-8"], size=None)
    with pytest.raises(UserError, match="--tokens is for texts: it means nothing for the task images"):
        ready(shapes(tmp_path / "a.npz"), tmp_path, contenders=["resnet8"], size=None, tokens="words", settings=[])


def test_opened_again_it_says_the_same(study):
    assert Study.open(study.path).verdict == study.verdict


def test_its_networks_are_looked_into(study, folds):
    for one in (study, folds):
        write_report(one, look_inside=print)
        numbers = json.loads(one.folder.file("verdict.json").read_text())
        assert set(numbers["lesions"]) == set(numbers["responses"]) == set(PAIR)
        for each in trained_runs(one):
            own = json.loads((each.folder / "run.json").read_text())
            assert each.score() == pytest.approx(own["score"], abs=1 / len(each.indices))


class MorePadding(Trained):
    """The same run, its texts with nine more tokens of padding behind them."""

    def batch(self, most):
        batch = super().batch(most)
        return replace(batch, inputs=F.pad(batch.inputs, (0, 9)))


def test_padding_is_no_response(study):
    for one in trained_runs(study):
        more = layer_responses(MorePadding(**vars(one)))
        assert more == pytest.approx(layer_responses(one), rel=1e-2)
        fp32 = replace(one, plan=replace(one.plan, precision="fp32"))
        assert layer_responses(MorePadding(**vars(fp32))) == pytest.approx(layer_responses(fp32), rel=1e-5)
