"""Two images become one: mixup and CutMix, each with a label that is shared in the same measure."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.special import betaincinv
from torch import Tensor

from skipwise import keyed_rng

Images = Float[Tensor, "batch channels height width"]


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """How an image of a batch is mixed with the next one.

    `mixup`: alpha of the Beta distribution that the share is drawn from, 0 for none (Zhang et al. 2018). `cutmix`: the
    same for a share of the area, which a rectangle of the other image takes (Yun et al. 2019). With both, half of the
    images get each.
    """

    mixup: float = 0.0
    cutmix: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.mixup or self.cutmix)


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Random draws for each image: its own fraction from 0 to 1, where the rectangle's centre is, and if there is one.

    Centres are shares of height and width.
    """

    own: Float[np.ndarray, "images"]
    cut: Bool[np.ndarray, "images"]
    centre_y: Float[np.ndarray, "images"]
    centre_x: Float[np.ndarray, "images"]

    def of(self, chosen: Int[np.ndarray, "batch"]) -> "Shares":
        return Shares(
            own=self.own[chosen], cut=self.cut[chosen], centre_y=self.centre_y[chosen], centre_x=self.centre_x[chosen]
        )


def draw_shares(mixing: Mixing, *, count: int, seed: int, epoch: int) -> Shares:
    """The draws of one epoch for `count` images, a function of (seed, epoch, index)."""
    cut = keyed_rng.uniform(count, seed, "cut or mix", epoch) < 0.5
    if not (mixing.mixup and mixing.cutmix):
        cut[:] = mixing.cutmix > 0
    alpha = np.where(cut, mixing.cutmix, mixing.mixup)
    return Shares(
        own=betaincinv(alpha, alpha, keyed_rng.uniform(count, seed, "share", epoch)),
        cut=cut,
        centre_y=keyed_rng.uniform(count, seed, "rectangle y", epoch),
        centre_x=keyed_rng.uniform(count, seed, "rectangle x", epoch),
    )


def mix(images: Images, drawn: Shares) -> tuple[Images, Float[Tensor, "batch"]]:
    """Each image with the next one of the batch, the last with the first; gives the share of its own that is left.

    A rectangle that reaches over the edge is cut off there, and the share is that of the area that is left.
    """
    height, width = images.shape[2:]
    own = torch.from_numpy(drawn.own).float()
    covered = _covered(height, drawn.centre_y, drawn)[:, :, None] & _covered(width, drawn.centre_x, drawn)[:, None, :]
    kept = torch.where(torch.from_numpy(drawn.cut)[:, None, None], (~covered).float(), own[:, None, None])
    weight = kept.to(images.device)[:, None]
    return weight * images + (1 - weight) * images.roll(-1, 0), kept.mean((1, 2)).to(images.device)


def _covered(length: int, centre: Float[np.ndarray, "batch"], drawn: Shares) -> Bool[Tensor, "batch length"]:
    """Which pixels of one side lie in the rectangle, whose sides are the root of the other image's share."""
    middle = np.floor(centre * length)[:, None]
    half = (np.sqrt(1 - drawn.own) * length / 2)[:, None]
    pixels = np.arange(length) + 0.5
    return torch.from_numpy((pixels > middle - half) & (pixels < middle + half))
