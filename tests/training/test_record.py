"""The record of a run: written and read back, of the formats before as well, and refused where it would be misread."""

import json
import os

import pytest
import torch
from pydantic import TypeAdapter

from skipwise.contender import Contender
from skipwise.data import InputSpec
from skipwise.errors import UserError
from skipwise.networks import PRESETS, CustomNetwork
from skipwise.recipe import Recipe
from skipwise.training.checkpoint import CHECKPOINT, load_checkpoint
from skipwise.training.deployed import Deployed
from skipwise.training.loop import Stopped
from skipwise.training.metrics import METRICS, EpochMetrics, read_metrics, write_metrics
from skipwise.training.record import FORMAT, RUN, RunRecord, explaining_damage, read_run, write_run
from support.images import dataset
from support.runs import PLAN, same_bits
from support.runs import train_images as train

RECORD = RunRecord(
    contender=Contender(label="it", network=PRESETS["resnet8"], recipe=Recipe(lr=0.1)),
    fold=2, seed=3, task="images", failed=None, score=0.75, validation_score=0.5, best_epoch=1, train_score=None,
    fitted_score=1.0, parameters=10, multiply_adds=20, depth=8, activation_bytes=30,
    deployed=Deployed(parameters=9, multiply_adds=20, plain=True, difference=1e-7), steps=4, training_examples=40,
    train_seconds=1.5, wall_seconds_since_last_start=2.5, finished="2026-01-01T00:00:00+00:00", plan=PLAN,
    versions={"torch": "2"}, input_spec=InputSpec(classes=("a", "b"), input_shape=(1, 8, 8)),
)  # fmt: skip
EPOCH = EpochMetrics(
    epoch=1, train_loss=1.0, train_score=None, validation_loss=None, validation_score=0.5, learning_rate=0.1,
    seconds=2.0, examples_per_second=20.0,
)  # fmt: skip


def rewrite(folder, **changes):
    """Change fields of a record's file."""
    (folder / RUN).write_text(json.dumps(json.loads((folder / RUN).read_text()) | changes))


@pytest.mark.parametrize("network", [PRESETS["resnet8"], PRESETS["textcnn"], CustomNetwork(path="mine.Own")])
def test_a_record_is_read_as_it_was_written(tmp_path, network):
    from dataclasses import replace

    record = replace(RECORD, contender=replace(RECORD.contender, network=network))
    write_run(tmp_path, record)
    assert read_run(tmp_path) == record
    assert json.loads((tmp_path / RUN).read_text())["contender"] == record.contender.to_json()


def test_format_1_has_no_number_and_is_read(tmp_path):
    write_run(tmp_path, RECORD)
    content = json.loads((tmp_path / RUN).read_text())
    del content["format"]
    content["form"] = content.pop("input_spec")
    (tmp_path / RUN).write_text(json.dumps(content))
    assert read_run(tmp_path) == RECORD


@pytest.mark.parametrize("later", [FORMAT + 1, "2b"])
def test_a_later_format_is_refused(tmp_path, later):
    write_run(tmp_path, RECORD)
    rewrite(tmp_path, format=later)
    with pytest.raises(
        UserError, match=rf"run\.json has format {later}, .* \(this one reads {FORMAT}\): .*delete it, and"
    ):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"task"', "JSONDecodeError"),
        ("[]", "ValueError: it holds no run"),
        ('{"task": "images"}', "KeyError: 'contender'"),
    ],
)
def test_a_damaged_record_is_named(tmp_path, content, reason):
    (tmp_path / RUN).write_text(content)
    with pytest.raises(
        UserError, match=rf"run\.json is damaged \({reason}.*delete it, and the command that made the st"
    ):
        read_run(tmp_path)


def test_a_line_without_gradients_is_read(tmp_path):
    write_metrics(tmp_path / METRICS, [EPOCH])
    assert "gradients" not in json.loads((tmp_path / METRICS).read_text())
    assert read_metrics(tmp_path / METRICS) == [EPOCH]


def test_a_checkpoint_holds_plain_values_and_one_without_gradients_goes_on_with_the_same_bits(tmp_path):
    """As those hold them that were written before metrics were a class."""
    data = dataset(tmp_path / "squares.npz")
    train(data, tmp_path / "whole")
    steps = iter(range(1, 100))
    with pytest.raises(Stopped):
        train(data, tmp_path / "cut", should_stop=lambda: next(steps) == 7)
    file = tmp_path / "cut" / CHECKPOINT
    content = torch.load(file, weights_only=True)
    (epoch,) = content["progress"]["history"]
    assert isinstance(epoch, dict)
    del epoch["gradients"]
    torch.save(content, file)
    assert load_checkpoint(file, "cpu").progress.history[0].gradients == {}
    train(data, tmp_path / "cut")
    same_bits(tmp_path / "whole", tmp_path / "cut")


def test_pydantics_words_are_one_line_without_its_address(tmp_path):
    words = r"^[^\n]*a is damaged \(the whole: Input should be a valid list\): [^\n]*$"
    with pytest.raises(UserError, match=words) as told, explaining_damage(tmp_path / "a"):
        TypeAdapter(list[int]).validate_python(-1)
    assert "https" not in str(told.value)


@pytest.mark.parametrize("content", [None, "[" * 100_000])
def test_a_pipe_and_deep_nesting_are_refused(tmp_path, content):
    if content is None:
        os.mkfifo(tmp_path / RUN)
    else:
        (tmp_path / RUN).write_text(content)
    with pytest.raises(UserError, match=r"run\.json is damaged"):
        read_run(tmp_path)


@pytest.mark.parametrize("content", [None, {}, {"progress": {"history": [{"epoch": 1}]}}])
def test_a_checkpoint_that_is_none_is_refused(tmp_path, content):
    if content is None:
        os.mkfifo(tmp_path / CHECKPOINT)
    else:
        torch.save(content, tmp_path / CHECKPOINT)
    with pytest.raises(UserError, match="is damaged: delete it, and the run begins anew"):
        load_checkpoint(tmp_path / CHECKPOINT, "cpu")
