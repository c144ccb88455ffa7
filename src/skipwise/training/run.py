"""One run from its first step to its `run.json`: train, choose the best epoch, open the test set once."""

import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save_file
from torch import nn

from skipwise.data.dataset import Dataset
from skipwise.data.subset import subset_of
from skipwise.networks.external.pretrained import load_pretrained
from skipwise.recipe import Recipe
from skipwise.records import write_atomically
from skipwise.tasks import Predictions, Task
from skipwise.training.checkpoint import CHECKPOINT, Progress
from skipwise.training.deployed import deployed
from skipwise.training.evaluate import evaluate
from skipwise.training.loop import Loop, Tick
from skipwise.training.plan import ComputePlan

RUN, PREDICTIONS, MODEL = "run.json", "predictions.npz", "model.safetensors"
MOST_FITTED = 2_000
"""Training examples that tell how well a network fits them."""


def train_run(
    task: Task,
    network: nn.Module,
    recipe: Recipe,
    dataset: Dataset,
    *,
    seed: int,
    plan: ComputePlan,
    folder: Path,
    about: dict[str, Any],
    tell: Callable[[Tick], None],
    should_stop: Callable[[], bool],
    gradients: bool = True,
) -> None:
    """Train a network and leave its run folder; continues what a cut run began there.

    `about` is what else `run.json` is to say; with `gradients` the metrics say how large they are along the network. The run is done when that file is there. Raises Stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    costs = task.cost(network, dataset.input_spec)
    dataset = subset_of(dataset, recipe.fraction, seed)
    stream = task.stream(dataset, recipe, seed, plan.device)
    trunk = load_pretrained(network, recipe.pretrained) if recipe.pretrained else ()
    loop = Loop(task, plan.place(network), recipe, stream, plan, folder, trunk, gradients=gradients)
    progress = loop.run(tell, should_stop)
    answers = {part: _answers(loop, getattr(dataset, part)) for part in ("validation", "test")}
    fitted = _fitted(loop, dataset) if progress.best_epoch is not None else None
    with_weights = progress.best_epoch is not None
    if with_weights:
        state = {name: tensor.cpu().contiguous().clone() for name, tensor in loop.best.items()}
        write_atomically(folder / MODEL, lambda part: save_file(state, part))
    write_atomically(folder / PREDICTIONS, lambda part: _save_arrays(part, _arrays(answers, dataset)))
    content = {
        **about,
        "seed": seed,
        "task": task.name,
        "failed": _failure(task, progress, dataset, recipe, fitted),
        "score": task.score(answers["test"]),
        "validation_score": progress.best_score if with_weights else None,
        "best_epoch": progress.best_epoch + 1 if progress.best_epoch is not None else None,
        "train_score": progress.history[-1]["train_score"] if progress.history else None,
        "fitted_score": None if fitted is None else task.score(fitted),
        "parameters": costs.parameters,
        "multiply_adds": costs.multiply_adds,
        "depth": costs.depth,
        "activation_bytes": costs.activation_bytes,
        "deployed": asdict(deployed(task, loop.network, stream, plan)) if with_weights else None,
        "steps": progress.done,
        "training_examples": len(dataset.train),
        "train_seconds": sum(epoch["seconds"] for epoch in progress.history),
        "wall_seconds_since_last_start": time.monotonic() - began,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": plan.to_json(),
        "versions": versions(),
        "form": dataset.input_spec.to_json(),
    }
    write_atomically(folder / RUN, lambda part: part.write_text(json.dumps(content, indent=2)))
    (folder / CHECKPOINT).unlink(missing_ok=True)


def _failure(
    task: Task, progress: Progress, dataset: Dataset, recipe: Recipe, fitted: Predictions | None
) -> str | None:
    """Why the run counts as failed, if it does: its loss was not finite, or it learned nothing."""
    if progress.failed is not None:
        return progress.failed
    if progress.best_epoch is None:
        return "the loss on validation data was never finite"
    return task.failure(dataset, recipe, progress.history[-1]["train_score"], fitted)


def versions() -> dict[str, str]:
    """What the numbers were computed with."""
    packages = {name: version(name) for name in ("skipwise", "torch", "torchvision", "numpy")}
    return {"python": platform.python_version(), **packages, "machine": platform.machine()}


def _answers(loop: Loop, indices: np.ndarray) -> Predictions:
    """What the best epoch's network answers on these examples."""
    if loop.progress.best_epoch is None:
        return loop.task.fallback_predictions(loop.stream.dataset, indices)
    loop.network.load_state_dict(loop.best)
    return evaluate(loop.task, loop.network, loop.stream, indices, loop.plan)[0]


def _fitted(loop: Loop, dataset: Dataset) -> Predictions:
    """What it answers on training examples as they are, at even steps where they are many."""
    return _answers(loop, dataset.train[:: -(-len(dataset.train) // MOST_FITTED)])


def _arrays(answers: dict[str, Predictions], dataset: Dataset) -> dict[str, np.ndarray]:
    """The answers of each part under its name, with the indices of its examples."""
    named = {f"{part}_{name}": array for part, of_part in answers.items() for name, array in of_part.items()}
    return named | {f"{part}_indices": getattr(dataset, part) for part in answers}


def _save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
