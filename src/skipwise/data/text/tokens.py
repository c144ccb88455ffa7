"""From a text to the numbers of its tokens: characters, bytes, words or subwords."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Int

from skipwise.errors import unknown
from skipwise.extras import load_optional

Kind = Literal["characters", "bytes", "words", "subwords"]
KINDS: tuple[Kind, ...] = get_args(Kind)

PADDING, UNKNOWN = 0, 1
"""Of characters and words; bytes and subwords know every text."""
ALPHABET = " abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/|_#$%^&*~`+=<>()[]{}"
"""Of characters: with padding and the unknown one there are 69 (Conneau et al. 2017, arXiv 1606.01781, section 4.1)."""
NUL = 255
"""The number of the byte 0, whose own is the padding's: no UTF-8 holds a byte 255."""
WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")  # noqa: RUF001
MOST_WORDS = 20_000
"""The commonest ones: they cover some 97 % of what is written in reviews, and rarer ones hardly learn an embedding."""
LEAST_COUNT = 2
"""A word that training texts hold once cannot be told from a slip of the pen."""
MOST_SUBWORDS = 8_000
"""Enough that common words are whole; a rare word is a few pieces (Sennrich et al. 2016, arXiv 1508.07909)."""
LONGEST_WORD = 20
"""Letters a word in a text: above it spaces do not part words, as in Chinese, Japanese or Thai."""
FEWEST_WORDS = 2
"""Words of most texts: below it texts are single words, as names, which would mostly be unknown."""
MOST_REMEMBERED = 200_000
"""Stretches between spaces whose words are kept in memory: all common ones, which most of a text consists of."""
AT_ONCE = 1_000
"""Texts that are handed to the tokenizers library at a time."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """A tokenizer. `tokenizer` is the list of known words, or the subwords' merges in the JSON of the
    tokenizers library; characters and bytes need none.

    Numbers are from 1 to below `size`; 0 is left for padding.
    """

    kind: Kind
    tokenizer: str | tuple[str, ...] = ""

    @classmethod
    def of_text(cls, kind: str, text: str) -> "Tokens":
        """The list of known words that `text` holds."""
        kind = kind_called(kind)
        return cls(kind=kind, tokenizer=tuple(text.split(" ")) if kind == "words" else text)

    @property
    def text(self) -> str:
        """The tokenizer in a line; words hold no space."""
        return self.tokenizer if isinstance(self.tokenizer, str) else " ".join(self.tokenizer)

    @property
    def size(self) -> int:
        """How many numbers there are, that of padding included."""
        match self.kind:
            case "characters":
                return len(ALPHABET) + 2
            case "bytes":
                return 256
            case "words":
                return len(self.tokenizer) + 2
            case "subwords":
                return int(self._subwords.get_vocab_size()) + 1

    def numbers(self, texts: Iterable[str]) -> Iterator[Int[np.ndarray, "tokens"]]:
        """The numbers of each text's tokens."""
        match self.kind:
            case "characters":
                return map(_characters, texts)
            case "bytes":
                return map(_bytes, texts)
            case "words":
                known = _Chunks(self._known)
                joined = (b"".join(map(known.__getitem__, text.lower().split())) for text in texts)
                return (np.frombuffer(found, np.int32) for found in joined)
            case "subwords":
                return self._pieces(texts)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """From and to which character of the text each of its tokens stands."""
        match self.kind:
            case "words":
                own = _own_places(text)
                return [(own[found.start()], own[found.end() - 1] + 1) for found in WORD.finditer(text.lower())]
            case "subwords":
                return [(start, end) for start, end in self._subwords.encode(text).offsets]
            case "bytes":
                return [(place, place + 1) for place, letter in enumerate(text) for _ in letter.encode()]
            case "characters":
                return [(place, place + 1) for place in _own_places(text)]

    @cached_property
    def _known(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.tokenizer, start=UNKNOWN + 1)}

    @cached_property
    def _subwords(self) -> Any:
        return _library().Tokenizer.from_str(self.text)

    def _pieces(self, texts: Iterable[str]) -> Iterator[Int[np.ndarray, "tokens"]]:
        left = iter(texts)
        while some := list(islice(left, AT_ONCE)):
            for encoding in self._subwords.encode_batch_fast(some):
                yield np.array(encoding.ids, np.int64) + 1


class _Chunks(dict[str, bytes]):
    """The numbers of the words of a stretch between spaces, as bytes of an array, found once for the common ones."""

    def __init__(self, known: Mapping[str, int]) -> None:
        super().__init__()
        self._number_of = known

    def __missing__(self, chunk: str) -> bytes:
        found = np.array([self._number_of.get(word, UNKNOWN) for word in WORD.findall(chunk)], np.int32).tobytes()
        if len(self) < MOST_REMEMBERED:
            self[chunk] = found
        return found


def learn(kind: Kind, texts: Iterable[str], most: int | None = None) -> Tokens:
    """The tokens of this kind that these texts, which are for training alone, suggest.

    `most` is the size that they must not pass, where a network has it already. Raises UserError where the library for
    subwords is missing.
    """
    match kind:
        case "words":
            return Tokens(kind=kind, tokenizer=_commonest(texts, min(MOST_WORDS, (most or MOST_WORDS + 2) - 2)))
        case "subwords":
            return Tokens(kind=kind, tokenizer=_merges(texts, min(MOST_SUBWORDS, (most or MOST_SUBWORDS + 1) - 1)))
        case _:
            return Tokens(kind=kind)


def kind_called(name: str) -> Kind:
    """The kind of tokens of this name. Raises UserError for an unknown one."""
    known: dict[str, Kind] = {kind: kind for kind in KINDS}
    if name not in known:
        raise unknown("kind of tokens", name, known)
    return known[name]


def are_spaced(texts: Sequence[str]) -> bool:
    """Whether spaces part most of these texts into words, several a text."""
    counts = ((len(text), len(text.split())) for text in texts)
    parted = sum(words >= FEWEST_WORDS and letters <= LONGEST_WORD * words for letters, words in counts)
    return 2 * parted > len(texts)


def words_of(text: str) -> list[str]:
    """Its words and marks, in lower case."""
    return WORD.findall(text.lower())


def _own_places(text: str) -> list[int]:
    """Of each character in lower case, where it stands in the text itself: a few become two."""
    return [place for place, letter in enumerate(text) for _ in letter.lower()]


def _commonest(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The commonest words, of equally common ones the first in the alphabet."""
    counts, chunks = Counter[str](), Counter[str]()

    def count() -> None:
        for chunk, times in chunks.items():
            for word in WORD.findall(chunk):
                counts[word] += times
        chunks.clear()

    for text in texts:
        chunks.update(text.lower().split())  # no word goes on over white space
        if len(chunks) > MOST_REMEMBERED:
            count()
    count()
    common = [(-count, word) for word, count in counts.items() if count >= LEAST_COUNT]
    return tuple(word for _, word in sorted(common)[:most])


def _library() -> ModuleType:
    return load_optional("tokenizers", "Cutting texts into subwords", "take --tokens words")


def _merges(texts: Iterable[str], most: int) -> str:
    """Byte-pair encoding of lower-cased texts: every byte is a piece, so that no text has an unknown one."""
    library = _library()
    tokenizer = library.Tokenizer(library.models.BPE())
    tokenizer.normalizer = library.normalizers.Sequence([library.normalizers.NFC(), library.normalizers.Lowercase()])
    tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = library.trainers.BpeTrainer(
        vocab_size=most,
        min_frequency=LEAST_COUNT,
        initial_alphabet=sorted(library.pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return str(tokenizer.to_str())


def _table() -> Int[np.ndarray, "codes"]:
    """The number of each character up to 127; white space is a space, and 128 stands for all others."""
    table = np.full(129, UNKNOWN, np.int64)
    for number, character in enumerate(ALPHABET, start=UNKNOWN + 1):
        table[ord(character)] = number
    table[[ord(white) for white in "\t\n\v\f\r"]] = table[ord(" ")]
    return table


_CHARACTERS = _table()


def _characters(text: str) -> Int[np.ndarray, "tokens"]:
    codes = np.frombuffer(text.lower().encode("utf-32-le"), np.uint32)
    numbers: Int[np.ndarray, tokens] = _CHARACTERS[np.minimum(codes, 128)]
    return numbers


def _bytes(text: str) -> Int[np.ndarray, "tokens"]:
    numbers = np.frombuffer(text.encode(), np.uint8).astype(np.int64)
    numbers[numbers == 0] = NUL
    return numbers
