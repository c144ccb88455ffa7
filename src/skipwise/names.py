"""Names as people write them: made comparable where they are read, and safe where they are shown."""

import os
import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that no reader sees, but not the joiners that Persian and emoji need."""
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, which could steer a terminal, line separators, and halves of surrogate pairs."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a pair, which no encoding has: Python's stand-in for a byte that is not UTF-8."""
ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")


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


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
