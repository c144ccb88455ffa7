"""Searches from end to end: what is chosen, what is kept from the trials, and what cannot be asked."""

import numpy as np
import pytest

from skipwise import UserError
from skipwise.commands.compare import run
from skipwise.data import StoredData
from skipwise.studies.tuning.learning_rate import SEED
from skipwise.studies.tuning.trials import read_search_result
from support.libraries import without
from support.searches import OPTIONS, space_file


@pytest.fixture(scope="module")
def study(npz, tmp_path_factory):
    """Three trials, one of which diverges."""
    out = tmp_path_factory.mktemp("studies")
    space = space_file(out / "my.toml", "lr = [0.02, 0.01, 1e12]")
    return run(command="tune", data=npz, out=out, space=space, **{**OPTIONS, "seeds": 2})


def test_a_trial_that_diverges_is_counted_and_named(study):
    found = read_search_result(study.path / "search")
    assert [trial.state for trial in found.trials] == ["finished", "finished", "failed"]
    assert found.trials[0].usual
    assert found.trials[2].text == "resnet8:lr=1e+12"
    assert found.trials[2].reason
    assert [trial.label for trial in found.best()] == ["trial-1"]


def test_the_search_has_other_seeds_and_sees_no_test_image(study):
    whole, inside = study.dataset, StoredData.read(study.path / "search").arrays
    assert np.array_equal(inside["test"], whole.validation)
    searched_on = np.concatenate([inside[part] for part in ("train", "validation", "test")])
    assert not np.isin(searched_on, whole.test).any()
    searched = list((study.path / "search").glob("runs/*/*/run.json"))
    assert {path.parent.name for path in searched} == {str(SEED)}
    for path in searched:
        with np.load(path.parent / "predictions.npz") as arrays:
            assert set(arrays["test_indices"]) <= set(inside["test"])
    confirmed = list(study.path.glob("runs/*/*/run.json"))
    assert {path.parent.name for path in confirmed} == {"0", "1"}


def test_the_best_are_compared_with_the_usual_network(study):
    assert study.design.kind == "tune"
    assert list(study.verdicts) == ["trial-1"]
    assert study.verdict.reference == "resnet8"
    assert study.design.contender("trial-1").recipe.lr == 0.01
    assert (study.path / "search" / "space.toml").read_text() == "lr = [0.02, 0.01, 1e12]"


def test_again_trains_nothing(study, npz):
    before = {path: path.stat().st_mtime_ns for path in study.path.rglob("run.json")}
    again = run(
        command="tune", data=npz, out=study.path.parent, space=study.path.parent / "my.toml", **{**OPTIONS, "seeds": 2}
    )
    assert {path: path.stat().st_mtime_ns for path in study.path.rglob("run.json")} == before
    assert again.verdict == study.verdict


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"space": None}, "was begun with another space"),
        ({"epochs": 5}, "epochs 4, not 5"),
        ({"tune": "lr"}, "tune is a field of compare, depth, ablate and learning-curve, not of tune"),
        ({"folds": 3}, "folds is a field of compare, depth and ablate, not of tune"),
        ({"trials": 1}, "--trials is 1: it must be at least 2."),
        ({"family": "resmet"}, "There is no family called 'resmet': did you mean 'resnet'?"),
    ],
)
def test_what_cannot_be_asked(study, npz, change, sentence):
    config = {"space": study.path.parent / "my.toml", **OPTIONS, "seeds": 2, **change}
    with pytest.raises(UserError) as error:
        run(command="tune", data=npz, out=study.path.parent, name=study.path.name, **config)
    assert sentence in str(error.value)


def test_without_optuna_it_says_what_to_install(npz, tmp_path, monkeypatch):
    without(monkeypatch, "optuna")
    with pytest.raises(UserError, match=r"skipwise tune needs optuna: pip install 'skipwise\[tune\]'\."):
        run(command="tune", data=npz, out=tmp_path, **OPTIONS)
