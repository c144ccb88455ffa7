"""The predictions of a run, `predictions.npz`: arrays of each part of the data, with the indices of its examples."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int

from skipwise.data.array_checks import WHOLE, Expected, check_arrays, check_range
from skipwise.data.images.npz import Npz
from skipwise.records import write_atomically
from skipwise.tasks import Predictions, Task
from skipwise.training.record import PREDICTIONS, REMEDY, explaining_damage

Part = Literal["test", "validation"]
INDICES = {"indices": Expected(WHOLE, ("examples",))}
"""As check_arrays compares them."""


def write_predictions(folder: Path, predictions: Mapping[str, Predictions], indices: Mapping[str, np.ndarray]) -> None:
    """Write the predictions on each part into a run's folder."""
    arrays = {f"{part}_{name}": array for part, of_part in predictions.items() for name, array in of_part.items()}
    arrays |= {f"{part}_indices": indices[part] for part in predictions}

    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]

    write_atomically(folder / PREDICTIONS, write)


def read_predictions(
    folder: Path, part: Part, task: Task, classes: int
) -> tuple[Predictions, Int[np.ndarray, "examples"]]:
    """Return the predictions on a part, and the indices of its examples. Raises UserError for what can be none."""
    file = folder / PREDICTIONS
    with explaining_damage(file):
        answers, indices = _arrays(file, part)
        task.check_answers(answers, classes)
        check_arrays({"indices": indices}, INDICES, {"examples": len(next(iter(answers.values())))})
        check_range("indices", indices, 0, np.iinfo(np.int64).max)
    return answers, indices


def read_indices(folder: Path, part: Part) -> Int[np.ndarray, "examples"]:
    """Return the indices of a part's examples. Raises UserError for what can be none."""
    with explaining_damage(folder / PREDICTIONS):
        _, indices = _arrays(folder / PREDICTIONS, part)
        check_arrays({"indices": indices}, INDICES)
    return indices


def _arrays(file: Path, part: Part) -> tuple[Predictions, np.ndarray]:
    with Npz(file, f"{REMEDY[:1].upper()}{REMEDY[1:]}.") as opened:
        found = opened.read([name for name in opened.names if name.startswith(f"{part}_")])
    answers = {name.removeprefix(f"{part}_"): array for name, array in found.items()}
    return answers, answers.pop("indices")
