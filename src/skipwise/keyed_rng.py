"""Random numbers that are a pure function of what they are for, never of what was drawn before.

Every draw is keyed by words such as (seed, "crop", epoch). The same key gives the same numbers in every
process, in any order, after any interruption. The generator is Philox, which is counter-based
(Salmon et al. 2011): its n-th number depends on the key and on n alone.
"""

from hashlib import blake2b

import numpy as np
from jaxtyping import Float, UInt64


def key(*parts: int | str) -> int:
    """A 63-bit number that stands for these parts (and, for all practical purposes, for no others)."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def words(count: int, *parts: int | str) -> UInt64[np.ndarray, "count"]:
    """The first `count` random 64-bit words of this key; word n is the same for every `count` above n."""
    return np.random.Philox(key=key(*parts)).random_raw(count)


def uniform(count: int, *parts: int | str) -> Float[np.ndarray, "count"]:
    """`count` numbers in [0, 1), number n a function of (parts, n)."""
    return (words(count, *parts) >> np.uint64(11)) * 2.0**-53


def order(count: int, *parts: int | str) -> np.ndarray:
    """A random permutation of 0 .. count - 1."""
    return np.argsort(words(count, *parts), kind="stable")
