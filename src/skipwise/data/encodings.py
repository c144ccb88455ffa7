"""Bytes of files turned into text: encodings other than UTF-8 are found."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from skipwise.errors import UserError
from skipwise.regular_files import open_regular

MARKS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
"""Byte order marks, the longer ones before those that they begin with."""
LEGACY = {
    "cp1252": "windows-1252",
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp932": "Shift JIS",
    "euc_jp": "EUC-JP",
    "euc_kr": "EUC-KR",
    "cp1251": "windows-1251",
    "koi8_r": "KOI8-R",
    "cp1250": "windows-1250",
    "cp1254": "windows-1254",
    "cp1253": "windows-1253",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp874": "windows-874",
}
"""Encodings of old files that are looked for, of equally likely ones the first, and what people call them."""
NAMES = LEGACY | {"utf_8_sig": "UTF-8", "utf_16": "UTF-16", "utf_32": "UTF-32", "latin_1": "ISO 8859-1"}
TIE = 0.02
"""Two encodings whose measures of disorder differ by no more are equally likely."""
COHERENT = 0.8
"""Of equally likely ones, those whose letters are as common in a language as this fraction of the best one's."""
EVIDENCE = 64 * 1024
"""Bytes of lines that are not ASCII, from which an encoding is found."""
ENOUGH = 32
"""Bytes beyond ASCII from which a file's own encoding can be told; with fewer, files like it decide."""
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([A-Za-z0-9_.:-]+)""")
"""The name of an encoding in the head of a mail or page."""
HEAD = 4096
MIXED = re.compile(r"[A-Za-z][\u0370-\u06ff\u0e00-\u0e7f]|[\u0370-\u06ff\u0e00-\u0e7f][A-Za-z]")
"""A Latin letter beside one of an alphabet that is another: Greek, Cyrillic, Hebrew, Arabic, Thai."""
MOST_MIXED = 0.2
"""Of the characters beyond ASCII."""
CONTROL = bytes(range(1, 8)) + bytes(range(14, 27)) + b"\x7f"
"""Control characters that texts do not hold; ESC belongs to encodings of Japanese."""
MOST_CONTROL = 0.05
BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A file's text and its encoding, or None and the reason."""

    text: str | None
    encoding: str = "utf_8_sig"
    reason: str = ""


def decode(content: bytes) -> Decoded:
    """Return the text of one file alone."""
    return decode_all([content])[0]


def decode_all(contents: Iterable[bytes]) -> list[Decoded]:
    """Return the text of each file, by its byte order mark, as UTF-8, as it declares itself, or as it seems to be.

    Files with few bytes beyond ASCII are read as most others of them are, where that is possible.
    """
    found: list[Decoded | _Legacy] = [_plainly(content) for content in contents]
    votes = Counter[str]()
    for one in found:
        if isinstance(one, _Legacy) and one.likely:
            votes[one.likely[0]] += one.weight
    return [one.decoded(votes) if isinstance(one, _Legacy) else one for one in found]


def encoding_of_file(path: Path) -> str:
    """Return the encoding of a large file, of which no more than a block is held.

    Raises OSError, and UserError naming the line where it is none, or holds a NUL byte.
    """
    with open_regular(path) as file:
        marked = _marked(file.read(4))
        name = marked or "utf_8"
        broken = _first_broken(path, file, name)
        if broken is None:
            return name
        if marked is not None or _mostly_utf8(file):
            raise UserError(
                f"{path}, line {broken} is not {NAMES.get(name, 'UTF-8')}, as the lines around it are: save the file as UTF-8."
            )
        file.seek(0)
        likely = _likely(_evidence(file))
        for guess in likely:
            if _first_broken(path, file, guess) is None:
                return guess
    raise UserError(f"{path}, line {broken} is not UTF-8, nor any other known encoding: save the file as UTF-8.")


def notes_on_encodings(files: Iterable[tuple[str, str]], unit: str = "file") -> list[str]:
    """Return a note for each encoding but UTF-8, given the name and encoding of each file."""
    names: dict[str, list[str]] = {}
    for name, encoding in files:
        if encoding not in ("utf_8", "utf_8_sig"):
            names.setdefault(NAMES.get(encoding, encoding), []).append(name)
    return [
        f"read as {encoding}, not UTF-8: {some[0]}"
        if len(some) == 1
        else f"read as {encoding}, not UTF-8: {len(some)} {unit}s, the first {some[0]}"
        for encoding, some in names.items()
    ]


@dataclass(frozen=True, kw_only=True)
class _Legacy:
    """A file that is not UTF-8, and which encodings it may be in, the likeliest first."""

    content: bytes
    declared: str | None

    @cached_property
    def evidence(self) -> bytes:
        return _evidence(self.content.splitlines(keepends=True))

    @cached_property
    def weight(self) -> int:
        return len(self.evidence.translate(None, bytes(range(128))))

    @cached_property
    def likely(self) -> list[str]:
        return [self.declared] if self.declared else _likely(self.evidence)

    def decoded(self, votes: Mapping[str, int]) -> Decoded:
        """Return its text; `votes` says how many bytes of files like it are in each encoding."""
        order = self.likely
        if self.weight < ENOUGH:
            order = sorted(order, key=lambda name: -votes.get(name, 0))
        for name in (*order, "latin_1"):
            try:
                return Decoded(text=self.content.decode(name), encoding=name)
            except UnicodeDecodeError:
                continue
        raise AssertionError("every byte is a character of ISO 8859-1")


def _plainly(content: bytes) -> Decoded | _Legacy:
    marked = _marked(content)
    try:
        text = content.decode(marked or "utf_8")
    except UnicodeDecodeError as error:
        if marked is not None:
            return Decoded(text=None, reason=f"it is not {NAMES[marked]}: byte {error.start + 1}")
    else:
        if "\0" not in text:
            return Decoded(text=text, encoding=marked or "utf_8")
    if b"\0" in content:
        return Decoded(text=None, reason="it holds NUL bytes, so it is no text")
    if len(content) - len(content.translate(None, CONTROL)) > MOST_CONTROL * len(content):
        return Decoded(text=None, reason="it holds control characters, so it is no text")
    return _Legacy(content=content, declared=_declared(content))


def _marked(content: bytes) -> str | None:
    return next((name for mark, name in MARKS if content.startswith(mark)), None)


def _declared(content: bytes) -> str | None:
    """Return the encoding that a mail or page says it is in, where that can be so."""
    for found in DECLARED.finditer(content[:HEAD]):
        try:
            name = codecs.lookup(found[1].decode()).name
            content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
        return "cp1252" if name == "iso8859-1" and _decodes(content, "cp1252") else name.replace("-", "_")
    return None


def _decodes(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _likely(evidence: bytes) -> list[str]:
    """Return the encodings that these bytes may be in: first those as likely as the best, the commonest before."""
    from charset_normalizer import from_bytes

    found = {
        name: (match.chaos, match.coherence)
        for match in from_bytes(evidence, cp_isolation=[*LEGACY])
        for name in match.could_be_from_charset
        if name in LEGACY and not _mixed(evidence, name)
    }
    least = min((chaos for chaos, _ in found.values()), default=0.0)
    near = {name: coherence for name, (chaos, coherence) in found.items() if chaos <= least + TIE}
    most = max(near.values(), default=0.0)
    best = {name for name, coherence in near.items() if coherence >= COHERENT * most}
    return sorted((name for name in LEGACY if name in found), key=lambda name: (name not in best, name not in near))


def _mixed(content: bytes, name: str) -> bool:
    """Return whether letters of two alphabets stand side by side in words, which no language does."""
    text = content.decode(name, "ignore")
    return len(MIXED.findall(text)) > MOST_MIXED * sum(not letter.isascii() for letter in text)


def _evidence(lines: Iterable[bytes]) -> bytes:
    """Return lines that are not ASCII, so many that an encoding can be told."""
    kept, size = [], 0
    for line in lines:
        if not line.isascii():
            kept.append(line[:EVIDENCE])
            size += len(line)
            if size >= EVIDENCE:
                break
    return b"".join(kept)


def _first_broken(path: Path, file: BinaryIO, name: str) -> int | None:
    """Return the number of the first line that is not of this encoding, or holds a NUL; None where there is none."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(name)()
    lines = 1
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            whole = error.object[: error.start].decode(name, "replace") if name not in ("utf_16", "utf_32") else ""
            return lines + whole.count("\n")
        if "\0" in text:
            nul = lines + text[: text.index("\0")].count("\n")
            raise UserError(
                f"{path}, line {nul} holds a NUL byte, which no text does: remove it, or save the file as UTF-8."
            )
        if not block:
            return None
        lines += text.count("\n")


def _mostly_utf8(file: BinaryIO) -> bool:
    """Return whether most lines beyond ASCII are UTF-8, so that the others are damaged."""
    file.seek(0)
    valid = broken = 0
    for line in file:
        if not line.isascii():
            fine = _decodes(line, "utf_8")
            valid += fine
            broken += not fine
            if valid + broken == 10_000:
                break
    return valid > broken
