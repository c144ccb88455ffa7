"""Many strings as one block of bytes, which processes map into memory and decode one by one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload

import numpy as np
from jaxtyping import Int, UInt8


class Strings(Sequence[str]):
    """Strings in UTF-8, one after the other; `ends[i]` is where string i ends in `content`."""

    def __init__(self, content: UInt8[np.ndarray, "bytes"], ends: Int[np.ndarray, "strings"]) -> None:
        self.content = content
        self.ends = ends

    @classmethod
    def pack(cls, strings: Iterable[str]) -> "Strings":
        """Return these strings as one block."""
        content = [string.encode(errors="surrogatepass") for string in strings]
        ends = np.fromiter(accumulate(map(len, content)), np.int64, len(content))
        return cls(np.frombuffer(b"".join(content), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(self.of(range(len(self))[index]))
        return next(self.of([range(len(self))[index]]))

    def of(self, indices: Sequence[int] | Int[np.ndarray, "some"]) -> Iterator[str]:
        """Return these strings, one by one."""
        for i in indices:
            start = int(self.ends[i - 1]) if i else 0
            yield self.content[start : int(self.ends[i])].tobytes().decode(errors="surrogatepass")
