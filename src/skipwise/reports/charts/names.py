"""Names in charts: whatever a class or a contender is called, vega draws it and takes it for no word of its own."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from skipwise.names import INVISIBLE, cut, graphemes, shown

KEYS_OF_OBJECTS = frozenset(
    (
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    )
)
"""Names that every object of JavaScript has: vega would find functions where it looks for a class."""
WORD_JOINER = "\u2060"
"""Has no width: behind a name it makes another key of it."""
NAMED_BY = ("datasets", "values", "domain", "sort")
"""Parts of a chart's specification whose texts are names."""
TITLED_BY = ("title", "text")
"""Parts whose text may be the name of a contender."""
LABEL_LIMIT, LETTER, WIDE = 160, 6.5, 14.0
"""Vega's own limit for labels, and the widths of a letter and of a wide character, in px."""


def drawable(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a chart's specification with names that can be drawn, different ones for different names.

    Names of letters alone stay as they are, and vega cuts those that are too long. It would cut others in the middle of
    a character, so that all names of such a chart are cut here.
    """
    names = sorted(set(_names(spec)))
    must_be_cut = any(len(grapheme) > 1 or ord(grapheme) > 0xFFFF for name in names for grapheme in graphemes(name))
    limit = min(_limits(spec), default=LABEL_LIMIT) if must_be_cut else None
    told_apart: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=_is_odd):
        drawn = _drawn(name, limit)
        seen, number = INVISIBLE.sub("", drawn), 1
        while seen in taken:
            number += 1
            seen = INVISIBLE.sub("", f"{drawn} ({number})")
        taken.add(seen)
        told_apart[name] = drawn if number == 1 else f"{drawn} ({number})"
    replaced: dict[str, Any] = _replaced(spec, told_apart, cut_here=must_be_cut)
    if must_be_cut:
        config = replaced.setdefault("config", {})
        for part in ("axis", "legend"):
            config.setdefault(part, {})["labelLimit"] = 0
    return replaced


def _drawn(name: str, limit: float | None) -> str:
    text = shown(name)
    if limit is not None:
        widths = [WIDE if unicodedata.east_asian_width(one[0]) in "WF" else LETTER for one in graphemes(text)]
        while sum(widths) > limit:
            widths = widths[:-1]
        text = cut(text, max(len(widths), 4))
    return _no_key(text)


def _no_key(text: str) -> str:
    return text + WORD_JOINER if text in KEYS_OF_OBJECTS else text


def _is_odd(name: str) -> bool:
    """Whether a name is changed: the others keep theirs."""
    return shown(name) != name or INVISIBLE.search(name) is not None


def _names(part: Any, *, inside: bool = False) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _names(value, inside=inside or key in NAMED_BY)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _names(value, inside=inside)
    elif isinstance(part, str) and inside:
        yield part


def _limits(part: Any) -> Iterable[float]:
    if isinstance(part, dict):
        if isinstance(limit := part.get("labelLimit"), int | float) and limit > 0:
            yield limit
        for value in part.values():
            yield from _limits(value)
    elif isinstance(part, list):
        for value in part:
            yield from _limits(value)


def _replaced(part: Any, names: dict[str, str], *, cut_here: bool) -> Any:
    if isinstance(part, dict):
        whole = {
            key: 0 if key == "labelLimit" and cut_here else _replaced(value, names, cut_here=cut_here)
            for key, value in part.items()
        }
        return whole | {key: _no_key(text) for key in TITLED_BY if isinstance(text := whole.get(key), str)}
    if isinstance(part, list | tuple):
        return [_replaced(value, names, cut_here=cut_here) for value in part]
    return names.get(part, shown(part)) if isinstance(part, str) else part
