"""One run from its first step to its record: train, choose the best epoch, open the test set once."""

import platform
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors.torch import save_file
from torch import Tensor

from skipwise.contender import Contender
from skipwise.data.dataset import Dataset
from skipwise.data.subset import subset_of
from skipwise.networks.external.pretrained import load_pretrained
from skipwise.recipe import Recipe
from skipwise.records import flush, write_atomically
from skipwise.tasks import Predictions, Task
from skipwise.training.checkpoint import CHECKPOINT, Progress
from skipwise.training.deployed import deployed
from skipwise.training.evaluate import evaluate
from skipwise.training.loop import Loop, Tick
from skipwise.training.metrics import METRICS
from skipwise.training.plan import ComputePlan
from skipwise.training.predictions import write_predictions
from skipwise.training.record import MODEL, RunRecord, write_run

MOST_FITTED = 2_000
"""Training examples that tell how well a network fits them."""


def train_run(
    task: Task,
    contender: Contender,
    dataset: Dataset,
    *,
    seed: int,
    fold: int | None = None,
    plan: ComputePlan,
    folder: Path,
    tell: Callable[[Tick], None],
    should_stop: Callable[[], bool],
    gradients: bool = True,
) -> None:
    """Train a contender with a seed and leave its run folder; continue what a run that was cut began there.

    `dataset` has the split of this `fold`; with `gradients` the metrics record their norms along the network. The run
    is done when its record is there. Raises Stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    recipe = contender.recipe
    network = task.build(contender.network, dataset.input_spec, seed)
    costs = task.cost(network, dataset.input_spec)
    dataset = subset_of(dataset, recipe.fraction, seed)
    stream = task.stream(dataset, recipe, seed, plan.device)
    backbone = load_pretrained(network, recipe.pretrained).backbone if recipe.pretrained else ()
    loop = Loop(task, plan.place(network), recipe, stream, plan, folder, backbone, gradients=gradients)
    progress = loop.run(tell, should_stop)
    predictions = {part: _predictions(loop, getattr(dataset, part)) for part in ("validation", "test")}
    has_weights = progress.best_epoch is not None
    fitted = _fitted(loop, dataset) if has_weights else None
    if has_weights:
        _write_weights(folder, loop.best)
    write_predictions(folder, predictions, {part: getattr(dataset, part) for part in predictions})
    record = RunRecord(
        contender=contender,
        fold=fold,
        seed=seed,
        task=task.name,
        failed=_failure(task, progress, dataset, recipe, fitted),
        score=task.score(predictions["test"]),
        validation_score=progress.best_score if has_weights else None,
        best_epoch=progress.best_epoch + 1 if progress.best_epoch is not None else None,
        train_score=progress.history[-1].train_score if progress.history else None,
        fitted_score=None if fitted is None else task.score(fitted),
        parameters=costs.parameters,
        multiply_adds=costs.multiply_adds,
        depth=costs.depth,
        activation_bytes=costs.activation_bytes,
        deployed=deployed(task, loop.network, stream, plan) if has_weights else None,
        steps=progress.done,
        training_examples=len(dataset.train),
        train_seconds=sum(epoch.seconds for epoch in progress.history),
        wall_seconds_since_last_start=time.monotonic() - began,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        plan=plan,
        versions=versions(),
        input_spec=dataset.input_spec,
    )
    flush(folder / METRICS)
    write_run(folder, record)
    (folder / CHECKPOINT).unlink(missing_ok=True)


def _write_weights(folder: Path, best: Mapping[str, Tensor]) -> None:
    state = {name: tensor.cpu().contiguous().clone() for name, tensor in best.items()}
    write_atomically(folder / MODEL, lambda part: save_file(state, part))


def _failure(
    task: Task, progress: Progress, dataset: Dataset, recipe: Recipe, fitted: Predictions | None
) -> str | None:
    """Return why the run counts as failed, None if it does not: its loss was not finite, or it learned nothing."""
    if progress.failed is not None:
        return progress.failed
    if progress.best_epoch is None:
        return "the loss on validation data was never finite"
    return task.failure(dataset, recipe, progress.history[-1].train_score, fitted)


def versions() -> dict[str, str]:
    """Return the versions of the packages that the numbers are computed with."""
    packages = {name: version(name) for name in ("skipwise", "torch", "torchvision", "numpy")}
    return {"python": platform.python_version(), **packages, "machine": platform.machine()}


def _predictions(loop: Loop, indices: np.ndarray) -> Predictions:
    """Return the predictions of the best epoch's network, or those that stand in for them where there is none."""
    if loop.progress.best_epoch is None:
        return loop.task.fallback_predictions(loop.stream.dataset, indices)
    loop.network.load_state_dict(loop.best)
    return evaluate(loop.task, loop.network, loop.stream, indices, loop.plan)[0]


def _fitted(loop: Loop, dataset: Dataset) -> Predictions:
    """Return its predictions on training examples as they are, at even steps where they are many."""
    return _predictions(loop, dataset.train[:: -(-len(dataset.train) // MOST_FITTED)])
