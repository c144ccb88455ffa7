"""How long a training step takes, measured before a study begins."""

import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from torch import nn

from skipwise.data.dataset import Dataset
from skipwise.data.subset import subset_of
from skipwise.recipe import Recipe
from skipwise.tasks import Task
from skipwise.training.length import ROUNDS
from skipwise.training.loop import Loop
from skipwise.training.plan import ComputePlan, threads
from skipwise.training.run import MOST_FITTED

PROBE_SECONDS = 1.0
SECONDS_ASIDE = 0.3
"""Of a run for building its network and writing its files."""


def seconds_per_run(
    task: Task,
    network: nn.Module,
    recipe: Recipe,
    dataset: Dataset,
    plan: ComputePlan,
    backbone: Collection[str] = (),
) -> float:
    """An estimate of one run's seconds: steps like the first ones, validation after each epoch, and predictions.

    `backbone`: the parameters that were loaded, which may learn at a rate of their own.

    The first step, which sets things up, is not counted; then the fastest of up to five steps, for at most about a
    second, on a CPU in CPU time, which does not grow while other programs run. Judging an example is taken to cost a
    third of learning from it.
    """
    dataset = subset_of(dataset, recipe.fraction, seed=0)
    stream = task.stream(dataset, recipe, 0, plan.device)
    elapsed, threads_counted = (time.process_time, plan.threads) if plan.device == "cpu" else (time.monotonic, 1)
    with threads(plan.threads), tempfile.TemporaryDirectory() as folder:
        loop = Loop(task, plan.place(network), recipe, stream, plan, Path(folder), backbone)
        loop.train_mode()
        fastest, probing_since = float("inf"), time.monotonic()
        for number, batch in zip(range(6), stream.epoch(0), strict=False):
            began = elapsed()
            loop.train_step(batch)
            if number or stream.steps_per_epoch == 1:
                fastest = min(fastest, (elapsed() - began) / threads_counted)
            if time.monotonic() - probing_since > PROBE_SECONDS and fastest < float("inf"):
                break
    judging = len(dataset.validation) / stream.batch_size * fastest / 3
    predicted = len(dataset.validation) + len(dataset.test) + min(len(dataset.train), MOST_FITTED)
    aside = SECONDS_ASIDE + predicted / stream.batch_size * fastest / 3
    if recipe.seconds:
        return recipe.seconds + ROUNDS * judging + aside
    epochs = loop.length.steps / stream.steps_per_epoch
    return loop.length.steps * fastest + (min(epochs, ROUNDS) if recipe.steps else epochs) * judging + aside
