"""What finished runs say: one result a run, and the answers on the test images side by side."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Bool, Float, Int

from skipwise.errors import UserError
from skipwise.tasks import classification
from skipwise.training.checkpoint import METRICS
from skipwise.training.deployed import Deployed
from skipwise.training.run import PREDICTIONS, RUN


@dataclass(frozen=True, kw_only=True)
class Result:
    """One finished run. Accuracies are fractions, `failed` is the reason or None."""

    contender: str
    seed: int
    accuracy: float
    validation_accuracy: float | None
    train_accuracy: float | None
    best_epoch: int | None
    failed: str | None
    parameters: int
    multiply_adds: int
    train_seconds: float
    folder: Path
    fitted_accuracy: float | None = None
    training_images: int | None = None
    deployed: Deployed | None = None
    folds: tuple["Result", ...] = ()

    @classmethod
    def of_folds(cls, folders: Sequence[Path], label: str) -> "Result":
        """The result of the runs in these folders: one, or one for each fold, which become one out-of-fold result.

        Its accuracies are means over the folds, weighted for the test accuracy by their images; it fails where a fold
        does, and its folder is that of the fold best by validation.
        """
        if len(folders) == 1:
            return cls.read(folders[0], label)
        folds = tuple(cls.read(folder, label) for folder in folders)
        best = max(folds, key=lambda fold: fold.validation_accuracy or -1.0)
        failed = [f"fold {number}: {fold.failed}" for number, fold in enumerate(folds) if fold.failed]
        whole = replace(
            best,
            validation_accuracy=_mean(fold.validation_accuracy for fold in folds),
            train_accuracy=_mean(fold.train_accuracy for fold in folds),
            fitted_accuracy=_mean(fold.fitted_accuracy for fold in folds),
            best_epoch=None,
            failed="; ".join(failed) or None,
            train_seconds=sum(fold.train_seconds for fold in folds),
            folds=folds,
        )
        return replace(whole, accuracy=float(whole.score().mean()))

    @classmethod
    def read(cls, folder: Path, label: str) -> "Result":
        """Raises UserError where the run's file is damaged."""
        with _told_if_damaged(folder):
            content = json.loads((folder / RUN).read_text())
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

    def test_answers(self) -> tuple[Float[np.ndarray, "examples classes"], Int[np.ndarray, "examples"]]:
        """Its probabilities on the test images, and the labels."""
        if self.folds:
            answers = [fold._arrays() for fold in self.folds]
            order = np.argsort(np.concatenate([indices for _, _, indices in answers]))
            probabilities, labels = (np.concatenate([arrays[part] for arrays in answers])[order] for part in (0, 1))
            return probabilities, labels
        probabilities, labels, _ = self._arrays()
        return probabilities, labels

    def _arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Probabilities, labels and indices of this run's own test images."""
        with _told_if_damaged(self.folder), np.load(self.folder / PREDICTIONS) as arrays:
            return arrays["test_probabilities"], arrays["test_labels"], arrays["test_indices"]

    def score(self) -> Bool[np.ndarray, "examples"]:
        """Whether each test image is answered rightly."""
        return classification.score(*self.test_answers())


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
    """The scores of several runs on the test images, a row a seed."""
    return np.stack([result.score() for result in results]).astype(np.float64)


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
