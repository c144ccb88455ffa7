"""What finished runs say: one result a run, and the answers on the test examples side by side."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Float, Int

from skipwise.errors import UserError
from skipwise.tasks import Predictions, Task, task_named
from skipwise.training.checkpoint import METRICS
from skipwise.training.deployed import Deployed
from skipwise.training.run import PREDICTIONS, RUN

Part = Literal["test", "validation"]


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

    @classmethod
    def of_folds(cls, folders: Sequence[Path], label: str) -> "Result":
        """The result of the runs in these folders: one, or one for each fold, which become one out-of-fold result.

        Its scores are means over the folds, and the test score that of all answers together; it fails where a fold
        does, and its folder is that of the fold best by validation.
        """
        if len(folders) == 1:
            return cls.read(folders[0], label)
        folds = tuple(cls.read(folder, label) for folder in folders)
        best = max(folds, key=lambda fold: fold.validation_score or -1.0)
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
        return replace(whole, score=whole.to_learn.score(whole.answers()))

    @classmethod
    def read(cls, folder: Path, label: str) -> "Result":
        """Raises UserError where the run's file is damaged."""
        with _told_if_damaged(folder):
            content = json.loads((folder / RUN).read_text())
            if "task" not in content:
                raise ValueError("it was written by an earlier version")
            known = {
                entry.name: content[entry.name]
                for entry in fields(cls)
                if entry.name in content and entry.name != "folds"
            }
            fused = content.get("deployed")
            return cls(
                **{**known, "contender": label, "folder": folder, "deployed": Deployed(**fused) if fused else None}
            )

    def history(self) -> list[dict[str, Any]]:
        """The entries of its metrics, one for each time validation data judged; of folds those of the best."""
        with _told_if_damaged(self.folder):
            return [json.loads(line) for line in (self.folder / METRICS).read_text().splitlines()]

    @property
    def to_learn(self) -> Task:
        return task_named(self.task)

    def answers(self, part: Part = "test") -> Predictions:
        """What it answers on these examples and what is true of them, in the examples' order where there are folds."""
        if not self.folds:
            return self._answers(part)[0]
        several = [fold._answers(part) for fold in self.folds]
        order = np.argsort(np.concatenate([indices for _, indices in several]))
        return {name: np.concatenate([answers[name] for answers, _ in several])[order] for name in several[0][0]}

    def test_indices(self) -> Int[np.ndarray, "examples"]:
        """Which examples of the data set its answers are about, in their order."""
        if not self.folds:
            return self._answers()[1]
        return np.sort(np.concatenate([fold._answers()[1] for fold in self.folds]))

    def _answers(self, part: Part = "test") -> tuple[Predictions, Int[np.ndarray, "examples"]]:
        """Of this run's own examples, with their indices."""
        with _told_if_damaged(self.folder), np.load(self.folder / PREDICTIONS) as arrays:
            names = [name for name in arrays if name.startswith(f"{part}_")]
            answers = {name.removeprefix(f"{part}_"): arrays[name] for name in names}
            return answers, answers.pop("indices")

    def scores(self) -> Float[np.ndarray, "examples"]:
        """The score of each test example."""
        return self.to_learn.scores(self.answers())


def _mean(values: Iterable[float | None]) -> float | None:
    """None where one of them is missing."""
    every = list(values)
    known = [value for value in every if value is not None]
    return float(np.mean(known)) if len(known) == len(every) else None


@contextmanager
def _told_if_damaged(folder: Path) -> Iterator[None]:
    """What cannot be read of a run's folder becomes one sentence."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise UserError(
            f"{folder} is damaged ({type(error).__name__}: {error}): delete it, and the command that made the study "
            "trains this run again."
        ) from error


def scores(results: Sequence[Result]) -> Float[np.ndarray, "seeds examples"]:
    """The scores of several runs on the test examples, a row a seed."""
    return np.stack([result.scores() for result in results])


def write_csv(path: Path, results: Sequence[Result], study: Path) -> None:
    """One row a run."""
    with path.open("w", newline="") as file:
        deployed = [entry.name for entry in fields(Deployed)]
        columns = [entry.name for entry in fields(Result) if entry.name not in ("deployed", "folds")]
        rows = csv.DictWriter(file, columns + [f"deployed_{name}" for name in deployed])
        rows.writeheader()
        for result in results:
            row = asdict(replace(result, folds=()))
            del row["folds"]
            fused = row.pop("deployed") or dict.fromkeys(deployed)
            renamed = {f"deployed_{name}": value for name, value in fused.items()}
            rows.writerow({**row, **renamed, "folder": result.folder.relative_to(study)})
