"""Names as people write them: made comparable where they are read, and safe where they are shown."""

import os
import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that no reader sees, but not the joiners that Persian and emoji need."""
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Control characters, which could steer a terminal, line separators, halves of surrogate pairs, and what is none."""
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a pair, which no encoding has: Python's stand-in for a byte that is not UTF-8."""
ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")
"""A byte as `writable` writes it."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
JOINER = "\u200d"
"""Makes one character of those before and behind it, as in the emoji of families."""
FLAGS = range(0x1F1E6, 0x1F200)
"""Letters of which two make a flag."""
SKIN_TONES = range(0x1F3FB, 0x1F400)


def tidy(name: str) -> str:
    """Return the name of a class with composed characters (NFC), without invisible ones and spaces around it.

    Bytes of a file's name that are not UTF-8 become `\\xe9`, so that it can be written anywhere.
    """
    return INVISIBLE.sub("", unicodedata.normalize("NFC", writable(name))).strip()


def writable(text: str) -> str:
    """Return a text as UTF-8 can hold it: a byte of a file's name that is not UTF-8 becomes `\\xe9`."""
    return SURROGATE.sub(lambda found: _escaped(found[0]), text)


def path_of(text: str) -> str:
    """Return the path that a text means: itself, or what `writable` made that text of where only that exists."""
    raw = ESCAPED.sub(lambda found: chr(0xDC00 + int(found[1], 16)), text)
    return raw if raw != text and not os.path.lexists(text) and os.path.lexists(raw) else text


def shown(name: str) -> str:
    """Return a name as a terminal, a page or JSON may show it: control characters and lone surrogates are escaped."""
    return UNSAFE.sub(lambda found: _escaped(found[0]), name)


def shown_text(text: str) -> str:
    """Return a text of several lines as `shown` returns a name; its lines and tabs stay."""
    return UNSAFE.sub(lambda found: found[0] if found[0] in "\n\t\r" else _escaped(found[0]), text)


def cell(value: object) -> object:
    """Return a value for a CSV file, names as other outputs show them; before a text that a spreadsheet would take for
    a formula stands `'`.
    """
    if not isinstance(value, str):
        return value
    text = shown(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) and not NUMBER.fullmatch(text) else text


def graphemes(text: str) -> list[str]:
    """Return the characters as a reader counts them, in which an emoji of several parts is one."""
    found: list[str] = []
    for letter in text:
        last = found[-1] if found else ""
        second_of_flag = len(last) == 1 and ord(letter) in FLAGS and ord(last) in FLAGS
        belongs = unicodedata.category(letter) in ("Mn", "Me", "Mc") or letter == JOINER or ord(letter) in SKIN_TONES
        if last and (belongs or second_of_flag or last[-1] == JOINER):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def cut(text: str, most: int, *, end: int = 0) -> str:
    """Return a text of at most so many characters as a reader counts them; of a longer one the last `end` are kept."""
    parts = graphemes(text)
    if len(parts) <= most:
        return text
    return "".join([*parts[: max(1, most - 3 - end)], "...", *parts[len(parts) - end :]])


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
