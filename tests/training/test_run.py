"""One run: exact after any interruption, honest about failure."""

import errno
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from skipwise.errors import UserError
from skipwise.networks import PRESETS, build
from skipwise.recipe import Recipe
from skipwise.tasks import TASKS
from skipwise.training import loop as loop_module
from skipwise.training.loop import Stopped
from skipwise.training.plan import ComputePlan, choose_plan
from support.runs import ARCHITECTURE, PLAN, RECIPE, same_bits
from support.runs import train_images as train


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    train(data, folder)
    return folder


@pytest.mark.parametrize("steps", [1, 5, 8])
def test_stopped_after_any_step_it_continues_with_the_same_bits(data, tmp_path, undisturbed, steps):
    left = iter(range(steps - 1))
    with pytest.raises(Stopped):
        train(data, tmp_path, should_stop=lambda: next(left, None) is None)
    assert not (tmp_path / "run.json").exists()
    ticks = train(data, tmp_path)
    assert len(ticks) == 15 - steps
    same_bits(tmp_path, undisturbed)


def test_a_run_learns_and_tells_what_it_did(data, undisturbed):
    run = json.loads((undisturbed / "run.json").read_text())
    assert run["score"] > 0.6
    assert run["failed"] is None
    assert run["steps"] == 15
    assert run["plan"]["threads"] == 1
    assert run["task"] == "images"
    assert run["input_spec"]["classes"] == ["0", "1", "2"]
    assert run["input_spec"]["input_shape"] == [1, 8, 8]
    lines = [json.loads(line) for line in (undisturbed / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert set(lines[0]) == {
        "epoch", "train_loss", "train_score", "validation_loss", "validation_score", "learning_rate", "seconds",
        "examples_per_second", "gradients",
    }  # fmt: skip
    best = max(lines, key=lambda line: (line["validation_score"], -line["validation_loss"]))
    assert run["best_epoch"] == best["epoch"]
    assert run["validation_score"] == best["validation_score"]
    assert not (undisturbed / "checkpoint.pt").exists()
    with np.load(undisturbed / "predictions.npz") as arrays:
        right = arrays["test_probabilities"].argmax(1) == arrays["test_labels"]
        assert right.mean() == run["score"]
        assert np.array_equal(arrays["test_indices"], data.test)


def test_checkpoints_are_written_within_an_epoch(data, tmp_path, monkeypatch):
    monkeypatch.setattr(loop_module, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    saved = []
    save = loop_module.save_checkpoint
    monkeypatch.setattr(
        loop_module, "save_checkpoint", lambda *a, **b: (saved.append(a[1].progress.step), save(*a, **b))
    )
    train(data, tmp_path)
    assert saved[:6] == [1, 2, 3, 4, 5, 0]


def test_a_loss_that_is_not_finite_is_a_failed_run_that_answers_the_commonest_class(data, tmp_path):
    train(data, tmp_path, recipe=Recipe(epochs=2, batch_size=16, lr=1e30, warmup=0.0, momentum=0.0))
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["failed"] == "the loss was no longer finite in epoch 1"
    assert run["validation_score"] is None
    assert not (tmp_path / "model.safetensors").exists()
    commonest = np.bincount(data.labels[data.train]).argmax()
    with np.load(tmp_path / "predictions.npz") as arrays:
        assert set(arrays["test_probabilities"].argmax(1)) == {commonest}


def test_weights_that_break_in_the_last_step_of_an_epoch_are_no_model(data, tmp_path):
    """The only step's loss is finite, and what the network answers after it is not."""
    recipe = Recipe(epochs=1, batch_size=len(data.train), lr=1e30, warmup=0.0, momentum=0.0)
    train(data, tmp_path, recipe=recipe)
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["failed"] == "the loss on validation data was never finite"
    assert not (tmp_path / "model.safetensors").exists()
    (line,) = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert line["validation_loss"] is None
    with np.load(tmp_path / "predictions.npz") as arrays:
        assert np.isfinite(arrays["test_probabilities"]).all()


@pytest.mark.parametrize(("at", "said"), [(3, 5), (10, 10), (11, 15)])
def test_a_gradient_that_is_not_finite_is_a_failed_run_by_name(data, tmp_path, monkeypatch, at, said):
    """Five steps are an epoch; every tenth step is looked at, and the last of each epoch."""
    step = loop_module.Loop.train_step

    def broken(self, batch):
        weight = self.network.get_parameter("stages.1.0.branch.conv1.weight")
        hook = weight.register_hook(lambda gradient: gradient * (torch.inf if self.progress.done + 1 == at else 1))
        try:
            step(self, batch)
            return 1.0, None  # the loss stays finite, as where no pixel meets the weight
        finally:
            hook.remove()

    monkeypatch.setattr(loop_module.Loop, "train_step", broken)
    train(data, tmp_path)
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["failed"].endswith(f" was no longer finite at step {said}")
    if at == said:
        assert run["failed"].startswith("the gradient of stages.1.0.branch.conv1.weight was")
    assert run["steps"] == said
    if run["best_epoch"] is not None:
        assert all(tensor.isfinite().all() for tensor in load_file(tmp_path / "model.safetensors").values())


def test_a_full_disk_leaves_no_run_that_is_done(data, tmp_path, monkeypatch):
    def full(state, part):
        part.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("skipwise.training.run.save_file", full)
    with pytest.raises(UserError, match=rf"The disk that holds {tmp_path} is full"):
        train(data, tmp_path)
    assert not {"run.json", "model.safetensors"} & {path.name for path in tmp_path.iterdir()}


def test_a_run_no_better_than_the_commonest_class_is_failed(data):
    """Two standard errors above its share are chance."""
    share = np.bincount(data.labels[data.train]).max() / len(data.train)
    error = (share * (1 - share) / len(data.train)) ** 0.5
    failure = TASKS["images"].failure
    assert failure(data, Recipe(), share + 2.1 * error, None) is None
    for score, how in ((share, "no better than"), (share + 1.9 * error, "by no more than chance above")):
        assert f"is {how} always naming the commonest class" in str(failure(data, Recipe(), score, None))


def test_where_images_are_mixed_or_classes_weighted_the_mean_recall_on_training_images_tells_failure(data):
    """Three images of class 0 and one of class 1: naming 0 always is right on 3/4, with recalls 1 and 0."""
    labels, failure = np.array([0, 0, 0, 1]), TASKS["images"].failure
    one_answer = np.tile([1.0, 0.0], (4, 1)).astype(np.float32)
    recipe = Recipe(imbalance="focal")
    assert failure(data, recipe, 0.0, {"probabilities": one_answer, "labels": labels}) == (
        "mean recall 0.500 on training images is no better than naming one of 2 classes"
    )
    answers = {"probabilities": np.eye(2, dtype=np.float32)[labels], "labels": labels}
    assert failure(data, recipe, 0.0, answers) is None
    assert failure(data, Recipe(mixup=0.2), 0.0, answers) is None


@pytest.mark.parametrize("recipe", [{"ema": 0.9, "mixup": 0.2}, {"imbalance": "balanced-sampling", "cutmix": 1.0}])
def test_a_cut_run_with_average_and_mixing_goes_on_with_the_same_bits(data, tmp_path, recipe):
    recipe = replace(RECIPE, **recipe)
    train(data, tmp_path / "whole", recipe=recipe)
    steps = iter(range(1, 100))
    with pytest.raises(Stopped):
        train(data, tmp_path / "cut", recipe=recipe, should_stop=lambda: next(steps) == 7)
    train(data, tmp_path / "cut", recipe=recipe)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "cut"))
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    "field",
    [
        {"l1": 1e-3},
        {"label_smoothing": 0.1},
        {"cutout": 3},
        {"schedule": "one-cycle"},
        {"mixup": 0.2},
        {"cutmix": 1.0},
        {"ema": 0.9},
        {"imbalance": "focal"},
        {"imbalance": "balanced-sampling"},
    ],
)
def test_every_field_of_the_recipe_changes_the_weights(data, tmp_path, undisturbed, field):
    train(data, tmp_path, recipe=replace(RECIPE, **field))
    ours, before = (load_file(folder / "model.safetensors") for folder in (tmp_path, undisturbed))
    assert any(not torch.equal(ours[name], before[name]) for name in ours)


def test_l1_pulls_weights_to_zero(data, tmp_path):
    """The same steps with and without: the penalty's gradient is l1 * sign(w)."""

    def mean_weight(l1):
        recipe = replace(RECIPE, l1=l1, weight_decay=0.0)
        stream = TASKS["images"].stream(data, recipe, 0, "cpu")
        network = build(ARCHITECTURE, data.input_shape, 3, seed=0).train()
        loop = loop_module.Loop(TASKS["images"], network, recipe, stream, PLAN, tmp_path)
        for epoch in range(3):
            for batch in stream.epoch(epoch):
                loop.train_step(batch)
        return float(network.stages[2][0].branch.conv1.weight.detach().abs().mean())

    assert mean_weight(0.1) < 0.5 * mean_weight(0.0)


def test_bf16_and_channels_last_train_too(data, tmp_path):
    train(data, tmp_path, plan=ComputePlan(device="cpu", precision="bf16", channels_last=True, threads=1))
    assert json.loads((tmp_path / "run.json").read_text())["score"] > 0.5


@pytest.mark.gpu
def test_a_run_on_the_gpu(data, tmp_path):
    train(data, tmp_path, plan=choose_plan(1))
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["plan"]["device"] == "cuda"
    assert run["score"] > 0.5


def weights_after(data, folder, recipe, should_stop=lambda: False):
    """The weights of a run of resnet8."""
    train(data, folder, recipe=recipe, should_stop=should_stop, architecture=PRESETS["resnet8"])
    return load_file(folder / "model.safetensors")


def test_a_frozen_backbone_stays_as_it_was(data, weights, tmp_path):
    begun = load_file(weights)
    ended = weights_after(
        data, tmp_path, Recipe(epochs=2, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=0.0)
    )
    backbone = [
        name for name in begun if not name.startswith("head.dense") and not name.endswith("num_batches_tracked")
    ]
    assert all(torch.equal(begun[name], ended[name]) for name in backbone)
    fresh = build(PRESETS["resnet8"], data.input_shape, len(data.classes), 0)
    assert not torch.equal(ended["head.dense.weight"], fresh.head.dense.weight)


def test_a_cut_run_with_pretrained_weights_goes_on_with_the_same_bits(data, weights, tmp_path):
    recipe = Recipe(epochs=2, batch_size=16, pretrained=str(weights), backbone_lr_multiplier=0.1)
    expected = weights_after(data, tmp_path / "whole", recipe)
    steps = iter([False] * 7 + [True])
    with pytest.raises(Stopped):
        weights_after(data, tmp_path / "cut", recipe, should_stop=lambda: next(steps))
    ended = weights_after(data, tmp_path / "cut", recipe)
    assert all(torch.equal(ended[name], expected[name]) for name in expected)


def test_recomputing_leaves_the_same_bits(data, tmp_path):
    recipe = Recipe(epochs=2, batch_size=16)
    kept = weights_after(data, tmp_path / "kept", recipe)
    again = weights_after(data, tmp_path / "again", replace(recipe, checkpointing=True))
    assert all(torch.equal(kept[name], again[name]) for name in kept)
