"""A model as Python sees it: answers in order and in batches, what cannot be read, and where it stands."""

import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from skipwise.deployment import Model, Unanswered
from skipwise.errors import UserError
from support.models import model_folder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return model_folder(tmp_path_factory.mktemp("study"))


@pytest.fixture
def model(run):
    return Model.load(run)


@pytest.fixture
def squares(run):
    with np.load(run / "squares.npz") as arrays:
        return arrays["x_test"]


@pytest.fixture
def files(squares, tmp_path):
    for number, pixels in enumerate(squares):
        Image.fromarray(pixels).save(tmp_path / f"{number:02}.png")
    return tmp_path


def test_files_images_and_arrays_have_one_answer(model, squares, files):
    by_file = model.predict(files / "00.png")
    assert len(by_file) == 1
    same = [
        model.predict(squares[0]),
        model.predict(Image.fromarray(squares[0])),
        model.predict([str(files / "00.png")]),
        model.predict(squares[:1, ..., None]),
    ]
    assert [answer[0].probabilities for answer in same] == [by_file[0].probabilities] * 4
    assert (by_file[0].file, same[0][0].file) == (str(files / "00.png"), "image 1")


def test_batches_change_no_answer(model, files, monkeypatch):
    whole = model.predict(files)
    assert len(whole) == 48
    calls = []
    forward = model.network.register_forward_pre_hook(lambda _, inputs: calls.append(len(inputs[0])))
    monkeypatch.setattr("skipwise.deployment.model.AT_ONCE", 20)
    parts = model.predict(files)
    forward.remove()
    assert calls == [20, 20, 8]
    for one, other in zip(whole, parts, strict=True):
        assert list(one.probabilities.values()) == pytest.approx(list(other.probabilities.values()), abs=1e-6)


def test_large_activations_make_small_batches(model, monkeypatch):
    monkeypatch.setattr(type(model), "record", None, raising=False)
    model.record = type("Record", (), {"activation_bytes": 2**26})
    assert model.batch_size == 4
    model.record.activation_bytes = 2**40
    assert model.batch_size == 1


def test_bad_files_cost_no_others(model, files):
    for number in (3, 30):
        (files / f"{number:02}.png").write_text("x")
    heard = []
    answers = list(model.answers(model.given(files), heard.append))
    bad = [place for place, answer in enumerate(answers) if isinstance(answer, Unanswered)]
    assert bad == [3, 30]
    assert answers[3].reason.startswith(f"{files / '03.png'} cannot be read as an image")
    assert [answer.file for answer in answers] == sorted(str(file) for file in files.iterdir())
    assert heard[-1] == 48
    with pytest.raises(
        UserError, match=r"03\.png cannot be read as an image .* And 1 more of 48 examples have no answer"
    ):
        model.predict(files)


def test_where_it_stands(model):
    standing = model.standing
    assert (standing.guess_score, standing.beats_guess) == (pytest.approx(16 / 48), True)
    assert standing.words == ("small, seed 0: test accuracy 50.0 %, always naming the commonest class 33.3 %")


def test_a_model_no_better_than_a_guess_says_so(run, tmp_path):
    other = shutil.copytree(run, tmp_path / "run")
    np.savez(
        other / "predictions.npz",
        test_labels=np.array([0, 0, 1]),
        test_probabilities=np.eye(3)[[0, 0, 0]],
        test_indices=np.arange(3),
    )
    model = Model.load(other)
    assert model.standing.words.endswith("commonest class 66.7 %; this may be chance: do not rely on these answers")
    (other / "predictions.npz").unlink()
    assert Model.load(other).standing.words == "small, seed 0: test accuracy 50.0 %"


def test_a_study_is_no_run(tmp_path):
    (tmp_path / "study.json").write_text("{}")
    with pytest.raises(UserError, match=r"is a study of several runs: take the best one, as skipwise\.Study\.open\("):
        Model.load(tmp_path)


def test_it_looks_at_its_study_once(run, tmp_path):
    study = shutil.copytree(run.parents[2], tmp_path / "study")
    again = study / "runs" / "small" / "0"
    (again / "familiar.npz").unlink(missing_ok=True)
    model = Model.load(again)
    assert model.must_learn
    assert not isinstance(model.familiar, str)
    assert not Model.load(again).must_learn
    shutil.rmtree(study / "data")
    assert Model.load(again).familiar.count == model.familiar.count


def test_what_is_unlike_all_it_was_trained_on_is_told(model, run, squares):
    colours = np.zeros((8, 8, 3), np.uint8)
    colours[..., 0] = 255
    usual, blank, red = model.predict([squares[0], np.full((8, 8), 90, np.uint8), colours])
    assert usual.warning == ""
    assert "less detail than nearly all of 96 images of the study" in blank.warning
    assert red.warning.startswith("it has colours, and the network sees grey alone")
    assert (run / "familiar.npz").exists()


def test_few_of_the_study_s_own_images_are_warned_of(model, squares):
    warned = [prediction for prediction in model.predict(list(squares)) if prediction.warning]
    assert len(warned) <= 3  # of 48


def test_a_run_away_from_its_study_says_that_it_cannot_tell(run, squares, tmp_path):
    alone = shutil.copytree(run, tmp_path / "alone")
    (alone / "familiar.npz").unlink(missing_ok=True)
    model = Model.load(alone)
    assert model.predict(squares[0])[0].warning == ""
    assert model.familiar.startswith("Whether an example is unlike all it was trained on is not told (")
    shutil.copy(run / "familiar.npz", alone)
    assert not isinstance(Model.load(alone).familiar, str)


def test_a_fold_s_own_examples_set_its_limits(run, tmp_path):
    from dataclasses import replace

    from skipwise.training.record import read_run, write_run

    study = tmp_path / "study"
    shutil.copytree(run.parents[2], study)
    fold = study / "runs" / "small" / "0"
    (fold / "familiar.npz").unlink(missing_ok=True)
    write_run(fold, replace(read_run(fold), fold=1))
    np.savez(fold / "predictions.npz", validation_indices=np.arange(60), test_indices=np.arange(60, 100))
    model = Model.load(fold)
    assert model.familiar.count == 144 - 40
    assert len(model.familiar.distances) == 60
    assert model.standing.words.startswith("small, seed 0, fold 1:")


@pytest.mark.parametrize("kernel", [5, 41_543_454_111_786_865])
def test_weights_of_another_network_are_refused_before_it_takes_memory(run, tmp_path, kernel):
    other = shutil.copytree(run, tmp_path / "run")
    record = json.loads((other / "run.json").read_text())
    record["contender"]["network"]["stages"][0]["block"]["branch"]["kernel"] = kernel
    (other / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"model\.safetensors is damaged, or run.json is .*: delete the run's folder"):
        Model.load(other)


def test_an_input_that_is_larger_than_the_trained_one_is_refused_before_it_takes_memory(run, tmp_path):
    other = shutil.copytree(run, tmp_path / "run")
    record = json.loads((other / "run.json").read_text())
    record["input_spec"]["input_shape"][1:] = [40_000, 40_000]
    (other / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"an input of the shape in run\.json takes [0-9,]{14,} bytes, and one took "):
        Model.load(other)


def test_a_pipe_of_weights_is_not_waited_for(run, tmp_path):
    other = shutil.copytree(run, tmp_path / "run")
    (other / "model.safetensors").unlink()
    os.mkfifo(other / "model.safetensors")
    with pytest.raises(UserError, match="no regular file"):
        Model.load(other)
