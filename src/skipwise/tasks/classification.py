"""Image classification: the loss, the answer, and the score of each example."""

import numpy as np
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor


def loss(logits: Float[Tensor, "batch classes"], labels: Int[Tensor, "batch"]) -> Float[Tensor, ""]:
    """Cross-entropy in nats, averaged over the batch: how data that are not learned from are judged."""
    return F.cross_entropy(logits.float(), labels)


def answer(logits: Float[Tensor, "batch classes"]) -> Float[Tensor, "batch classes"]:
    """The probability of each class."""
    return logits.float().softmax(1)


def score(
    probabilities: Float[np.ndarray, "examples classes"], labels: Int[np.ndarray, "examples"]
) -> Bool[np.ndarray, "examples"]:
    """Whether each example is answered rightly: the class of highest probability is its label."""
    right: Bool[np.ndarray, examples] = probabilities.argmax(1) == labels
    return right


def mean_recall(probabilities: Float[np.ndarray, "examples classes"], labels: Int[np.ndarray, "examples"]) -> float:
    """The share of each class that is answered rightly, averaged over the classes that there are."""
    right = score(probabilities, labels)
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def commonest_share(labels: Int[np.ndarray, "examples"]) -> float:
    """The accuracy of always naming the commonest class."""
    return float(np.bincount(labels).max() / len(labels))


def commonest_answer(
    training_labels: Int[np.ndarray, "examples"], examples: int, classes: int
) -> Float[np.ndarray, "others classes"]:
    """What a network that learned nothing would answer: the commonest class of the training images."""
    answer = np.zeros((examples, classes), np.float32)
    answer[:, np.bincount(training_labels).argmax()] = 1
    return answer
