"""Features that networks of images look for: first filters, maps of one image, and the images that excite a channel
most.
"""

import base64
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed
from skipwise.analysis.inside.trained import Trained
from skipwise.networks import Network

FILTERS, CHANNELS, MOST_ACTIVATING = 16, 8, 5
"""Shown of the first layer, of each stage, and for each channel of the last one."""
LARGEST_MAP = 32
"""Pixels a side that are kept of a map."""
AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Pictures as bytes in base64, with their shape: pictures, channels, height, width."""

    shape: tuple[int, int, int, int]
    base64: str


@dataclass(frozen=True, kw_only=True)
class Features:
    """First `filters`, `maps` of the test example `index` by stage, and by channel the test examples that excite it
    most.

    Examples are named by their index in the data set.
    """

    seed: int
    filters: Pictures
    index: int
    maps: dict[str, Pictures]
    most_activating: dict[str, list[int]]


def features(run: Trained) -> Features | None:
    """Return the features of a network of images; None where inputs are none."""
    if not isinstance(run.network, Network) or getattr(run.stream.dataset, "images", None) is None:
        return None
    first = next((part for part in run.network.modules() if isinstance(part, nn.Conv2d)), None)
    if first is None:
        return None
    with undisturbed(run.network), torch.no_grad():
        run.network.eval()
        maps = run.network.features(run.batch(1).inputs)
        names = ["stem", *(f"stage {number}" for number in range(1, len(maps)))]
        activations = torch.cat(
            [mean_activations(run.network, batch.inputs) for batch in run.stream.eval_batches(run.indices, AT_ONCE)]
        )
    return Features(
        seed=run.seed,
        filters=packed(first.weight.detach()[:FILTERS], zero_in_the_middle=True),
        index=int(run.indices[0]),
        maps={
            name: packed(_small(of_stage[0, :CHANNELS, None]), zero_in_the_middle=False)
            for name, of_stage in zip(names, maps, strict=True)
            if name != "stem" or len(run.network.stem)
        },
        most_activating={
            str(channel): run.indices[order].tolist()
            for channel, order in enumerate(most_activating(activations, MOST_ACTIVATING)[:CHANNELS])
        },
    )


def mean_activations(
    network: Network, x: Float[Tensor, "batch channels *space"]
) -> Float[Tensor, "batch out_channels"]:
    """Return the spatial mean of each channel of the last feature maps."""
    return network.features(x)[-1].float().flatten(2).mean(2).cpu()


def most_activating(activations: Float[Tensor, "examples channels"], most: int) -> list[np.ndarray]:
    """For each channel the positions of the examples that excite it most, the first the most; of equals the earlier
    one.
    """
    order = activations.sort(dim=0, descending=True, stable=True).indices[:most]
    return [row.numpy() for row in order.T]


def packed(pictures: Float[Tensor, "pictures channels height width"], *, zero_in_the_middle: bool) -> Pictures:
    """Pack pictures, each on its own scale from black to white.

    With `zero_in_the_middle` grey is zero. A picture of one number everywhere is grey.
    """
    values = pictures.float().cpu()
    if zero_in_the_middle:
        high = values.abs().amax((1, 2, 3), keepdim=True)
        low = -high
    else:
        high, low = values.amax((1, 2, 3), keepdim=True), values.amin((1, 2, 3), keepdim=True)
    scaled = torch.where(high > low, (values - low) / (high - low).clamp(min=1e-30), torch.tensor(0.5))
    pixels = (255 * scaled).round().to(torch.uint8).numpy()
    count, channels, height, width = pixels.shape
    return Pictures(shape=(count, channels, height, width), base64=base64.b64encode(pixels.tobytes()).decode())


def unpacked(pictures: Pictures) -> UInt8[np.ndarray, "pictures channels height width"]:
    """Return the pictures that were packed."""
    return np.frombuffer(base64.b64decode(pictures.base64), np.uint8).reshape(pictures.shape)


def _small(maps: Float[Tensor, "channels 1 height width"]) -> Float[Tensor, "channels 1 smaller_height smaller_width"]:
    height, width = maps.shape[2:]
    if max(height, width) <= LARGEST_MAP:
        return maps
    return F.adaptive_avg_pool2d(maps.float(), (min(height, LARGEST_MAP), min(width, LARGEST_MAP)))
