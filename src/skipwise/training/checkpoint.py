"""What is written while a run goes, so that a cut run continues with the same bits."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from skipwise.errors import UserError
from skipwise.records import write_atomically

CHECKPOINT = "checkpoint.pt"
METRICS = "metrics.jsonl"

State = dict[str, Tensor]


@dataclass(kw_only=True)
class Progress:
    """Where a run stands: everything that training needs to go on, beside weights and optimizer.

    `step` counts the steps done in `epoch`, `done` those of the whole run; `totals` sums loss and scores since
    validation data last judged; `history` holds an entry for each time they did, after so many `rounds`. `rate` is the
    learning rate of the last step; `norms` are those of gradients, by place, since validation data last judged.
    """

    epoch: int = 0
    step: int = 0
    done: int = 0
    rounds: int = 0
    rate: float = 0.0
    totals: dict[str, float] = field(default_factory=lambda: {"loss": 0.0, "score": 0.0, "seen": 0.0, "seconds": 0.0})
    norms: dict[str, list[float]] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int | None = None
    best_score: float = -1.0
    best_loss: float = float("inf")
    failed: str | None = None

    @property
    def seconds(self) -> float:
        """Spent on training steps so far."""
        return float(sum(entry["seconds"] for entry in self.history)) + self.totals["seconds"]


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """All of a cut run; `average` is empty where the recipe keeps none."""

    progress: Progress
    network: State
    optimizer: dict[str, Any]
    best: State
    average: State


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    content = {**vars(checkpoint), "progress": asdict(checkpoint.progress)}
    write_atomically(path, lambda part: torch.save(content, part))


def write_metrics(path: Path, history: list[dict[str, Any]]) -> None:
    """One line of JSON for each finished epoch."""
    lines = "".join(json.dumps(epoch) + "\n" for epoch in history)
    write_atomically(path, lambda part: part.write_text(lines))


def load_checkpoint(path: Path, device: str) -> Checkpoint | None:
    """What save_checkpoint wrote, or None where there is nothing yet. Raises UserError for a damaged file."""
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location=device, weights_only=True)
    except Exception as error:
        raise UserError(f"{path} is damaged: delete it, and the run begins anew.") from error
    return Checkpoint(**{**content, "progress": Progress(**content["progress"])})
