"""Methods for class imbalance, where some classes have many more training images than others."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from skipwise.recipe import Imbalance

BETA = 0.9999
"""Of the effective number of images: how much a further image of a class still adds."""
FOCUS = 2.0
"""gamma of the focal loss."""
DEFERRED_UNTIL = 0.8
"""The share of a run without weights before deferred re-weighting begins: 160 of 200 epochs in the paper."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """The loss of training.

    `weights` multiply each class's loss, on average over the training images by 1, from the share `weighted_from` of
    the run on. `log_priors` are added to the logits, `focus` is the focal loss's gamma.
    """

    label_smoothing: float = 0.0
    weights: Float[Tensor, "classes"] | None = None
    weighted_from: float = 0.0
    log_priors: Float[Tensor, "classes"] | None = None
    focus: float = 0.0

    def losses(
        self, logits: Float[Tensor, "batch classes"], labels: Int[Tensor, "batch"], share_done: float
    ) -> Float[Tensor, "batch"]:
        """Of each image, in nats; `share_done` of the run lies behind."""
        logits = logits.float() if self.log_priors is None else logits.float() + self.log_priors
        losses = F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing, reduction="none")
        if self.focus:
            right = logits.log_softmax(1).gather(1, labels[:, None])[:, 0].exp()
            losses = (1 - right) ** self.focus * losses
        if self.weights is not None and share_done >= self.weighted_from:
            losses = self.weights[labels] * losses
        return losses


def objective(
    imbalance: Imbalance, label_smoothing: float, training_labels: Int[np.ndarray, "train"], classes: int, device: str
) -> Objective:
    """The loss that a treatment of unbalanced classes asks for.

    class-weights: inverse to the class's images. effective-number: inverse to (1 - beta^n) / (1 - beta) (Cui et al.
    2019), beta .9999. deferred: the same for the last fifth of the run (Cao et al. 2019, without their margins). focal:
    (1 - p)^2 times the loss (Lin et al. 2017). logit-adjustment: the logarithm of each class's share is added to its
    logit in training alone (Menon et al. 2021, tau 1). balanced-sampling changes the stream, not the loss.
    """
    counts = np.bincount(training_labels, minlength=classes).clip(1)
    if imbalance == "focal":
        return Objective(label_smoothing=label_smoothing, focus=FOCUS)
    if imbalance == "logit-adjustment":
        log_priors = torch.tensor(np.log(counts / counts.sum()), dtype=torch.float32, device=device)
        return Objective(label_smoothing=label_smoothing, log_priors=log_priors)
    if imbalance in ("class-weights", "effective-number", "deferred"):
        raw = 1 / counts if imbalance == "class-weights" else (1 - BETA) / (1 - BETA**counts)
        weights = torch.tensor(raw * counts.sum() / (raw * counts).sum(), dtype=torch.float32, device=device)
        begins = DEFERRED_UNTIL if imbalance == "deferred" else 0.0
        return Objective(label_smoothing=label_smoothing, weights=weights, weighted_from=begins)
    return Objective(label_smoothing=label_smoothing)
