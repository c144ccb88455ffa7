"""The time that the baseline of a study takes, estimated from a few examples."""

from itertools import count

import pytest

from skipwise.recipe import Recipe
from skipwise.studies import baseline
from skipwise.studies.baseline import baseline_seconds
from skipwise.studies.contender import parse_contender
from skipwise.studies.record import SplitKey, StudyRecord
from skipwise.tasks import TASKS
from skipwise.training.plan import ComputePlan
from support.texts import rows, texts


def design(task, folds=None):
    return StudyRecord(
        name="it", kind="compare", data="t.csv", command="", split=SplitKey(folds=folds), seeds=(0,), task=task,
        contenders=(parse_contender("plain-text-8", Recipe()),),
        plan=ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1),
    )  # fmt: skip


@pytest.mark.parametrize(("folds", "times"), [(None, 1), (5, 5)])
def test_a_few_examples_of_all_classes_tell_how_long_all_take(tmp_path, monkeypatch, folds, times):
    """The second of two fits takes a second by this clock; all examples take as many times as long as there are."""
    data = texts(tmp_path / "t.csv", rows(400))
    asked = []
    monkeypatch.setattr(TASKS["text"], "baseline_answers", lambda few: asked.append(few) or {})
    monkeypatch.setattr(baseline.time, "process_time", count().__next__)
    seconds = baseline_seconds(tmp_path / "baseline.npz", design("text", folds), data)
    first, second = asked
    assert first is second
    assert len(first.train) <= baseline.TRIED < len(data.train)
    assert set(data.labels[first.train]) == {0, 1}
    whole = len(data.train) + len(data.test)
    assert seconds == pytest.approx(times * whole / (len(first.train) + len(first.test)))


def test_a_baseline_that_is_there_or_is_none_takes_no_time(tmp_path):
    data = texts(tmp_path / "t.csv")
    (tmp_path / "baseline.npz").touch()
    assert baseline_seconds(tmp_path / "baseline.npz", design("text"), data) == 0
    assert baseline_seconds(tmp_path / "none.npz", design("images"), data) == 0
