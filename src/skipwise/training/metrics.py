"""The metrics of a run, a line of `metrics.jsonl` for each evaluation on validation data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from skipwise.records import misfit, write_atomically
from skipwise.regular_files import read_text

METRICS = "metrics.jsonl"


@dataclass(frozen=True, kw_only=True)
class EpochMetrics:
    """Metrics since the evaluation before, as a rule of one epoch; scores are fractions, epochs count from 1.

    `train_score` is None where training knows none, `validation_loss` where it is not finite. `gradients` are the root
    mean squares of the gradient's norm by place in the network, None for one that is not finite, and empty where a run
    does not record them.
    """

    epoch: int
    train_loss: float
    train_score: float | None
    validation_loss: float | None
    validation_score: float
    learning_rate: float
    seconds: float
    examples_per_second: float
    gradients: dict[str, float | None] = field(default_factory=dict)


_ADAPTER = TypeAdapter(EpochMetrics)


def write_metrics(path: Path, history: Sequence[EpochMetrics]) -> None:
    """Write a line of JSON for each entry."""
    lines = "".join(json.dumps(_ADAPTER.dump_python(epoch, exclude_defaults=True)) + "\n" for epoch in history)
    write_atomically(path, lambda part: part.write_text(lines), durable=False)  # a run that is done flushes it


def read_metrics(path: Path) -> list[EpochMetrics]:
    """Read what write_metrics wrote. Raises OSError or ValueError where it cannot be read."""
    history = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        try:
            history.append(_ADAPTER.validate_python(json.loads(line)))
        except ValidationError as error:
            raise ValueError(f"line {number}: {misfit(error)}") from error
    return history
