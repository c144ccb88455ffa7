"""The checkpoint of a run that goes on, so that a run that was cut continues with the same bits."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from skipwise.errors import UserError
from skipwise.records import write_atomically
from skipwise.regular_files import open_regular
from skipwise.training.metrics import EpochMetrics

CHECKPOINT = "checkpoint.pt"

State = dict[str, Tensor]


@dataclass(kw_only=True)
class Progress:
    """Where a run stands: everything that training needs to go on, beside weights and optimizer.

    `step` counts the steps done in `epoch`, `done` those of the whole run; `totals` sums loss and scores since the last
    evaluation on validation data; `history` holds the metrics of each, after so many `rounds`. `rate` is the learning
    rate of the last step; `norms` are those of gradients, by place, since the last evaluation.
    """

    epoch: int = 0
    step: int = 0
    done: int = 0
    rounds: int = 0
    rate: float = 0.0
    totals: dict[str, float] = field(default_factory=lambda: {"loss": 0.0, "score": 0.0, "seen": 0.0, "seconds": 0.0})
    norms: dict[str, list[float]] = field(default_factory=dict)
    history: list[EpochMetrics] = field(default_factory=list)
    best_epoch: int | None = None
    best_score: float = -1.0
    best_loss: float = float("inf")
    failed: str | None = None

    @property
    def seconds(self) -> float:
        """Spent on training steps so far."""
        return float(sum(epoch.seconds for epoch in self.history)) + self.totals["seconds"]


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """All of a cut run; `average` is empty where the recipe keeps none."""

    progress: Progress
    network: State
    optimizer: dict[str, Any]
    best: State
    average: State


def save_checkpoint(path: Path, checkpoint: Checkpoint, *, durable: bool) -> None:
    """Write a checkpoint as tensors and plain values, so that it is read without running code."""
    content = {**vars(checkpoint), "progress": asdict(checkpoint.progress)}
    write_atomically(path, lambda part: torch.save(content, part), durable=durable)


def load_checkpoint(path: Path, device: str) -> Checkpoint | None:
    """Read what save_checkpoint wrote; None where there is nothing yet. Raises UserError for a damaged file."""
    if not path.exists():
        return None
    try:
        with open_regular(path) as file:
            content = torch.load(file, map_location=device, weights_only=True)
        progress = content["progress"]
        history = [EpochMetrics(**epoch) for epoch in progress["history"]]
        return Checkpoint(**{**content, "progress": Progress(**{**progress, "history": history})})
    except Exception as error:
        raise UserError(f"{path} is damaged: delete it, and the run begins anew.") from error
