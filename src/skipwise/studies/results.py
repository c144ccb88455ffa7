"""The results of finished runs, and their predictions on the test examples side by side."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from skipwise.errors import UserError
from skipwise.names import cell
from skipwise.tasks import Predictions, Task, task_named
from skipwise.training.deployed import Deployed
from skipwise.training.metrics import METRICS, EpochMetrics, read_metrics
from skipwise.training.predictions import Part, read_predictions
from skipwise.training.record import PREDICTIONS, REMEDY, explaining_damage, read_run

NO_MODEL = -2.0
"""The merit of a run that no model comes of."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One finished run of a task. Scores are fractions, `failed` is the reason or None."""

    contender: str
    seed: int
    score: float
    validation_score: float | None
    train_score: float | None
    best_epoch: int | None
    failed: str | None
    parameters: int
    multiply_adds: int
    train_seconds: float
    folder: Path
    task: str
    finished: str = ""
    fitted_score: float | None = None
    training_examples: int | None = None
    deployed: Deployed | None = None
    folds: tuple["Result", ...] = ()
    classes: int = 0

    @classmethod
    def of_folds(cls, folders: Sequence[Path], label: str) -> "Result":
        """Return the result of the runs in these folders: one, or one for each fold, which become one out-of-fold
        result.

        Its scores are means over the folds, and the test score that of all predictions together; it fails where a fold
        does, and its folder is that of the fold best by validation.
        """
        if len(folders) == 1:
            return cls.read(folders[0], label)
        folds = tuple(cls.read(folder, label) for folder in folders)
        best = max(folds, key=lambda fold: fold.merit)
        failed = [f"fold {number}: {fold.failed}" for number, fold in enumerate(folds) if fold.failed]
        whole = replace(
            best,
            validation_score=_mean(fold.validation_score for fold in folds),
            train_score=_mean(fold.train_score for fold in folds),
            fitted_score=_mean(fold.fitted_score for fold in folds),
            best_epoch=None,
            failed="; ".join(failed) or None,
            train_seconds=sum(fold.train_seconds for fold in folds),
            folds=folds,
        )
        return replace(whole, score=whole.to_learn.score(whole.predictions()))

    @classmethod
    def read(cls, folder: Path, label: str) -> "Result":
        """Read the result of the run in a folder. Raises UserError where its record is damaged."""
        record = read_run(folder)
        shared = {name: getattr(record, name) for name in _RECORDED}
        return cls(**shared, classes=len(record.input_spec.classes), contender=label, folder=folder)

    @property
    def diverged(self) -> bool:
        """Whether it failed because a number was no longer finite, and not because it learned nothing."""
        return self.failed is not None and "finite" in self.failed

    @property
    def merit(self) -> float:
        """Its validation score, by which the best run is found; below all others where it failed.

        Less 1 where it learned nothing, so that it answers where no other run does better. NO_MODEL where it diverged:
        what it was before answers for nobody.
        """
        score = self.validation_score
        if self.diverged or score is None or not math.isfinite(score):
            return NO_MODEL
        return score if self.failed is None else score - 1

    def history(self) -> list[EpochMetrics]:
        """Read its metrics, one entry for each evaluation on validation data; of folds those of the best."""
        with explaining_damage(self.folder / METRICS):
            return read_metrics(self.folder / METRICS)

    @property
    def to_learn(self) -> Task:
        return task_named(self.task)

    def predictions(self, part: Part = "test") -> Predictions:
        """Read its predictions on these examples with their targets, in the examples' order where there are folds."""
        if not self.folds:
            return self._predictions(part)[0]
        several = [fold._predictions(part) for fold in self.folds]
        order = np.argsort(np.concatenate([indices for _, indices in several]))
        with explaining_damage(self.folder.parent):
            return {name: np.concatenate([arrays[name] for arrays, _ in several])[order] for name in several[0][0]}

    def test_indices(self) -> Int[np.ndarray, "examples"]:
        """Return which examples of the data set its predictions are about, in their order."""
        if not self.folds:
            return self._predictions()[1]
        return np.sort(np.concatenate([fold._predictions()[1] for fold in self.folds]))

    def _predictions(self, part: Part = "test") -> tuple[Predictions, Int[np.ndarray, "examples"]]:
        """Read the predictions on this run's own examples, and their indices."""
        return read_predictions(self.folder, part, self.to_learn, self.classes)

    def scores(self) -> Float[np.ndarray, "examples"]:
        """Return the score of each test example."""
        return self.to_learn.scores(self.predictions())


_RECORDED = [entry.name for entry in fields(Result) if entry.name not in ("contender", "folder", "folds", "classes")]
"""The fields that a result has from its run's record."""


def _mean(values: Iterable[float | None]) -> float | None:
    """Return the mean, None where one of the values is missing."""
    every = list(values)
    known = [value for value in every if value is not None]
    return float(np.mean(known)) if len(known) == len(every) else None


def scores(results: Sequence[Result]) -> Float[np.ndarray, "seeds examples"]:
    """Return the scores of several runs on the test examples, a row a seed."""
    found = [result.scores() for result in results]
    for result, own in zip(results, found, strict=True):
        if len(own) != len(found[0]):
            raise UserError(
                f"{result.folder / PREDICTIONS} is damaged (it holds {len(own)} test examples, and that of "
                f"{results[0].folder} {len(found[0])}): {REMEDY}."
            )
    return np.stack(found)


def write_csv(path: Path, results: Sequence[Result], study: Path) -> None:
    """Write a table with a row for each run."""
    with path.open("w", newline="", encoding="utf-8") as file:
        deployed = [entry.name for entry in fields(Deployed)]
        columns = [entry.name for entry in fields(Result) if entry.name not in ("deployed", "folds", "classes")]
        rows = csv.DictWriter(file, columns + [f"deployed_{name}" for name in deployed])
        rows.writeheader()
        for result in results:
            row = asdict(replace(result, folds=()))
            del row["folds"], row["classes"]
            fused = row.pop("deployed") or dict.fromkeys(deployed)
            renamed = {f"deployed_{name}": value for name, value in fused.items()}
            row |= {**renamed, "folder": str(result.folder.relative_to(study))}
            rows.writerow({name: cell(value) for name, value in row.items()})
