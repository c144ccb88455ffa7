"""Small patches of an image, and where they are: features that tell images apart without any training of a network.

Patches are normalised, whitened, and compared with some of them drawn at random; likenesses beyond a threshold are
averaged over each quarter of the image (Coates, Ng and Lee 2011, "An analysis of single-layer networks in unsupervised
feature learning", with random patches for centres). Mean levels of coarse parts stand beside them.
"""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor

from skipwise import keyed_rng

SIDE = 32
"""Larger images are looked at this large, in px."""
PATCH, CENTRES, THRESHOLD = 6, 200, 0.25
STRIDE_FROM = 24
"""Sides from which on every second place is looked at, in px."""
SAMPLED, DRAWN = 2_000, 40_000
"""Images and patches that whitening is learned from."""
LEVELS, WHITENING = 10.0, 0.1
"""Added to variances, so that noise is not enlarged: of grey levels, and of normalised patches."""
COARSE = 4
"""Parts down and across of which the mean levels are features, too."""
AT_ONCE = 100


def patch_features(
    images: UInt8[np.ndarray, "images height width channels"],
) -> Float[Tensor, "images features"]:
    """Of each image, with mean 0 and deviation 1 over the images, and a last feature that is 1."""
    count = len(images)
    some = np.sort(keyed_rng.order(count, "patches of")[:SAMPLED])
    patches = torch.cat([_patches(_levels(images[some[at : at + AT_ONCE]]))[0] for at in range(0, len(some), AT_ONCE)])
    patches = patches.flatten(0, 1)
    patches = patches[torch.from_numpy(keyed_rng.order(len(patches), "patches")[:DRAWN].copy())]
    mean = patches.mean(0)
    values, vectors = torch.linalg.eigh(torch.cov(patches.T))
    whitening = vectors / (values.clamp(min=0) + WHITENING).sqrt() @ vectors.T
    centres = F.normalize((patches[:CENTRES] - mean) @ whitening, dim=1)
    projection = whitening @ centres.T
    features = torch.cat(
        [_pooled(_levels(images[at : at + AT_ONCE]), projection, mean) for at in range(0, count, AT_ONCE)]
    )
    features = (features - features.mean(0)) / (features.std(0) + 1e-3)
    return torch.cat([features, torch.ones(count, 1)], dim=1)


def _levels(images: UInt8[np.ndarray, "some height width channels"]) -> Float[Tensor, "some channels rows columns"]:
    levels = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float()
    height, width = (min(side, SIDE) for side in levels.shape[2:])
    return F.adaptive_avg_pool2d(levels, (height, width))


def _patches(
    levels: Float[Tensor, "some channels rows columns"],
) -> tuple[Float[Tensor, "some places values"], tuple[int, int]]:
    """Every patch of each image with mean 0 and deviation about 1, and how many lie down and across."""
    side = min(levels.shape[2:])
    size, stride = max(1, min(PATCH, side // 2)), 2 if side >= STRIDE_FROM else 1
    patches = F.unfold(levels, size, stride=stride).transpose(1, 2)
    patches = patches - patches.mean(2, keepdim=True)
    down, across = ((length - size) // stride + 1 for length in levels.shape[2:])
    return patches / (patches.square().mean(2, keepdim=True) + LEVELS).sqrt(), (down, across)


def _pooled(
    levels: Float[Tensor, "some channels rows columns"],
    projection: Float[Tensor, "values centres"],
    mean: Float[Tensor, "values"],
) -> Float[Tensor, "some pooled"]:
    """How much each centre, and its opposite, is in each quarter of each image."""
    patches, places = _patches(levels)
    likeness = ((patches - mean) @ projection).transpose(1, 2)
    likeness = likeness.reshape(*likeness.shape[:2], *places)
    both = torch.cat([F.relu(likeness - THRESHOLD), F.relu(-likeness - THRESHOLD)], dim=1)
    means = F.adaptive_avg_pool2d(levels, COARSE)  # patches tell nothing of how bright an image is, or of what colour
    return torch.cat([F.adaptive_avg_pool2d(both, 2).flatten(1), means.flatten(1)], dim=1)
