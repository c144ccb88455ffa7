"""Images that are nearly the same: copies that were saved anew, resized, moved by a pixel or two, made brighter.

Candidates share most bits of a perceptual hash. They are confirmed by the normalised correlation of their differences
from pixel to pixel, at the best of a few shifts, which sky, sea and plain backgrounds do not raise. How near two images
must be depends on how near others come that are no copies: among digits of 8 x 8 pixels much nearer than among photos.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8

from skipwise import keyed_rng
from skipwise.data.quality.outliers import levels as levels_of
from skipwise.data.quality.perceptual_hash import candidates, perceptual_hash
from skipwise.data.quality.small_grey import grey, small_grey

SIDE = 32
"""At which candidates are confirmed, in px; smaller images as they are."""
MOST_CANDIDATES = 150_000
"""Where images are so alike that there would be more, their hashes must be nearer."""
OTHERS, RANK = 1_000, 3
"""The third nearest of 1,000 others tells how near images come that are no copies."""
LEAST_ALIKE = 0.8
"""Correlation below which no pair is a near duplicate: what it takes on photos."""
STRICTNESS, POWER = 0.3, 1.5
"""A pair's distance (1 minus correlation) is at most 0.3 times the distance to those others to the power 1.5: chosen by
looking at the pairs of CIFAR-10, Fashion-MNIST, MNIST and 8 x 8 digits, so that what is found looks the same."""
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """Pairs of images, the first before the second, and how alike they are: a correlation up to 1."""

    pairs: Int[np.ndarray, "pairs 2"]
    alike: Float[np.ndarray, "pairs"]

    def nearest(self) -> "NearDuplicates":
        """Of each image only the pair with the one most like it: a hundred copies are a hundred pairs, not 4,950."""
        order = np.argsort(-self.alike, kind="stable")
        _, first = np.unique(self.pairs[order].ravel(), return_index=True)
        kept = np.unique(order[first // 2])
        return NearDuplicates(pairs=self.pairs[kept], alike=self.alike[kept])


def near_duplicates(
    images: UInt8[np.ndarray, "images height width channels"],
    small: Float[np.ndarray, "images rows columns"],
    same: Int[np.ndarray, "images"],
) -> NearDuplicates:
    """The near duplicates among images; `small` are they as small grey ones. Equal numbers in `same` are exact
    duplicates.

    Of these the first is compared, and the others are paired with what it is paired with, while there are at most
    MOST_CANDIDATES pairs; they are no pairs of each other. Images of one colour are left out.
    """
    first = np.unique(same, return_index=True)[1]
    compared = np.sort(first[~levels_of(small[first]).blank])
    if not len(compared):
        return NearDuplicates(pairs=np.zeros((0, 2), np.int64), alike=np.zeros(0))
    pairs = candidates(perceptual_hash(small[compared]), MOST_CANDIDATES)
    others = np.sort(keyed_rng.order(len(compared), "others")[:OTHERS])
    seen = np.union1d(pairs, others)
    grey_ones = np.concatenate([_small(images[compared[seen[at : at + AT_ONCE]]]) for at in _steps(seen)])
    pairs, others = np.searchsorted(seen, pairs), np.searchsorted(seen, others)
    alike = np.concatenate([np.zeros(0), *(_alike(grey_ones, pairs[at : at + AT_ONCE]) for at in _steps(pairs))])
    pairs, alike = pairs[alike >= LEAST_ALIKE], alike[alike >= LEAST_ALIKE]
    while True:  # two images that are no pair after all are others to each other
        near = 1 - alike <= STRICTNESS * _distance_of_others(grey_ones, pairs, others) ** POWER
        if near.all():
            break
        pairs, alike = pairs[near], alike[near]
    return _with_exact_duplicates(NearDuplicates(pairs=compared[seen[pairs]], alike=alike), same)


def _with_exact_duplicates(near: NearDuplicates, same: Int[np.ndarray, "images"]) -> NearDuplicates:
    """The pairs, and those in which one of the two images is replaced by an exact duplicate."""
    order = np.argsort(same, kind="stable")
    begins, ends = (np.searchsorted(same[order], same[near.pairs], side) for side in ("left", "right"))
    found, alike, room = [near.pairs], [near.alike], max(0, MOST_CANDIDATES - len(near.pairs))
    for pair, kept in np.argwhere(ends - begins > 1).tolist():
        copies = order[begins[pair, kept] + 1 : ends[pair, kept]][:room]
        found.append(np.sort(np.stack([copies, np.full_like(copies, near.pairs[pair, 1 - kept])], axis=1), axis=1))
        alike.append(np.full(len(copies), near.alike[pair]))
        room -= len(copies)
    return NearDuplicates(pairs=np.concatenate(found), alike=np.concatenate(alike))


def _alike(
    small: Float[np.ndarray, "images height width"], pairs: Int[np.ndarray, "pairs 2"]
) -> Float[np.ndarray, "pairs"]:
    """The correlation of the differences of each pair at the best shift, of up to a sixteenth of the side."""
    one, other = (_differences(small[pairs[:, place]]) for place in (0, 1))
    height, width = one.shape[2:]
    reach = (min(height, width) + 2) // 16
    inner = _unit(one[..., reach : height - reach, reach : width - reach])
    best = np.full(len(pairs), -1.0)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            moved = other[..., down : down + height - 2 * reach, right : right + width - 2 * reach]
            best = np.maximum(best, (inner * _unit(moved)).sum(1))
    return best


def _distance_of_others(
    small: Float[np.ndarray, "images height width"],
    pairs: Int[np.ndarray, "pairs 2"],
    others: Int[np.ndarray, "others"],
) -> Float[np.ndarray, "pairs"]:
    """How near the third nearest of some other images is, of both images of a pair the nearer one; 1 where there are no
    three.

    An image's own pairs are no others to it: else many copies of one image would hide each other.
    """
    if len(others) <= RANK or not len(pairs):
        return np.ones(len(pairs))
    seen = _unit(_differences(small[others]))
    wanted, places = np.unique(pairs, return_inverse=True)
    places = places.reshape(pairs.shape)
    partners = np.zeros((len(wanted), len(others)), bool)
    for one, other in ((0, 1), (1, 0)):
        known = np.isin(pairs[:, other], others)
        partners[places[known, one], np.searchsorted(others, pairs[known, other])] = True
    distances = []
    for at in _steps(wanted):
        some = wanted[at : at + AT_ONCE]
        likeness = _unit(_differences(small[some])) @ seen.T
        likeness[partners[at : at + AT_ONCE] | (some[:, None] == others)] = -1
        distances.append(1 - np.partition(likeness, -RANK, axis=1)[:, -RANK])
    nearest: np.ndarray = np.concatenate(distances)[places].min(1)
    return nearest.clip(0, 1)


def _small(images: UInt8[np.ndarray, "some height width channels"]) -> Float[np.ndarray, "some rows columns"]:
    """As they are compared."""
    return small_grey(images, SIDE) if min(images.shape[1:3]) > SIDE else grey(images)


def _differences(levels: Float[np.ndarray, "some height width"]) -> Float[np.ndarray, "some 2 down right"]:
    """Of neighbouring pixels, downwards and to the right, each pixel being first the mean of two by two."""
    if min(levels.shape[1:]) > 2:
        levels = (levels[:, 1:, 1:] + levels[:, :-1, 1:] + levels[:, 1:, :-1] + levels[:, :-1, :-1]) / 4
    down, right = levels[:, 1:, :-1] - levels[:, :-1, :-1], levels[:, :-1, 1:] - levels[:, :-1, :-1]
    return np.stack([down, right], axis=1)


def _unit(values: Float[np.ndarray, "some 2 down right"]) -> Float[np.ndarray, "some values"]:
    """Of length 1; an image of one colour stays zero and is like no other."""
    flat = values.reshape(len(values), -1)
    unit: np.ndarray = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    return unit


def _steps(of: np.ndarray) -> range:
    return range(0, len(of), AT_ONCE)
