"""Answers on every example by networks that were not trained on it: a study of one contender by folds."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from skipwise.data import Dataset
from skipwise.data.folds import fold_of
from skipwise.studies.asked import Asked
from skipwise.studies.contender import parse_contender
from skipwise.studies.design import Design
from skipwise.studies.folder import StudyFolder
from skipwise.studies.prepare import Ready
from skipwise.studies.results import Result
from skipwise.studies.train import train_missing
from skipwise.studies.workers import Listener
from skipwise.tasks import Answers, Task
from skipwise.training.plan import choose_plan, workers_for

FOLDS = 3
"""Two thirds of the examples train each network: more folds gain little and take longer."""
NETWORK = "resnet8"
"""The smallest residual network: it must know what is usual, not be the best."""
MOST_TRAINED = 20_000
"""Training images a network sees at most; all images are answered all the same."""
SHOWN = 60_000
"""Images that a network is shown in all, each up to MOST_EPOCHS times."""
MOST_EPOCHS = 15


def cross_validation(task: Task, dataset: Dataset, data: str, folder: Path) -> Ready:
    """The study that gives an answer on every example; parts that the data have do not matter.

    Its folder is named after the data, so that data that were mended are looked at anew. Raises UserError where a
    class is too small to be in every fold.
    """
    for fold in range(FOLDS):
        fold_of(dataset, fold, FOLDS, seed=0)
    learning = round(len(dataset.labels) * (1 - 1 / FOLDS))
    fraction = min(1.0, MOST_TRAINED / learning)
    epochs = int(np.clip(round(SHOWN / min(learning, MOST_TRAINED)), 1, MOST_EPOCHS))
    recipe = replace(task.recipe(dataset, epochs), fraction=fraction)
    asked = Asked(data=data, contenders=(NETWORK,), seeds=1, epochs=epochs, folds=FOLDS)
    plan = choose_plan(FOLDS)
    design = Design(
        name="cross-validation",
        kind="compare",
        data=data,
        command=f"skipwise check {data}",
        task=task.name,
        split={
            "fingerprint": dataset.fingerprint,
            "input_shape": "x".join(map(str, dataset.input_shape)),
            "folds": FOLDS,
        },
        contenders=(parse_contender(NETWORK, recipe),),
        seeds=(0,),
        plan=plan,
    )
    kept = StudyFolder(folder / f"cross-validation-{dataset.fingerprint[:12]}")
    missing = kept.missing(design)
    return Ready(
        asked=asked,
        folder=kept,
        design=design,
        dataset=dataset,
        missing=missing,
        workers=workers_for(plan, max(1, len(missing))),
        seconds_per_run={NETWORK: 1.0},
    )


def answers_of(ready: Ready, listener: Listener) -> Answers:
    """Train what is missing, and give the answers on all examples in their order."""
    train_missing(ready, listener)
    (contender,) = ready.design.contenders
    return Result.of_folds(ready.folder.run_folders(ready.design, contender, 0), contender.label).answers()
