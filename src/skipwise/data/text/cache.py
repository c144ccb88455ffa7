"""Texts kept once as they are, and once as the numbers of their tokens, in files that every process maps into memory."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, overload

import numpy as np
from jaxtyping import Int, Integer
from numpy.lib.format import open_memmap

from skipwise.data.images.cache import make_folder
from skipwise.data.images.open import data_home
from skipwise.data.options import ProgressCallback
from skipwise.data.text.tokens import Tokens, kind_called

RULE_VERSION = 1
"""Of how texts are kept and cut: another one makes every cache anew."""
NUMBERS, LENGTHS, TOKENS = "numbers.npy", "lengths.npy", "tokens.json"


class RawTexts(Sequence[str]):
    """Texts as they were read, one after the other in one file; each is decoded when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._content = np.load(folder / "texts.npy", mmap_mode="r")
        self._ends = np.load(folder / "ends.npy")

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(self.of(range(len(self))[index]))
        return next(self.of([range(len(self))[index]]))

    def of(self, indices: Sequence[int] | Int[np.ndarray, "some"]) -> Iterator[str]:
        """These texts, one by one."""
        for i in indices:
            start = int(self._ends[i - 1]) if i else 0
            yield self._content[start : int(self._ends[i])].tobytes().decode()


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Each text's tokens as numbers, cut at the end or padded with 0, and how many there are before that."""

    tokens: Tokens
    numbers: Integer[np.ndarray, "texts length"]
    lengths: Int[np.ndarray, "texts"]


def keep_texts(texts: Sequence[str], fingerprint: str) -> RawTexts:
    """The texts in the cache, from which any process reads them."""
    folder = data_home() / "texts" / f"{fingerprint[:24]}-rule{RULE_VERSION}"

    def fill(part: Path) -> None:
        content = [text.encode() for text in texts]
        np.save(part / "ends.npy", np.cumsum([len(text) for text in content], dtype=np.int64))
        np.save(part / "texts.npy", np.frombuffer(b"".join(content), np.uint8))

    if not (folder / "texts.npy").exists():
        make_folder(folder, "texts.npy", fill)
    return RawTexts(folder)


def encode_once(
    texts: RawTexts, learned: Callable[[], tuple[Tokens, int]], told: ProgressCallback | None, *learned_from: object
) -> Path:
    """The folder where these texts stand as numbers; if it is not there, `learned()` gives tokens and length for it.

    `learned_from` is all that these two are a function of beside the texts.
    """
    key = sha256(json.dumps(learned_from).encode()).hexdigest()[:16]
    folder = texts.folder.with_name(f"{texts.folder.name}-{key}")

    def fill(part: Path) -> None:
        tokens, length = learned()
        shape = (len(texts), length)
        numbers = open_memmap(part / NUMBERS, mode="w+", dtype=smallest_type(tokens.size), shape=shape)
        np.save(part / LENGTHS, encode_into(numbers, texts, tokens, told))
        numbers.flush()
        (part / TOKENS).write_text(json.dumps({"kind": tokens.kind, "tokenizer": tokens.tokenizer}))

    if not (folder / NUMBERS).exists():
        make_folder(folder, NUMBERS, fill)
    return folder


def read_encoded(folder: Path) -> Encoded:
    """What encode_once left."""
    tokens = tokens_from(json.loads((folder / TOKENS).read_text()))
    numbers = np.load(folder / NUMBERS, mmap_mode="r")
    return Encoded(tokens=tokens, numbers=numbers, lengths=np.load(folder / LENGTHS))


def encode_into(
    numbers: Integer[np.ndarray, "texts length"], texts: RawTexts, tokens: Tokens, told: ProgressCallback | None
) -> Int[np.ndarray, "texts"]:
    """Write the numbers of each text's tokens; gives how many each text has before it is cut."""
    total, length = numbers.shape
    lengths = np.zeros(total, np.int64)
    for i, found in enumerate(tokens.numbers(texts.of(range(total)))):
        lengths[i] = len(found)
        numbers[i, : len(found)] = found[:length]
        if told is not None and (i + 1) % 100 == 0:
            told(i + 1, total)
    return lengths


def smallest_type(size: int) -> type[np.unsignedinteger] | type[np.signedinteger]:
    """The smallest type of whole numbers that holds those below `size`."""
    return np.uint8 if size <= 2**8 else np.uint16 if size <= 2**16 else np.int32


def tokens_from(form: dict[str, Any]) -> Tokens:
    """The tokens that JSON tells of: `kind` and `tokenizer`."""
    tokenizer = form["tokenizer"]
    return Tokens(
        kind=kind_called(form["kind"]), tokenizer=tokenizer if isinstance(tokenizer, str) else tuple(tokenizer)
    )
