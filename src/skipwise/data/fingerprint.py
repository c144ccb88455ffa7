"""Identity of data: digests of examples, and a fingerprint of all of them."""

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b, sha256
from io import BufferedIOBase
from itertools import islice, pairwise

AT_ONCE = 10_000
"""Rows that are turned into text together."""


def digest(content: bytes) -> str:
    """Return 32 hexadecimal digits that stand for these bytes."""
    return blake2b(content, digest_size=16).hexdigest()


def digest_of(file: BufferedIOBase) -> str:
    """Return the digest of a file's bytes, which are read from its beginning, a piece at a time."""
    file.seek(0)
    hashed = blake2b(digest_size=16)
    while piece := file.read(2**20):
        hashed.update(piece)
    return hashed.hexdigest()


def fingerprint(
    names: Sequence[str],
    digest_of: Callable[[int], str],
    classes: Sequence[str],
    parts: Sequence[str],
    groups: Sequence[str] | None,
) -> str:
    """Return a hash of everything that makes the data what they are: names, bytes, classes, given parts and groups.

    `digest_of` gives the digest of an example by its index.
    """

    def row(i: int) -> tuple[str, str, str, str, str]:
        return names[i], digest_of(i), classes[i], parts[i], "" if groups is None else groups[i]

    order: Iterable[int] = range(len(names))
    if not all(one < other for one, other in pairwise(names)):
        order = sorted(order, key=row)
    return json_hash(map(row, order))


def json_hash(rows: Iterable[object]) -> str:
    """Return the SHA-256 of the JSON text of a list with these entries, which is never held as a whole."""
    hashed, left, separator = sha256(b"["), iter(rows), ""
    while some := list(islice(left, AT_ONCE)):
        hashed.update(f"{separator}{json.dumps(some)[1:-1]}".encode())
        separator = ", "
    hashed.update(b"]")
    return hashed.hexdigest()
