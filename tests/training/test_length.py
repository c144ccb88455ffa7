"""The length of a run: in epochs, steps or seconds, and when it is judged."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipwise.recipe import Recipe
from skipwise.training.checkpoint import Progress
from skipwise.training.length import ROUNDS, Length
from skipwise.training.loop import Stopped
from skipwise.training.metrics import EpochMetrics
from skipwise.training.optimizers import learning_rate
from support.runs import same_bits
from support.runs import train_images as train


def after(done, *, seconds=0.0, rounds=0):
    epoch = EpochMetrics(
        epoch=1, train_loss=1.0, train_score=0.5, validation_loss=1.0, validation_score=0.5, learning_rate=0.1,
        seconds=seconds, examples_per_second=1.0,
    )  # fmt: skip
    return Progress(done=done, rounds=rounds, history=[epoch])


def test_so_many_epochs():
    length = Length(recipe=Recipe(epochs=4), steps_per_epoch=5)
    assert length.steps == 20
    assert [length.fraction_done(after(done)) for done in (0, 5, 20)] == [0, 0.25, 1]
    assert [length.over(after(done)) for done in (19, 20)] == [False, True]
    assert length.round_over(after(5))


def test_steps_go_before_epochs_and_seconds_before_steps():
    by_steps = Length(recipe=Recipe(epochs=4, steps=7), steps_per_epoch=5)
    assert by_steps.steps == 7
    assert [by_steps.over(after(done)) for done in (6, 7)] == [False, True]
    by_seconds = Length(recipe=Recipe(steps=7, seconds=2.0), steps_per_epoch=5)
    assert [by_seconds.fraction_done(after(100, seconds=seconds)) for seconds in (0.5, 2.0, 3.0)] == [0.25, 1, 1]


def test_seconds_of_finished_and_of_running_epochs_count():
    length = Length(recipe=Recipe(seconds=4.0), steps_per_epoch=5)
    progress = after(9, seconds=1.0)
    progress.totals["seconds"] = 2.0
    assert length.fraction_done(progress) == 0.75


@given(st.integers(1, 3000), st.integers(1, 60))
@settings(deadline=None)
def test_validation_judges_at_most_so_often_and_at_the_end(steps, steps_per_epoch):
    length = Length(recipe=Recipe(steps=steps), steps_per_epoch=steps_per_epoch)
    progress, judged = Progress(), []
    while not length.over(progress):
        progress.done = min(steps, progress.done + steps_per_epoch)
        if length.round_over(progress):
            judged.append(progress.done)
            progress.rounds = length.rounds_begun(progress)
    epochs = -(-steps // steps_per_epoch)
    assert min(epochs, ROUNDS) / 2 <= len(judged) <= min(epochs, ROUNDS + 1)
    assert judged[-1] == steps


def test_the_rate_falls_with_the_share_of_the_run():
    """Of 100 steps and of 2 seconds: halfway is halfway, to within a step."""
    recipe = Recipe(steps=100, seconds=0.0, lr=0.1)
    by_steps = Length(recipe=recipe, steps_per_epoch=5)
    by_seconds = Length(recipe=Recipe(seconds=2.0, lr=0.1), steps_per_epoch=5)
    assert by_steps.rate(after(50)) == learning_rate(recipe, 50, 100)
    assert by_seconds.rate(after(3, seconds=1.0)) == pytest.approx(by_steps.rate(after(50)), rel=0.03)


def test_steps_that_end_within_an_epoch_are_taken_exactly_and_resumed_with_the_same_bits(data, tmp_path):
    """5 steps an epoch and 13 in all: two epochs and three steps, cut after the first, the fifth and the twelfth."""
    recipe = Recipe(steps=13, batch_size=16, lr=0.05)
    train(data, tmp_path / "whole", recipe=recipe)
    for cut in (1, 5, 12):
        left = iter(range(cut - 1))
        with pytest.raises(Stopped):
            train(data, tmp_path / "cut", recipe=recipe, should_stop=lambda left=left: next(left, None) is None)
        assert len(train(data, tmp_path / "cut", recipe=recipe)) == 13 - cut
        same_bits(tmp_path / "whole", tmp_path / "cut")
        (tmp_path / "cut" / "run.json").rename(tmp_path / f"{cut}.json")
    run = json.loads((tmp_path / "whole" / "run.json").read_text())
    assert run["steps"] == 13
    lines = [json.loads(line) for line in (tmp_path / "whole" / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]


def test_seconds_end_a_run_soon_after_they_are_over(data, tmp_path):
    train(data, tmp_path, recipe=Recipe(seconds=0.3, epochs=10_000, batch_size=16))
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["train_seconds"] >= 0.3
    assert run["steps"] < 10_000
