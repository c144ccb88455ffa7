"""Predictions of a network on examples that it does not learn from."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import nn

from skipwise.data.stream import Stream
from skipwise.tasks import Predictions, Task
from skipwise.training.plan import ComputePlan


@torch.no_grad()
def evaluate(
    task: Task, network: nn.Module, stream: Stream[Any], indices: Int[np.ndarray, "examples"], plan: ComputePlan
) -> tuple[Predictions, float]:
    """The answers for these examples of the data set, and the mean loss."""
    network.eval()
    several, loss = [], 0.0
    for batch in stream.eval_batches(indices, task.eval_batch_size):
        with plan.autocast():
            answers, of_batch = task.eval_step(network, batch)
        several.append(answers)
        loss += of_batch * len(batch)
    return {name: np.concatenate([answers[name] for answers in several]) for name in several[0]}, loss / len(indices)
