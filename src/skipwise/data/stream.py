"""The stream: which examples a network sees, in which order, and how varied."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

from skipwise import keyed_rng
from skipwise.data.dataset import Dataset

Kind = TypeVar("Kind", bound=Dataset)
Positions = Int[np.ndarray, "batch"]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Inputs as a network takes them, with what is to be learned of each.

    `inputs` is a tensor whose first axis are the examples; `targets` is one too, or a list with an entry for each.
    Where examples are mixed, `mix_weight` is how much of each is its own; the rest is of the one whose target stands in
    `other_targets`.
    """

    inputs: Tensor
    targets: Any
    other_targets: Tensor | None = None
    mix_weight: Float[Tensor, "batch"] | None = None

    def __len__(self) -> int:
        return len(self.inputs)


class Stream(ABC, Generic[Kind]):
    """The training examples of one seed, epoch by epoch. Order and draws are functions of (seed, epoch, index).

    An epoch gives whole batches only: what is left over, other examples in each epoch, waits for the next one. With
    `balanced` an epoch shows each class equally often: examples of a small class several times, varied differently.
    """

    def __init__(
        self, dataset: Kind, *, seed: int, batch_size: int, balanced: bool = False, device: str = "cpu"
    ) -> None:
        self.dataset = dataset
        self.seed = seed
        self.balanced = balanced
        self.device = device
        self.batch_size = min(batch_size, len(dataset.train))

    @abstractmethod
    def read(self, indices: Int[np.ndarray, "batch"]) -> Batch:
        """These examples of the data set as they are."""

    def augmented(self, epoch: int) -> Callable[[Int[np.ndarray, "batch"], Positions], Batch]:
        """How an epoch shows examples, given their indices in the data set and their positions among its draws."""
        return lambda indices, _: self.read(indices)

    def order(self, epoch: int) -> Int[np.ndarray, "shown"]:
        """The positions of an epoch's examples among those it shows, batch after batch."""
        return keyed_rng.order(len(self.dataset.train), self.seed, "order", epoch)

    @property
    def steps_per_epoch(self) -> int:
        return len(self.dataset.train) // self.batch_size

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from `first_step` on, the same however often it was interrupted before."""
        order, shown, augmented = self.order(epoch), self._shown(epoch), self.augmented(epoch)
        for step in range(first_step, self.steps_per_epoch):
            chosen = order[step * self.batch_size : (step + 1) * self.batch_size]
            yield augmented(self.dataset.train[shown[chosen]], chosen)

    def eval_batches(self, indices: Int[np.ndarray, "examples"], batch_size: int = 500) -> Iterator[Batch]:
        """These examples of the data set as they are, in order: for validation and test."""
        for start in range(0, len(indices), batch_size):
            yield self.read(indices[start : start + batch_size])

    def _shown(self, epoch: int) -> Int[np.ndarray, "shown"]:
        """The training examples to show; balanced, each class equally often, round and round in an order of this
        epoch.
        """
        if not self.balanced:
            return np.arange(len(self.dataset.train))
        labels = self.dataset.labels[self.dataset.train]
        order = keyed_rng.order(len(labels), self.seed, "round", epoch)
        by_class = [order[labels[order] == label] for label in np.unique(labels)]
        most = -(-len(labels) // len(by_class))
        return np.stack([np.resize(examples, most) for examples in by_class], axis=1).reshape(-1)[: len(labels)]
