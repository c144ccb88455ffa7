"""The stream of images: normalised, cropped, mirrored, mixed."""

from collections.abc import Callable, Sequence
from copy import copy

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from skipwise.data.images.augment import Augmentation, augment, draw
from skipwise.data.images.dataset import Images
from skipwise.data.images.mixing import Mixing, draw_shares, mix
from skipwise.data.stream import Batch, Positions, Stream

Pixels = UInt8[Tensor, "batch height width channels"]
Alter = Callable[[Pixels, Int[np.ndarray, "batch"]], Pixels]
"""From images on the CPU and their indices in the data set to the images as they are to be shown."""


class Normaliser:
    """From uint8 pixels to numbers of mean 0 and deviation 1 by channel, over the training images."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], device: str) -> None:
        self.mean = 255 * torch.tensor(mean, device=device)
        self.scale = 1 / (255 * torch.tensor(std, device=device))

    def __call__(self, images: Pixels) -> Float[Tensor, "batch channels height width"]:
        return images.float().sub_(self.mean).mul_(self.scale).permute(0, 3, 1, 2)


class ImageStream(Stream[Images]):
    """Images as a view of channels-last memory."""

    def __init__(
        self,
        dataset: Images,
        *,
        seed: int,
        batch_size: int,
        augmentation: Augmentation,
        mixing: Mixing | None = None,
        balanced: bool = False,
        device: str = "cpu",
    ) -> None:
        super().__init__(dataset, seed=seed, batch_size=batch_size, balanced=balanced, device=device)
        self.augmentation = augmentation
        self.mixing = mixing or Mixing()
        self.normalise = Normaliser(dataset.mean, dataset.std, device)
        self.fill = self.normalise.mean.round().to(torch.uint8)
        self.alter: Alter | None = None

    def altered(self, alter: Alter) -> "ImageStream":
        """The same images, each altered before it is normalised, as these are, and before augmentation."""
        other = copy(self)
        other.alter = alter
        return other

    def read(self, indices: Int[np.ndarray, "batch"]) -> Batch:
        return Batch(inputs=self.normalise(self._pixels(indices)), targets=self._targets(indices))

    def augmented(self, epoch: int) -> Callable[[Int[np.ndarray, "batch"], Positions], Batch]:
        count = len(self.dataset.train)
        _, height, width = self.dataset.input_shape
        shares = draw_shares(self.mixing, count=count, seed=self.seed, epoch=epoch) if self.mixing else None
        drawn = draw(self.augmentation, count=count, height=height, width=width, seed=self.seed, epoch=epoch)

        def batch(indices: Int[np.ndarray, "batch"], chosen: Positions) -> Batch:
            images, targets = self._pixels(indices), self._targets(indices)
            normalised = self.normalise(augment(images, self.augmentation, drawn.of(chosen), self.fill))
            if shares is None:
                return Batch(inputs=normalised, targets=targets)
            mixed, own = mix(normalised, shares.of(chosen))
            return Batch(inputs=mixed, targets=targets, other_targets=targets.roll(-1), mix_weight=own)

        return batch

    def _pixels(self, indices: Int[np.ndarray, "batch"]) -> Pixels:
        images = torch.from_numpy(np.asarray(self.dataset.images[indices]))
        if self.alter is not None:
            images = self.alter(images, indices)
        return images.to(self.device, non_blocking=True)

    def _targets(self, indices: Int[np.ndarray, "batch"]) -> Tensor:
        return torch.from_numpy(self.dataset.targets(indices)).to(self.device, non_blocking=True)
