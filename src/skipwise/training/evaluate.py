"""What a network answers on images it does not learn from."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import nn

from skipwise.data.stream import Stream
from skipwise.tasks import classification
from skipwise.training.plan import Plan


@torch.no_grad()
def evaluate(
    network: nn.Module, stream: Stream, indices: Int[np.ndarray, "examples"], plan: Plan
) -> tuple[Float[np.ndarray, "examples classes"], float]:
    """The probabilities for these images of the data set, and the mean cross-entropy in nats."""
    network.eval()
    answers, loss = [], 0.0
    for batch in stream.unvaried(indices):
        with plan.autocast():
            logits = network(batch.images)
        answers.append(classification.answer(logits).cpu().numpy())
        loss += classification.loss(logits, batch.labels).item() * len(batch.labels)
    return np.concatenate(answers), loss / len(indices)
