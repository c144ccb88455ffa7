"""Many strings as one block of bytes, which processes map into memory and decode one by one."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
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
        content, ends = BytesIO(), array("q")
        for string in strings:
            content.write(string.encode(errors="surrogatepass"))
            ends.append(content.tell())
        return cls(np.frombuffer(content.getbuffer(), np.uint8), np.frombuffer(ends, np.int64))

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

    def encoded(self) -> Iterator[bytes]:
        """Return each string's bytes, one by one."""
        start = 0
        for end in self.ends.tolist():
            yield self.content[start:end].tobytes()
            start = end

    def of(self, indices: Sequence[int] | Int[np.ndarray, "some"]) -> Iterator[str]:
        """Return these strings, one by one."""
        for i in indices:
            start = int(self.ends[i - 1]) if i else 0
            yield self.content[start : int(self.ends[i])].tobytes().decode(errors="surrogatepass")
