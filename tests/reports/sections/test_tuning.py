"""The section of a search, on trials made by hand."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from skipwise.analysis.scores import tuning as analysis
from skipwise.reports.charts.study import to_svg
from skipwise.reports.sections.tuning import searched_trials, selection_bias_sentence, tuning_section, verdict_sentence
from skipwise.statistics import decide_each
from skipwise.studies import Study
from skipwise.studies.folder import StudyFolder
from skipwise.studies.tuning.trials import read_search_result
from skipwise.tasks import TASKS
from support.searches import found, trial


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """As far as the section reads a study: its folder, verdicts and results, made by hand."""
    path = tmp_path_factory.mktemp("study")
    (path / "search").mkdir()
    told = [trial(0, 0.90, usual=True, early=0.5), trial(1, 0.97, cost=50, early=0.6)]
    told += [
        trial(2, 0.6, state="dropped", early=0.4),
        trial(3, state="failed", reason="the loss was no longer finite"),
    ]
    told += [trial(number, 0.5, state="dropped", early=0.4, plain=True) for number in range(4, 16)]
    (path / "search" / "trials.json").write_text(json.dumps(found(*told).to_json()))
    generator = np.random.default_rng(0)
    scores = {"resnet8": generator.random((5, 400)) < 0.8, "trial-1": generator.random((5, 400)) < 0.95}
    results = {
        label: [SimpleNamespace(validation_score=value, multiply_adds=1000) for value in (0.90, 0.91, 0.92, 0.93, 0.94)]
        for label in scores
    }
    scores = {label: table.astype(float) for label, table in scores.items()}
    failures = {label: [False] * 5 for label in scores}
    verdicts = decide_each([("resnet8", "trial-1")], scores, failures, margin=0.01, alpha=0.05)
    made = Study.__new__(Study)
    made.folder = StudyFolder(path)
    contenders = [SimpleNamespace(label="resnet8"), SimpleNamespace(label="trial-1")]
    made.design = SimpleNamespace(contenders=contenders, to_learn=TASKS["images"])
    made.results, made.scores = results, scores
    made.verdicts = {verdict.contender: verdict for verdict in verdicts}
    return made


def test_the_sentences(study):
    assert verdict_sentence(study) == "trial-1 is better than resnet8."
    searched = searched_trials(study, read_search_result(study.path / "search"))
    assert [one.number for one in searched.values()] == [0, 1]
    assert selection_bias_sentence(study, searched, 16) == (
        "In the search trial-1 came to 97.0 % of the validation images right, with fresh seeds to 92.0 %, so the search "
        "overestimated it by 5.0 points (the best of 16)."
    )


def test_the_section(study, monkeypatch):
    monkeypatch.setattr(analysis, "DRAWS", 4)
    section = tuning_section(study)
    assert section.headline.startswith("trial-1 is better than resnet8. In the search")
    assert section.explanation.startswith(
        "16 trials: 2 were trained to their end, 13 were dropped on the way, 1 failed."
    )
    assert "Failed: trial-3 (resnet8:lr=0.4): the loss was no longer finite." in section.explanation
    assert [row[0] for row in section.rows[:3]] == ["resnet8", "trial-1", "trial-2"]
    assert section.rows[1][5:8] == ("97.0 %", "92.0 % (90.0 to 94.0)", "+5.0")
    assert section.rows[2][1] == "dropped at 25 % of a run"
    assert all(len(row) == len(section.columns) for row in section.rows)
    pictures = [to_svg(chart) for chart in section.charts["tuning"]]
    words = (
        "validation accuracy (%)",
        "fraction of the variance",
        "multiply-adds of one example (log axis)",
        ">trial<",
    )
    assert all(word in picture for word, picture in zip(words, pictures, strict=True))
    assert "#0072B2" in pictures[2]
    assert "#D55E00" in pictures[3]


def test_importance_is_computed_once(study, monkeypatch):
    tuning_section(study)
    monkeypatch.setattr("skipwise.reports.sections.tuning.importances", None)
    assert tuning_section(study).charts


def test_the_interval_of_an_accuracy_stays_between_nothing_and_all(study, monkeypatch):
    apart = [SimpleNamespace(validation_score=value, multiply_adds=1000) for value in (0.1, 0.9)]
    monkeypatch.setattr(study, "results", {**study.results, "trial-1": apart})
    assert tuning_section(study).rows[1][6] == "50.0 % (0.0 to 100.0)"
