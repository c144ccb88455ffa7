"""As much of YAML as the description of a YOLO data set needs: names with a text, a list or numbered texts."""

import re
from collections.abc import Collection, Iterator

from skipwise.errors import UserError

Value = str | list[str]
Line = tuple[int, str]
ENTRY = re.compile(r"""^(["']?)([^"':]+?)\1\s*:(?:\s+|$)(.*)$""")
NUMBERED = re.compile(r"""^(["']?)([^"'\s:]+)\1\s*:(?:\s+|$)(.*)$""")
ITEM = re.compile(r"""(?:(?<!\w)"[^"]*"|(?<!\w)'[^']*'|[^,])+""")
QUOTED = re.compile(r"""(?<!\w)("[^"]*"|'[^']*')""")
COMMENT = re.compile(QUOTED.pattern + r"|(?:^|\s)#.*$")


def read_small_yaml(text: str, file: str, wanted: Collection[str]) -> dict[str, Value]:
    """What the `wanted` names at the top hold. All that stands below other names is passed over unread.

    Numbered texts become a list. Raises UserError naming a line that is no entry, and for numbers that are not 0, 1, 2
    and so on, each once.
    """
    found: dict[str, Value] = {}
    for (number, line), below in _entries(text, file):
        match = ENTRY.match(line)
        if match is None:
            raise UserError(f"{file}, line {number}: {line.strip()[:40]!r} is no `name: value` and no `- value`.")
        _, key, value = match.groups()
        if key not in wanted:
            continue
        if key in found:
            raise UserError(f"{file}, line {number}: {key} stands there twice: keep one.")
        found[key] = _value(key, value.strip(), below, f"{file}, line {number}")
    return found


def _entries(text: str, file: str) -> Iterator[tuple[Line, list[Line]]]:
    """Each line at the top without its comment, with the lines below it; brackets take in lines until they close."""
    entry: Line | None = None
    below: list[Line] = []
    for number, written in enumerate(text.splitlines(), start=1):
        line = COMMENT.sub(lambda found: found[1] or "", written).rstrip()
        if not line or line in ("---", "...") or line.startswith("%"):
            continue
        if entry is not None and _open(entry[1]):
            entry = (entry[0], f"{entry[1]} {line.strip()}")
        elif line[0].isspace() or re.match(r"-(\s|$)", line):
            if entry is None:
                raise UserError(
                    f"{file}, line {number}: {line.strip()[:40]!r} stands below no name: begin with `name:`."
                )
            below.append((number, line.strip()))
        else:
            if entry is not None:
                yield entry, below
            entry, below = (number, line), []
    if entry is not None:
        yield entry, below


def _open(line: str) -> bool:
    """Whether the line's value begins with a bracket that is not closed."""
    value = line.partition(":")[2].strip()
    bare = QUOTED.sub("", value)
    return value[:1] in ("[", "{") and sum(map(bare.count, "[{")) > sum(map(bare.count, "]}"))


def _value(key: str, text: str, below: list[Line], where: str) -> Value:
    """A text, or what stands in brackets or below."""
    if text[:1] in ("[", "{"):
        if text[-1] != {"[": "]", "{": "}"}[text[0]]:
            raise UserError(f"{where}: the bracket of {key} is never closed.")
        items = [item.strip() for item in ITEM.findall(text[1:-1]) if item.strip()]
        return [_plain(item) for item in items] if text[0] == "[" else _in_order(key, items, where)
    lines = [line for _, line in below]
    if text and lines:
        raise UserError(f"{where}: {key} goes on below its line: write it on one line, or as a list.")
    if not lines:
        return _plain(text)
    dashed = [re.match(r"-(\s|$)", line) is not None for line in lines]
    if all(dashed):
        return [_plain(line[1:]) for line in lines]
    if any(dashed):
        raise UserError(f"{where}: {key} holds both `- value` and `name: value`: write it in one of the two ways.")
    return _in_order(key, lines, where)


def _in_order(key: str, items: list[str], where: str) -> list[str]:
    """Texts that are numbered from 0, in the order of their numbers, whatever order they stand in."""
    texts: dict[int, str] = {}
    for item in items:
        match = NUMBERED.match(item)
        if match is None or not (match[2].isascii() and match[2].isdigit()):
            raise UserError(f"{where}: below {key} stands {item[:40]!r}, and must be numbered as in `0: cat`.")
        number = int(match[2])
        if number in texts:
            raise UserError(f"{where}: the number {number} of {key} stands there twice: give each a number of its own.")
        texts[number] = _plain(match[3])
    missing = next((number for number in range(len(texts)) if number not in texts), None)
    if missing is not None:
        raise UserError(f"{where}: {key} has no number {missing}: number them from 0 to {len(texts) - 1}.")
    return [texts[number] for number in range(len(texts))]


def _plain(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'" else stripped
