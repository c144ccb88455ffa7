"""The summary of a study: computed once, and the same numbers wherever they are shown."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from skipwise.commands.catalogue import catalogue
from skipwise.commands.console import Console
from skipwise.commands.terminal import Terminal
from skipwise.reports import page, write_report
from skipwise.reports.sections import depth, learning_curve
from skipwise.studies import Study
from support.runs import page_words

WRITTEN = Path(__file__).parent.parent / "data" / "studies_format_1" / "studies"


class Plan:
    """A study of which nothing is missing."""

    missing = ()


def concluded(study, tmp_path):
    """Write its report; gives the summary and what the console says of it."""
    summary = write_report(study)
    with (tmp_path / "said").open("w") as file:
        console = Console(Terminal(file=file, width=200))
        console.ready = Plan()
        console.conclude(summary)
    return summary, (tmp_path / "said").read_text()


def opened(name, tmp_path):
    return Study.open(shutil.copytree(WRITTEN / name, tmp_path / name))


@pytest.mark.parametrize(
    ("name", "module", "bootstrap", "times"),
    [
        ("depth", depth, "crossover", 1),
        ("learning-curve", learning_curve, "images_needed_instead", 1),
        ("learning-curve", learning_curve, "power_law", 2),
    ],
)
def test_bootstraps_of_a_sweep_are_computed_once_for_page_and_console(
    tmp_path, monkeypatch, name, module, bootstrap, times
):
    """Power laws once for each of two contenders."""
    calls, compute = [], getattr(module, bootstrap)
    monkeypatch.setattr(module, bootstrap, lambda *given, **named: calls.append(1) or compute(*given, **named))
    summary, said = concluded(opened(name, tmp_path), tmp_path)
    assert len(calls) == times
    assert summary.section.headline in said


def test_a_study_is_summarised_once_for_a_report(tmp_path, monkeypatch):
    calls, compute = [], page.summarise
    monkeypatch.setattr(page, "summarise", lambda study: calls.append(1) or compute(study))
    concluded(opened("compare", tmp_path), tmp_path)
    assert len(calls) == 1


def test_page_console_and_files_show_the_same(tmp_path):
    study = opened("compare", tmp_path)
    summary, said = concluded(study, tmp_path)
    (verdict,) = summary.verdicts
    numbers = json.loads(study.folder.file("verdict.json").read_text())
    assert numbers["format"] == 1
    assert numbers["verdicts"][0]["sentence"] == str(verdict)
    assert str(verdict) in said
    assert f"{verdict.claim}." in page_words(study)
    rows = list(csv.DictReader(study.folder.file("results.csv").open()))
    for row, stored in zip(summary.contenders, numbers["contenders"], strict=True):
        assert stored["seeds"] == list(row.seeds)
        assert [float(run["score"]) for run in rows if run["contender"] == row.label] == list(row.seeds)
        assert f"{100 * row.score:.1f} %" in said


@pytest.mark.parametrize("name", ["compare", "depth", "train"])
def test_that_nothing_was_learned_is_said_first_everywhere(tmp_path, name):
    """On the page, on the console, in verdict.json and for `skipwise list studies`, in the same words."""
    study = opened(name, tmp_path)
    summary, said = concluded(study, tmp_path)
    learned = "learned more" if len(study.results) > 1 else "learned no more"
    assert learned in summary.opening
    assert summary.opening in said
    assert summary.opening in page_words(study)
    assert "more seeds would not help" in said
    assert "seeds in all" not in said
    told = json.loads(study.folder.file("verdict.json").read_text())
    sentences = [verdict["sentence"] for verdict in told["verdicts"]]
    assert all(sentence.startswith(("Neither", "None")) for sentence in sentences)
    assert study.learned_nothing == (name != "train")
    listed = "\n".join(catalogue("studies", tmp_path))
    assert all(sentence in listed for sentence in sentences)


def test_verdict_json_keeps_the_keys_of_the_version_before(tmp_path):
    before = json.loads((WRITTEN / "text" / "verdict.json").read_text())
    study = opened("text", tmp_path)
    write_report(study)
    now = json.loads(study.folder.file("verdict.json").read_text())
    assert before.keys() <= now.keys()
    assert before["contenders"][0].keys() == now["contenders"][0].keys()
    assert before["verdicts"][0].keys() <= now["verdicts"][0].keys()
    assert before["baseline"].keys() == now["baseline"].keys()
