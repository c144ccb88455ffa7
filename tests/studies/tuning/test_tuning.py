"""Searches: what is chosen, what is dropped, and what is kept from the trials."""

import numpy as np
import pytest

from skipwise import UserError
from skipwise.commands.compare import run
from skipwise.data import StoredData
from skipwise.studies import resolve
from skipwise.studies.config import StudyConfig
from skipwise.studies.tuning.journal import Journal
from skipwise.studies.tuning.learning_rate import SEED
from skipwise.studies.tuning.run import Trials, judged_percent
from skipwise.studies.tuning.search import plan_tuning
from skipwise.studies.tuning.space import family_of
from skipwise.studies.tuning.space_file import parse_space
from skipwise.studies.tuning.trials import read_search_result
from skipwise.training.loop import Tick
from support.images import shapes
from support.libraries import without

OPTIONS = {"family": "resnet8", "seeds": 1, "epochs": 4, "settings": ("batch_size=16",)}
SPACE = parse_space("kernel = [3, 5, 7]\nlr = {low = 0.001, high = 0.1, log = true}", family_of("resnet8"), "it")


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    return str(shapes(tmp_path_factory.mktemp("data") / "squares.npz"))


def journal(path, trials=20, space=SPACE, first=None):
    return Journal(path / "journal", space, trials, SEED, first)


def written(path, text):
    path.write_text(text)
    return path


# What Optuna is asked and told


def test_the_usual_values_are_tried_first_and_no_more_than_asked(tmp_path):
    first = {"kernel": 3, "lr": 0.02}
    made = journal(tmp_path, trials=4, first=first)
    told = [made.ask() for _ in range(4)]
    assert told[0].values == first
    assert len({str(one.values) for one in told}) == 4
    assert made.ask() is None


def test_a_search_opened_again_goes_on_where_it_was(tmp_path):
    made = journal(tmp_path, trials=5)
    values = [made.ask().values for _ in range(3)]
    made.report(0, 25, 0.5)
    made.finish(0, 0.9)
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"op_code":4,"work')  # a kill in the middle of a line
    again = journal(tmp_path, trials=5)
    assert [told.values for told in again.all()] == values
    assert [told.running for told in again.all()] == [False, True, True]
    again.finish(1, 0.8)
    more = [again.ask() for _ in range(3)]
    assert [told.number for told in more[:2]] == [3, 4]
    assert more[2] is None
    assert len(journal(tmp_path, trials=5).all()) == 5


def test_what_a_trial_draws_depends_on_its_number_and_not_on_the_process(tmp_path):
    (tmp_path / "cut").mkdir()
    whole = [journal(tmp_path).ask().values for _ in range(1)] + [journal(tmp_path).ask().values for _ in range(2)]
    made = journal(tmp_path / "cut")
    assert [made.ask().values for _ in range(3)] == whole
    assert len({str(values) for values in whole}) == 3


def test_the_worse_half_is_dropped_at_a_quarter_and_at_a_half(tmp_path):
    made = journal(tmp_path)
    for _ in range(4):
        made.ask()
    assert not made.report(0, 10, 0.1)
    assert not made.report(0, 25, 0.5)
    assert made.report(1, 25, 0.4)
    assert not made.report(2, 30, 0.6)  # its epochs are longer
    assert not made.report(0, 50, 0.7)
    assert made.report(2, 60, 0.6)
    assert not made.report(2, 60, 0.6)  # a run that was continued reports the same again


def test_a_small_space_is_tried_out_whole_and_nothing_is_dropped(tmp_path):
    space = parse_space('kernel = [3, 5]\ndownsample = ["stride", "max"]', family_of("resnet8"), "it")
    made = journal(tmp_path, space=space, trials=4, first={"kernel": 5, "downsample": "max"})
    told = []
    while (one := made.ask()) is not None:
        assert not made.report(one.number, 50, 0.1 / (1 + one.number))
        told.append(one.values)
    assert told[0] == {"kernel": 5, "downsample": "max"}
    assert len({str(values) for values in told}) == len(told) == 4


def test_the_share_at_which_validation_data_judged():
    tick = Tick(epoch=5, step=3, steps_per_epoch=10, progress=53 / 200, loss=1.0, score=0.5, validation_score=0.4)
    assert judged_percent(tick) == 25


# Trials


class Watch:
    def __init__(self):
        self.lines = []

    def tick(self, job, tick):
        pass

    def finished(self, job, error):
        pass

    def ended(self, job, line):
        self.lines.append(line)


def trials(npz, out, text, count=4, **more):
    space = written(out / "space.toml", text)
    config = StudyConfig(command="tune", data=npz, out=out, space=space, trials=count, **{**OPTIONS, **more})
    prepared = plan_tuning(resolve(config))
    prepared.ready.folder.path.mkdir(parents=True)
    watch = Watch()
    return Trials(prepared.resolved, prepared.space, prepared.ready.folder, prepared.ready.design, watch), watch


def test_what_cannot_be_built_and_what_repeats_is_told_and_passed_by(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "widths = ['16/32/64', 16]\nkernel = [3]\ninitialisation = ['he', 'fixup']")
    jobs = []
    while (job := made.next_job()) is not None:
        jobs.append(job.contender)
    assert jobs == ["trial-0", "trial-2"]
    assert [line.partition(":")[0] for line in watch.lines] == ["trial-1", "trial-3"]
    assert "cannot be built" in watch.lines[0]
    assert [trial.state for trial in made.found()] == ["impossible", "impossible"]


def test_what_makes_the_same_contender_again_is_passed_by_and_not_counted(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "width = [1, 1.001]")
    assert made.next_job().contender == "trial-0"
    assert made.next_job() is None
    assert watch.lines == ["trial-1: the same as trial-0, not counted"]


def test_a_trial_that_breaks_off_is_begun_again_once_and_then_has_failed(npz, tmp_path):
    made, watch = trials(npz, tmp_path, "kernel = [3, 5]")
    job = made.next_job()
    made.finished(job, "its process ended with code -9")
    assert made.next_job() == job
    made.finished(job, "its process ended with code -9")
    assert watch.lines == ["trial-0 resnet8: FAILED: its process ended with code -9"]
    (failed,) = made.found()
    assert (failed.state, failed.reason) == ("failed", "its process ended with code -9")


@pytest.fixture(scope="module")
def study(npz, tmp_path_factory):
    """Three trials, one of which diverges."""
    out = tmp_path_factory.mktemp("studies")
    space = written(out / "my.toml", "lr = [0.02, 0.01, 1e12]")
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
