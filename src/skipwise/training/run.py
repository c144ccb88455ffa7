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
from jaxtyping import Float, Int
from safetensors.torch import save_file
from torch import nn

from skipwise.data.dataset import Dataset
from skipwise.data.share import share_of
from skipwise.networks import cost
from skipwise.networks.pretrained import load_pretrained
from skipwise.tasks import classification
from skipwise.training.checkpoint import CHECKPOINT, Progress, write_atomically
from skipwise.training.deployed import deployed
from skipwise.training.evaluate import evaluate
from skipwise.training.loop import Loop, Tick
from skipwise.training.plan import Plan
from skipwise.training.recipe import Recipe

RUN, PREDICTIONS, MODEL = "run.json", "predictions.npz", "model.safetensors"
Fitted = tuple[Float[np.ndarray, "some classes"], Int[np.ndarray, "some"]]
MOST_FITTED = 2_000
"""Training images that tell how well a network fits them."""


def train_run(
    network: nn.Module,
    recipe: Recipe,
    dataset: Dataset,
    *,
    seed: int,
    plan: Plan,
    folder: Path,
    about: dict[str, Any],
    tell: Callable[[Tick], None],
    should_stop: Callable[[], bool],
) -> None:
    """Train a network and leave its run folder; continues what a cut run began there.

    `about` is what else `run.json` is to say. The run is done when that file is there. Raises Stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    costs = cost(network, dataset.input_shape)
    dataset = share_of(dataset, recipe.fraction, seed)
    stream = recipe.stream(dataset, seed, plan.device)
    trunk = load_pretrained(network, recipe.pretrained) if recipe.pretrained else ()
    loop = Loop(plan.place(network), recipe, stream, plan, folder, trunk)
    progress = loop.run(tell, should_stop)
    predictions = _predict(loop, dataset)
    fitted = _fitted(loop, dataset) if progress.best_epoch is not None else None
    right = classification.score(predictions["test_probabilities"], predictions["test_labels"])
    with_weights = progress.best_epoch is not None
    if with_weights:
        state = {name: tensor.cpu().contiguous().clone() for name, tensor in loop.best.items()}
        write_atomically(folder / MODEL, lambda part: save_file(state, part))
    write_atomically(folder / PREDICTIONS, lambda part: _save_arrays(part, predictions))
    content = {
        **about,
        "seed": seed,
        "failed": failure(progress, dataset, recipe, fitted),
        "accuracy": float(right.mean()),
        "validation_accuracy": progress.best_accuracy if with_weights else None,
        "best_epoch": progress.best_epoch + 1 if progress.best_epoch is not None else None,
        "train_accuracy": progress.history[-1]["train_accuracy"] if progress.history else None,
        "fitted_accuracy": None if fitted is None else float(classification.score(*fitted).mean()),
        "parameters": costs.parameters,
        "multiply_adds": costs.multiply_adds,
        "depth": costs.depth,
        "activation_bytes": costs.activation_bytes,
        "deployed": asdict(deployed(loop.network, stream, plan)) if with_weights else None,
        "steps": progress.done,
        "training_images": len(dataset.train),
        "train_seconds": sum(epoch["seconds"] for epoch in progress.history),
        "wall_seconds_since_last_start": time.monotonic() - began,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": plan.to_json(),
        "versions": versions(),
        "classes": list(dataset.classes),
        "image": image_format(dataset),
    }
    write_atomically(folder / RUN, lambda part: part.write_text(json.dumps(content, indent=2)))
    (folder / CHECKPOINT).unlink(missing_ok=True)


def failure(progress: Progress, dataset: Dataset, recipe: Recipe, fitted: Fitted | None) -> str | None:
    """Why the run counts as failed, if it does: not finite, or no better than naming the commonest class.

    Images are mixed in training or classes weighted by some recipes, so that training accuracy means something else:
    there the mean recall on `fitted`, training images as they are, must be above that of a single answer.
    """
    if progress.failed is not None:
        return progress.failed
    if fitted is not None and (recipe.mixup or recipe.cutmix or recipe.imbalance != "none"):
        recall, classes = classification.mean_recall(*fitted), len(np.unique(fitted[1]))
        if recall <= 1 / classes:
            return f"mean recall {recall:.3f} on training images is no better than naming one of {classes} classes"
        return None
    commonest = classification.commonest_share(dataset.labels[dataset.train])
    reached = progress.history[-1]["train_accuracy"]
    if reached <= commonest:
        return f"training accuracy {reached:.3f} is no better than always naming the commonest class ({commonest:.3f})"
    return None


def image_format(dataset: Dataset) -> dict[str, Any]:
    """What a new image must be turned into before the network sees it."""
    channels, height, width = dataset.input_shape
    return {
        "height": height,
        "width": width,
        "channels": channels,
        "mean": list(dataset.mean),
        "std": list(dataset.std),
    }


def versions() -> dict[str, str]:
    """What the numbers were computed with."""
    packages = {name: version(name) for name in ("skipwise", "torch", "torchvision", "numpy")}
    return {"python": platform.python_version(), **packages, "machine": platform.machine()}


def _predict(loop: Loop, dataset: Dataset) -> dict[str, np.ndarray]:
    """What the best epoch's network answers on validation and test images."""
    if loop.progress.best_epoch is not None:
        loop.network.load_state_dict(loop.best)
    arrays: dict[str, np.ndarray] = {}
    for part, indices in (("validation", dataset.validation), ("test", dataset.test)):
        if loop.progress.best_epoch is None:
            training_labels = dataset.labels[dataset.train]
            answers = classification.commonest_answer(training_labels, len(indices), len(dataset.classes))
        else:
            answers, _ = evaluate(loop.network, loop.stream, indices, loop.plan)
        arrays[f"{part}_probabilities"] = answers
        arrays[f"{part}_labels"] = dataset.labels[indices]
        arrays[f"{part}_indices"] = indices
    return arrays


def _fitted(loop: Loop, dataset: Dataset) -> Fitted:
    """What the best epoch's network answers on training images as they are, at even steps where they are many."""
    some = dataset.train[:: -(-len(dataset.train) // MOST_FITTED)]
    answers, _ = evaluate(loop.network, loop.stream, some, loop.plan)
    return answers, dataset.labels[some]


def _save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
