"""A new image for a detector, and boxes in its own pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from skipwise.data import InputSpec, Normaliser, decode_for_prediction, scale_of, size_for_prediction


@dataclass(frozen=True, kw_only=True)
class NewScene:
    """A new image as the study's own were; `size` is its own height and width."""

    inputs: Float[Tensor, "1 channels rows columns"]
    size: tuple[int, int]

    def own(self, boxes: Float[Tensor, "boxes 4"]) -> Float[np.ndarray, "boxes 4"]:
        """Boxes of the input in pixels of the image itself."""
        rows, columns = self.inputs.shape[2:]
        return own_pixels(boxes, scale_of(self.size, (rows, columns)), self.size)


def new_scene(file: str, spec: InputSpec) -> NewScene:
    """Read the image as the network takes it. Raises UserError naming one that cannot be read."""
    channels, height, width = spec.input_shape
    size = size_for_prediction(Path(file))
    pixels = decode_for_prediction(
        Path(file), height=height, width=width, channels=channels, framing="pad", value_range=spec.value_range
    )
    return NewScene(inputs=Normaliser(spec.mean, spec.std, "cpu")(torch.from_numpy(pixels[None].copy())), size=size)


def own_pixels(
    boxes: Float[Tensor, "boxes 4"], scale: Float[np.ndarray, "2"], size: tuple[int, int]
) -> Float[np.ndarray, "boxes 4"]:
    """Boxes of the input in pixels of the image itself, whose height and width are `size`."""
    height, width = size
    own = boxes.float().cpu().numpy() / np.tile(scale, 2)
    return np.asarray(own.clip(0, [width, height, width, height]), np.float32)
