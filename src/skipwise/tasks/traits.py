"""Traits of inputs that are seen without a network, by which a new example can be unlike all that was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor

from skipwise.data import InputSpec
from skipwise.data.images.decode import open_image
from skipwise.data.images.regular_file import Unreadable
from skipwise.data.text.tokens import PADDING, UNKNOWN
from skipwise.regular_files import open_regular, read_regular

STEEP = 0.9
"""The quantile of the steps between neighbouring pixels that stands for an image's detail: padding has none."""
GREY = 10
"""Levels of 255 by which the channels of an image without colours differ at most, on average: JPEG adds a few."""
LOOKED_AT = 20_000_000
"""Pixels of an image at most that is looked at for colours once more."""

HEADER = 2**16
"""Bytes of a file that tell whether it is an image."""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """A number for each example. `below` and `above` say what an example has whose number is out of the usual range, as
    "less detail" in "it has less detail than others"; "" where nothing follows from that.
    """

    name: str
    values: Float[np.ndarray, "examples"]
    below: str = ""
    above: str = ""


def image_traits(inputs: Float[Tensor, "batch channels height width"], spec: InputSpec) -> list[Trait]:
    """Return how much detail and how much colour images have, as the network sees them."""
    if not spec.mean or inputs.ndim != 4:
        return []
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (spec.mean, spec.std))
    pixels = inputs.detach().cpu().float() * std + mean
    traits = []
    grey = pixels.mean(1)
    steps = torch.cat([grey.diff(dim=1).abs().flatten(1), grey.diff(dim=2).abs().flatten(1)], dim=1)
    if steps.shape[1]:
        steep = steps.kthvalue(max(1, int(STEEP * steps.shape[1])), dim=1).values
        traits.append(Trait(name="detail", values=_numbers(steep), below="less detail"))
    if pixels.shape[1] > 1:
        colour = (pixels.amax(1) - pixels.amin(1)).flatten(1).mean(1)
        traits.append(Trait(name="colour", values=_numbers(colour), below="less colour"))
    return traits


def text_traits(tokens: Int[Tensor, "batch length"], spec: InputSpec) -> list[Trait]:
    """Return how long texts are, and which share of their tokens is unknown where tokens can be."""
    lengths = (tokens != PADDING).sum(1).clamp(min=1)
    traits = [Trait(name="length", values=_numbers(lengths), below="fewer tokens", above="more tokens")]
    if spec.tokens in ("words", "characters"):
        share = (tokens == UNKNOWN).sum(1) / lengths
        traits.append(Trait(name="unknown", values=_numbers(share), above=f"more unknown {spec.tokens}"))
    return traits


def colours_lost(file: str, spec: InputSpec) -> str:
    """Return a remark on an image that has colours where the network sees grey alone, "" for all others."""
    if spec.input_shape[0] != 1:
        return ""
    try:
        image = open_image(read_regular(Path(file)))
        if image.mode in ("1", "L", "LA", "I", "F") or image.width * image.height > LOOKED_AT:
            return ""
        image.draft("RGB", (64, 64))
        small = np.asarray(image.convert("RGB").resize((32, 32), Image.Resampling.BOX), np.int64)
    except (OSError, ValueError, Unreadable):
        return ""
    return "it has colours, and the network sees grey alone" if np.ptp(small, axis=2).mean() > GREY else ""


def begins_as_image(file: Path) -> bool:
    """Whether a file's content is an image's, by its header, whatever its name."""
    try:
        with open_regular(file) as opened:
            open_image(opened.read(HEADER))
    except (OSError, Unreadable):
        return False
    return True


def joined(several: Sequence[list[Trait]]) -> list[Trait]:
    """Return the traits of several batches as those of one."""
    return [
        Trait(
            name=first.name,
            values=np.concatenate([batch[place].values for batch in several]),
            below=first.below,
            above=first.above,
        )
        for place, first in enumerate(several[0] if several else [])
    ]


def _numbers(values: Tensor) -> Float[np.ndarray, "examples"]:
    return values.numpy().astype(np.float64)
