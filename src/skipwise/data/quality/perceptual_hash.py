"""Sixty-four bits that images which look alike share, and the pairs of images whose bits are nearly the same.

The bits are the signs of low frequencies (a discrete cosine transform) about their median, as in Zauner 2010,
"Implementation and benchmarking of perceptual image hash functions".
"""

import numpy as np
from jaxtyping import Float, Int, UInt64
from scipy.fft import dctn

from skipwise import keyed_rng

FREQUENCIES = 8
"""Along each side; the mean is left out."""
BANDS, BITS = 8, 8
"""Hashes that differ in at most 7 bits agree in one band of 8; of those that differ in 10, nearly all do."""
LARGEST_RADIUS = 10
"""Bits in which the hashes of two candidates may differ."""
MOST_EQUAL = 20
"""Images of one hash that are compared with all; further ones only with these."""
SAMPLED = 2_000
"""Images that tell how many pairs there will be."""
ROWS, COLUMNS = 512, 4096
"""Hashes compared at once, so that a block stays in the processor's cache."""


def perceptual_hash(small: Float[np.ndarray, "images height width"]) -> UInt64[np.ndarray, "images"]:
    """Of small grey images. Brightness and contrast do not change it."""
    frequencies = dctn(small, axes=(1, 2), norm="ortho")[:, :FREQUENCIES, :FREQUENCIES]
    flat = frequencies.reshape(len(small), -1)[:, 1:]
    bits = flat > np.median(flat, axis=1, keepdims=True)
    spread = bits[:, keyed_rng.order(bits.shape[1], "perceptual hash")]  # neighbours are alike, and bands should not be
    padded = np.zeros((len(small), BANDS * BITS), bool)
    padded[:, : spread.shape[1]] = spread
    packed: UInt64[np.ndarray, images] = np.ascontiguousarray(np.packbits(padded, axis=1)).view(np.uint64)[:, 0]
    return packed


def candidates(hashes: UInt64[np.ndarray, "images"], most_pairs: int) -> Int[np.ndarray, "pairs 2"]:
    """Pairs of images, the first before the second, whose hashes are nearly the same, and at most so many.

    Where there would be more the radius is less, and where equal hashes alone are more, only some are taken. Of the
    images of one hash the first MOST_EQUAL are compared with all, the others with one or more of these: the work is
    bounded.
    """
    order = np.argsort(hashes, kind="stable")
    place = np.arange(len(hashes)) - np.searchsorted(hashes[order], hashes[order])  # among those of the same hash
    leads = np.sort(order[place < MOST_EQUAL])
    near = leads[near_pairs(hashes[leads], radius_for(hashes[leads], most_pairs))]
    if len(near) > most_pairs:
        drawn = near[keyed_rng.order(len(near), "candidates")]
        near = drawn[
            np.argsort(np.bitwise_count(hashes[drawn[:, 0]] ^ hashes[drawn[:, 1]]), kind="stable")[:most_pairs]
        ]
    found, room = [near], most_pairs - len(near)
    rest = place >= MOST_EQUAL
    for lead in range(MOST_EQUAL):  # all with the first of their hash, then all with the second
        pairs = np.stack([order[(np.arange(len(order)) - place + lead)[rest]], order[rest]], axis=1)[:room]
        found.append(pairs)
        room -= len(pairs)
    every = np.concatenate(found)
    return every[np.lexsort((every[:, 1], every[:, 0]))]


def radius_for(hashes: UInt64[np.ndarray, "images"], most_pairs: int) -> int:
    """The largest radius, at most LARGEST_RADIUS, within which a sample lets expect no more pairs than that."""
    some = hashes[keyed_rng.order(len(hashes), "radius")[:SAMPLED]]
    distances = np.bitwise_count(some[:, None] ^ some[None])[np.triu_indices(len(some), 1)]
    counts = np.bincount(distances, minlength=LARGEST_RADIUS + 1)[: LARGEST_RADIUS + 1]
    expected = np.cumsum(counts) * (len(hashes) / len(some)) ** 2
    return max(0, int((expected <= most_pairs).sum()) - 1)


def near_pairs(hashes: UInt64[np.ndarray, "images"], radius: int) -> Int[np.ndarray, "pairs 2"]:
    """Pairs of images, the first before the second, whose hashes agree in a band and differ in at most `radius`
    bits.
    """
    count = len(hashes)
    found = [np.zeros(0, np.int64)]
    for band in range(BANDS):
        keys = (hashes >> np.uint64(BITS * band)).astype(np.uint8)
        order = np.argsort(keys, kind="stable")
        edges = np.searchsorted(keys[order], np.arange(2**BITS + 1))
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            found += [
                np.minimum(one, other) * count + np.maximum(one, other)
                for one, other in _within(hashes, order[begin:end], radius)
            ]
    return np.stack(np.divmod(np.unique(np.concatenate(found)), max(count, 1)), axis=1)


def _within(
    hashes: UInt64[np.ndarray, "images"], bucket: Int[np.ndarray, "some"], radius: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """The pairs of one bucket, block by block."""
    near, ours = [], hashes[bucket]
    for row in range(0, len(bucket), ROWS):
        for column in range(row, len(bucket), COLUMNS):
            differ = np.bitwise_count(ours[row : row + ROWS, None] ^ ours[None, column : column + COLUMNS])
            one, other = np.nonzero(differ <= radius)
            later = other + column > one + row
            if later.any():
                near.append((bucket[one[later] + row], bucket[other[later] + column]))
    return near
