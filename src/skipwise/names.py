"""Names as people write them: made comparable where they are read, and safe where they are shown."""

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters that no reader sees, but not the joiners that Persian and emoji need."""
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, which could steer a terminal, line separators, and halves of surrogate pairs."""


def tidy(name: str) -> str:
    """Return the name of a class with composed characters (NFC), without invisible ones and spaces around it.

    Bytes of a file's name that are not UTF-8 become `\\xe9`, so that it can be written anywhere.
    """
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if _broken(name) else name
    return INVISIBLE.sub("", unicodedata.normalize("NFC", readable)).strip()


def shown(name: str) -> str:
    """Return a name as a terminal, a page or JSON may show it: control characters and lone surrogates are escaped."""
    return UNSAFE.sub(lambda found: _escaped(found[0]), name)


def as_cell(value: str | float) -> str | float:
    """Return a value as a cell of a table: an apostrophe stands before a text that spreadsheets take for a formula."""
    if not isinstance(value, str):
        return value
    safe = shown(value)
    return f"'{safe}" if safe.lstrip()[:1] in ("=", "+", "-", "@") and safe.strip() else safe


def _broken(name: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in name)


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
