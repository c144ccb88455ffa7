"""The stream of scenes: normalised, shifted, mirrored, with the boxes of each."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from skipwise.data.boxes.augment import augment_scene
from skipwise.data.boxes.dataset import Scenes
from skipwise.data.images.augment import Augmentation, draw
from skipwise.data.images.stream import Normaliser
from skipwise.data.stream import Batch, Positions, Stream


class SceneStream(Stream[Scenes]):
    """Images as a view of channels-last memory. The target of each is a dictionary: `boxes` (objects, 4), corners in
    pixels of the input, and `labels`; as they are also `index`, the image's number in the data set.
    """

    def __init__(
        self, dataset: Scenes, *, seed: int, batch_size: int, augmentation: Augmentation, device: str = "cpu"
    ) -> None:
        super().__init__(dataset, seed=seed, batch_size=batch_size, device=device)
        self.augmentation = augmentation
        self.normalise = Normaliser(dataset.mean, dataset.std, device)
        self.fill = [float(round(255 * level)) for level in dataset.mean]

    def read(self, indices: Int[np.ndarray, "batch"]) -> Batch:
        pixels = torch.from_numpy(np.asarray(self.dataset.images[indices]))
        targets = []
        for index in indices.tolist():
            own = self.dataset.objects[index]
            height, width = self.dataset.sizes[index].tolist()
            targets.append(
                {
                    **self._scaled(index),
                    **_padded(own.boxes, own.labels, self.dataset.most_objects),
                    "scale": torch.from_numpy(self.dataset.scale(index)).float(),
                    "size": torch.tensor([height, width]),
                }
            )
        return Batch(inputs=self._inputs(pixels), targets=[self._moved(target) for target in targets])

    def augmented(self, epoch: int) -> Callable[[Int[np.ndarray, "batch"], Positions], Batch]:
        _, height, width = self.dataset.input_shape
        drawn = draw(
            self.augmentation, count=len(self.dataset.train), height=height, width=width, seed=self.seed, epoch=epoch
        )

        def batch(indices: Int[np.ndarray, "batch"], chosen: Positions) -> Batch:
            pixels = torch.from_numpy(np.asarray(self.dataset.images[indices])).permute(0, 3, 1, 2)
            images, targets = [], []
            for image, index, position in zip(pixels, indices.tolist(), chosen.tolist(), strict=True):
                target = self._scaled(index)
                augmented, boxes, kept = augment_scene(
                    image,
                    target["boxes"],
                    crop=self.augmentation.crop,
                    top=int(drawn.top[position]),
                    left=int(drawn.left[position]),
                    mirror=bool(drawn.mirror[position]),
                    fill=self.fill,
                )
                images.append(augmented)
                targets.append(self._moved({"boxes": boxes, "labels": target["labels"][kept]}))
            return Batch(inputs=self._inputs(torch.stack(images).permute(0, 2, 3, 1)), targets=targets)

        return batch

    def _inputs(self, pixels: UInt8[Tensor, "batch height width channels"]) -> Tensor:
        return self.normalise(pixels.contiguous().to(self.device, non_blocking=True))

    def _scaled(self, index: int) -> dict[str, Tensor]:
        """The boxes and labels of an image in pixels of the input."""
        scaled = self.dataset.objects[index].scaled(self.dataset.scale(index))
        return {"boxes": torch.from_numpy(scaled.boxes).float(), "labels": torch.from_numpy(scaled.labels)}

    def _moved(self, target: dict[str, Tensor]) -> dict[str, Tensor]:
        """With what is learnt from on the device."""
        learnt = {name: target[name].to(self.device, non_blocking=True) for name in ("boxes", "labels")}
        return target | learnt


def _padded(boxes: np.ndarray, labels: np.ndarray, most: int) -> dict[str, Any]:
    """The objects as answers hold them, label -1 where there is none."""
    true_boxes, true_labels = np.zeros((most, 4), np.float32), np.full(most, -1, np.int64)
    true_boxes[: len(labels)], true_labels[: len(labels)] = boxes, labels
    return {"true_boxes": torch.from_numpy(true_boxes), "true_labels": torch.from_numpy(true_labels)}
