"""The baseline beside every contender of some tasks: a simple model, trained once."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from skipwise.data import Dataset
from skipwise.data.folds import fold_of
from skipwise.data.images.npz import Npz
from skipwise.errors import UserError, reason_of
from skipwise.records import write_atomically
from skipwise.studies.record import StudyRecord
from skipwise.tasks import Predictions

BASELINE = "baseline.npz"
TRIED = 200
"""Examples that tell how long all of them take."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The baseline by name, with its score and that of each test example."""

    name: str
    score: float
    scores: Float[np.ndarray, "examples"]


def make_baseline(file: Path, design: StudyRecord, dataset: Dataset) -> None:
    """Train the task's baseline, if it has one that is not there yet, and keep its answers.

    With folds it is trained on the folds of seed 0, so that each example is answered once.
    """
    task = design.to_learn
    if task.baseline is None or file.exists():
        return
    folds = design.folds
    sets = [fold_of(dataset, fold, folds, seed=0) for fold in range(folds)] if folds else [dataset]
    answers = [task.baseline_answers(one) for one in sets]
    order = np.argsort(np.concatenate([one.test for one in sets])) if folds else slice(None)
    together: dict[str, Any] = {name: np.concatenate([each[name] for each in answers])[order] for name in answers[0]}

    def write(part: Path) -> None:
        with part.open("wb") as opened:
            np.savez_compressed(opened, **together)

    write_atomically(file, write)


def baseline_seconds(file: Path, design: StudyRecord, dataset: Dataset) -> float:
    """Estimate the CPU seconds that the baseline takes from those of a few examples, which are not kept.

    Those are drawn from all classes, and answered twice, as the first time imports what it needs; 0 where the task has
    no baseline, or it is there.
    """
    if design.to_learn.baseline is None or file.exists():
        return 0.0
    by_class = dataset.train[np.argsort(dataset.labels[dataset.train], kind="stable")]
    few = replace(dataset, train=by_class[:: -(-len(by_class) // TRIED)], test=dataset.test[:TRIED])
    try:
        design.to_learn.baseline_answers(few)
        began = time.process_time()
        design.to_learn.baseline_answers(few)
    except ValueError:  # too few to learn from
        return 0.0
    tried = len(few.train) + len(few.test)
    whole = (design.folds or 1) * (len(dataset.train) + len(dataset.test))
    return (time.process_time() - began) * max(1.0, whole / tried)


def read_baseline(file: Path, design: StudyRecord, classes: int) -> Baseline | None:
    """Read what was kept, or None where there is none. Raises UserError where it is damaged."""
    task = design.to_learn
    if task.baseline is None or not file.exists():
        return None
    with Npz(file, "Delete it, and the command that made the study makes it again.") as arrays:
        answers: Predictions = arrays.read(arrays.names)
    try:
        task.check_answers(answers, classes)
    except ValueError as error:
        raise UserError(
            f"{file} is damaged ({reason_of(error)}): delete it, and the command that made the study makes it again."
        ) from error
    return Baseline(name=task.baseline, score=task.score(answers), scores=task.scores(answers))
