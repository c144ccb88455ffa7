"""Examples that stay together, as clusters: without a Python object for each of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """The cluster of each example. Clusters are numbered in the order of their first examples."""

    number: Int[np.ndarray, "examples"]

    @classmethod
    def of(cls, together: Int[np.ndarray, "examples"]) -> "Clusters":
        """Return a cluster for each number in `together`."""
        _, first, inverse = np.unique(together, return_index=True, return_inverse=True)
        rank = np.zeros(len(first), np.int64)
        rank[np.argsort(first)] = np.arange(len(first))
        return cls(number=rank[inverse])

    @cached_property
    def sizes(self) -> Int[np.ndarray, "clusters"]:
        """How many examples each has."""
        sizes: Int[np.ndarray, clusters] = np.bincount(self.number)
        return sizes

    @cached_property
    def first(self) -> Int[np.ndarray, "clusters"]:
        """The first example of each."""
        first: Int[np.ndarray, clusters] = self._order[self._begins]
        return first

    def members(self, cluster: int) -> Int[np.ndarray, "members"]:
        """Return the examples of one, rising."""
        begin = int(self._begins[cluster])
        members: Int[np.ndarray, members] = self._order[begin : begin + int(self.sizes[cluster])]
        return members

    @cached_property
    def _order(self) -> Int[np.ndarray, "examples"]:
        """The examples, cluster after cluster."""
        order: Int[np.ndarray, examples] = np.argsort(self.number, kind="stable")
        return order

    @cached_property
    def _begins(self) -> Int[np.ndarray, "clusters"]:
        begins: Int[np.ndarray, clusters] = np.cumsum(self.sizes) - self.sizes
        return begins
