"""Texts kept once as they are, and once as the numbers of their tokens, in files that every process maps into
memory.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from jaxtyping import Int, Integer
from numpy.lib.format import open_memmap

from skipwise.data.array_checks import BYTES, DAMAGED, WHOLE, Expected, check_arrays, check_ends
from skipwise.data.cache_home import data_home, keep_folder
from skipwise.data.options import ProgressCallback
from skipwise.data.stored import mapped
from skipwise.data.strings import Strings
from skipwise.data.text.tokens import Tokens, kind_called
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_text

RULE_VERSION = 1
"""Of how texts are kept and cut: another one makes every cache anew."""
NUMBERS, LENGTHS, TOKENS = "numbers.npy", "lengths.npy", "tokens.json"


class RawTexts(Strings):
    """Texts as they were read, kept in a folder of the cache; each is decoded when it is asked for."""

    def __init__(self, folder: Path) -> None:
        try:
            arrays = {"texts": mapped(folder / "texts.npy"), "ends": mapped(folder / "ends.npy")}
            check_arrays(arrays, {"texts": Expected(BYTES, ("bytes",)), "ends": Expected(WHOLE, ("texts",))})
            check_ends("ends", arrays["ends"], len(arrays["texts"]))
        except DAMAGED as error:
            raise UserError(
                f"{folder} in the cache is damaged ({reason_of(error)}): delete it, and begin again."
            ) from error
        super().__init__(arrays["texts"], arrays["ends"])
        self.folder = folder


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
        packed = texts if isinstance(texts, Strings) else Strings.pack(texts)
        np.save(part / "ends.npy", packed.ends)
        np.save(part / "texts.npy", packed.content)

    return RawTexts(keep_folder(folder, fill))


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

    return keep_folder(folder, fill)


def read_encoded(folder: Path) -> Encoded:
    """Open what encode_once left."""
    try:
        tokens = tokens_from(json.loads(read_text(folder / TOKENS)))
        arrays = {"numbers": mapped(folder / NUMBERS), "lengths": mapped(folder / LENGTHS)}
        check_arrays(arrays, {"numbers": Expected(WHOLE, ("texts", "length")), "lengths": Expected(WHOLE, ("texts",))})
    except DAMAGED as error:
        raise UserError(
            f"{folder} in the cache is damaged ({reason_of(error)}): delete it, and begin again."
        ) from error
    return Encoded(tokens=tokens, **arrays)


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


def tokens_from(stored: Mapping[str, str | list[str]]) -> Tokens:
    """Return the tokens that JSON tells of: `kind` and `tokenizer`."""
    kind, tokenizer = stored["kind"], stored["tokenizer"]
    return Tokens(kind=kind_called(str(kind)), tokenizer=tokenizer if isinstance(tokenizer, str) else tuple(tokenizer))
