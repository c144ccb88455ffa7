"""A data set ready for training: labelled and split."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Int

from skipwise.data.input_spec import InputSpec

Kind = TypeVar("Kind", bound="Dataset")


@dataclass(frozen=True, kw_only=True)
class Dataset(ABC):
    """Examples with a split; `found` is what data.json says of them. What an example is, a kind of data adds.

    `labels` is the class of each example, by which parts are drawn evenly; zero for all where they have none.
    """

    name: str
    fingerprint: str
    labels: Int[np.ndarray, "examples"]
    classes: tuple[str, ...]
    train: Int[np.ndarray, "train"]
    validation: Int[np.ndarray, "validation"]
    test: Int[np.ndarray, "test"]
    found: dict[str, Any]

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Of one example as the network is built for it."""

    @property
    @abstractmethod
    def input_spec(self) -> InputSpec:
        """What a network is built for, and what a new example must be turned into."""

    def targets(self, indices: Int[np.ndarray, "some"]) -> np.ndarray:
        """What is to be learned of these examples."""
        found: np.ndarray = self.labels[indices]
        return found

    def with_parts(
        self: Kind,
        *,
        train: Int[np.ndarray, "train"],
        validation: Int[np.ndarray, "validation"],
        test: Int[np.ndarray, "test"],
    ) -> Kind:
        """The same examples with another split, and with whatever is learned from the training part learned anew."""
        return replace(self, train=train, validation=validation, test=test)

    def with_train(self: Kind, train: Int[np.ndarray, "train"]) -> Kind:
        """The same with other training examples alone."""
        return replace(self, train=train)


def parts_of(found: dict[str, Any]) -> dict[str, Any]:
    """The indices of train, validation and test that data.json tells."""
    return {part: np.array(indices, np.int64) for part, indices in found["split"].items()}
