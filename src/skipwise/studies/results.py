"""What finished runs say: one result a run, and the answers on the test images side by side."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
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
    deployed: Deployed | None = None

    @classmethod
    def read(cls, folder: Path, label: str) -> "Result":
        """Raises UserError where the run's file is damaged."""
        with _told_if_damaged(folder):
            content = json.loads((folder / RUN).read_text())
            known = {entry.name: content[entry.name] for entry in fields(cls) if entry.name in content}
            fused = content.get("deployed")
            return cls(
                **{**known, "contender": label, "folder": folder, "deployed": Deployed(**fused) if fused else None}
            )

    def history(self) -> list[dict[str, Any]]:
        """The entries of its metrics, one an epoch."""
        with _told_if_damaged(self.folder):
            return [json.loads(line) for line in (self.folder / METRICS).read_text().splitlines()]

    def test_answers(self) -> tuple[Float[np.ndarray, "examples classes"], Int[np.ndarray, "examples"]]:
        """Its probabilities on the test images, and the labels."""
        with _told_if_damaged(self.folder), np.load(self.folder / PREDICTIONS) as arrays:
            return arrays["test_probabilities"], arrays["test_labels"]

    def score(self) -> Bool[np.ndarray, "examples"]:
        """Whether each test image is answered rightly."""
        return classification.score(*self.test_answers())


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
        columns = [entry.name for entry in fields(Result) if entry.name != "deployed"]
        rows = csv.DictWriter(file, columns + [f"deployed_{name}" for name in deployed])
        rows.writeheader()
        for result in results:
            row = asdict(result)
            fused = row.pop("deployed") or dict.fromkeys(deployed)
            renamed = {f"deployed_{name}": value for name, value in fused.items()}
            rows.writerow({**row, **renamed, "folder": result.folder.relative_to(study)})
