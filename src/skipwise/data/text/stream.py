"""The stream of texts: batches of similar length, each no longer than its longest text."""

import numpy as np
import torch
from jaxtyping import Int

from skipwise import keyed_rng
from skipwise.data.stream import Batch, Stream
from skipwise.data.text.dataset import Texts

WINDOW_BATCHES = 50
"""Of the epoch's random order, sorted by length together: enough for batches of nearly one length, few enough that
which texts meet in a batch is drawn anew in each epoch."""


class TextStream(Stream[Texts]):
    """Texts as the numbers of their tokens, padded with 0 on the right up to the longest of the batch."""

    def read(self, indices: Int[np.ndarray, "batch"]) -> Batch:
        encoded = self.dataset.encoded
        longest = min(int(encoded.lengths[indices].max()), self.dataset.length)
        tokens = np.asarray(encoded.numbers[indices, :longest]).astype(np.int64)
        return Batch(
            inputs=torch.from_numpy(tokens).to(self.device, non_blocking=True),
            targets=torch.from_numpy(self.dataset.targets(indices)).to(self.device, non_blocking=True),
        )

    def order(self, epoch: int) -> Int[np.ndarray, "shown"]:
        """Sorted by length within windows of a random order; then the batches' own order is drawn.

        What is left over for the next epoch is left over before that, so that its lengths are no special ones.
        """
        base = super().order(epoch)
        whole, left = np.split(base, [self.steps_per_epoch * self.batch_size])
        lengths = self.dataset.encoded.lengths[self.dataset.train[self._shown(epoch)]]
        window = WINDOW_BATCHES * self.batch_size
        bucketed = [
            some[np.argsort(np.minimum(lengths[some], self.dataset.length), kind="stable")]
            for some in np.split(whole, range(window, len(whole), window))
        ]
        batches = np.concatenate(bucketed).reshape(self.steps_per_epoch, self.batch_size)
        drawn = keyed_rng.order(self.steps_per_epoch, self.seed, "batches", epoch)
        return np.concatenate([batches[drawn].reshape(-1), left])
