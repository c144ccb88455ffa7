"""The stream: which images a network sees, in which order, and how varied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from skipwise import draws
from skipwise.data.augment import Augmentation, augment, draw
from skipwise.data.dataset import Dataset
from skipwise.data.mixing import Mixing, draw_shares, mix


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Normalised images, a view of channels-last memory, with their labels.

    Where images are mixed, `share` is how much of each is its own; the rest is of the image whose label stands in
    `other_labels`.
    """

    images: Float[Tensor, "batch channels height width"]
    labels: Int[Tensor, "batch"]
    other_labels: Int[Tensor, "batch"] | None = None
    share: Float[Tensor, "batch"] | None = None


class Normaliser:
    """From uint8 pixels to numbers of mean 0 and deviation 1 by channel, over the training images."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], device: str) -> None:
        self.mean = 255 * torch.tensor(mean, device=device)
        self.scale = 1 / (255 * torch.tensor(std, device=device))

    def __call__(
        self, images: UInt8[Tensor, "batch height width channels"]
    ) -> Float[Tensor, "batch channels height width"]:
        return images.float().sub_(self.mean).mul_(self.scale).permute(0, 3, 1, 2)


class Stream:
    """The training images of one seed, epoch by epoch. Order and draws are functions of (seed, epoch, index).

    An epoch gives whole batches only: what is left over, other images in each epoch, waits for the next one. With
    `balanced` an epoch shows each class equally often: images of a small class several times, varied differently.
    """

    def __init__(
        self,
        dataset: Dataset,
        *,
        seed: int,
        batch_size: int,
        augmentation: Augmentation,
        mixing: Mixing | None = None,
        balanced: bool = False,
        device: str = "cpu",
    ) -> None:
        self.dataset = dataset
        self.seed = seed
        self.augmentation = augmentation
        self.mixing = mixing or Mixing()
        self.balanced = balanced
        self.device = device
        self.batch_size = min(batch_size, len(dataset.train))
        self.normalise = Normaliser(dataset.mean, dataset.std, device)
        self.fill = self.normalise.mean.round().to(torch.uint8)

    @property
    def steps_per_epoch(self) -> int:
        return len(self.dataset.train) // self.batch_size

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from `first_step` on, the same however often it was interrupted before."""
        count = len(self.dataset.train)
        _, height, width = self.dataset.input_shape
        order = draws.order(count, self.seed, "order", epoch)
        shown = self._balanced(epoch) if self.balanced else np.arange(count)
        shares = draw_shares(self.mixing, count=count, seed=self.seed, epoch=epoch) if self.mixing else None
        drawn = draw(self.augmentation, count=count, height=height, width=width, seed=self.seed, epoch=epoch)
        for step in range(first_step, self.steps_per_epoch):
            chosen = order[step * self.batch_size : (step + 1) * self.batch_size]
            images, labels = self._read(self.dataset.train[shown[chosen]])
            normalised = self.normalise(augment(images, self.augmentation, drawn.of(chosen), self.fill))
            if shares is None:
                yield Batch(images=normalised, labels=labels)
            else:
                mixed, own = mix(normalised, shares.of(chosen))
                yield Batch(images=mixed, labels=labels, other_labels=labels.roll(-1), share=own)

    def unvaried(self, indices: Int[np.ndarray, "examples"], batch_size: int = 500) -> Iterator[Batch]:
        """These images of the data set as they are, in order: for validation and test."""
        for start in range(0, len(indices), batch_size):
            images, labels = self._read(indices[start : start + batch_size])
            yield Batch(images=self.normalise(images), labels=labels)

    def _balanced(self, epoch: int) -> Int[np.ndarray, "shown"]:
        """Training images to show, each class equally often: its images round and round in an order of this epoch."""
        labels = self.dataset.labels[self.dataset.train]
        order = draws.order(len(labels), self.seed, "round", epoch)
        by_class = [order[labels[order] == label] for label in np.unique(labels)]
        most = -(-len(labels) // len(by_class))
        return np.stack([np.resize(images, most) for images in by_class], axis=1).reshape(-1)[: len(labels)]

    def _read(
        self, indices: Int[np.ndarray, "batch"]
    ) -> tuple[UInt8[Tensor, "batch height width channels"], Int[Tensor, "batch"]]:
        images = torch.from_numpy(np.asarray(self.dataset.images[indices])).to(self.device, non_blocking=True)
        labels = torch.from_numpy(self.dataset.labels[indices]).to(self.device, non_blocking=True)
        return images, labels
