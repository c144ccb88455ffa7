"""As much of YAML as the description of a YOLO data set needs: names with a text, a list or numbered texts."""

import re

from skipwise.errors import UserError

Value = str | list[str]
ENTRY = re.compile(r"""^(\s*)(?:(-)\s+|(["']?)([\w.-]+)\3\s*:(?:\s+|$))(.*)$""")
ITEM = re.compile(r"""(?:[^,"']|"[^"]*"|'[^']*')+""")


def read_small_yaml(text: str, file: str) -> dict[str, Value]:
    """The top-level names and what they hold; deeper structures than lists are passed over.

    Raises UserError naming a line that is neither a name, nor part of a list.
    """
    found: dict[str, Value] = {}
    name = ""
    for number, line in _lines(text):
        match = ENTRY.match(line)
        if match is None:
            raise UserError(f"{file}, line {number}: {line.strip()[:40]!r} is no `name: value` and no `- value`.")
        indent, dash, _, key, value = match.groups()
        if not indent and not dash:
            name = key
            found[name] = _value(value)
        elif name:
            below = found[name]
            found[name] = [*(below if isinstance(below, list) else []), _plain(value)]
    return found


def _lines(text: str) -> list[tuple[int, str]]:
    """Numbered lines without comments and empty ones; brackets that stay open take in the lines that follow."""
    lines: list[tuple[int, str]] = []
    for number, written in enumerate(text.splitlines(), start=1):
        line = re.sub(r"(^|\s)#.*$", "", written).rstrip()
        if not line.strip() or line.strip() in ("---", "..."):
            continue
        if lines and _open(lines[-1][1]):
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line.strip()}")
        else:
            lines.append((number, line))
    return lines


def _open(line: str) -> bool:
    return line.count("[") > line.count("]") or line.count("{") > line.count("}")


def _value(text: str) -> Value:
    """A text, or what stands in brackets; of numbered texts {0: a, 1: b} the texts in the order of the numbers."""
    inner = text.strip()
    if inner[:1] + inner[-1:] not in ("[]", "{}"):
        return _plain(inner)
    items = [item.strip() for item in ITEM.findall(inner[1:-1])]
    if inner[0] == "{":
        items = [item.split(":", 1)[-1] for item in items]
    return [_plain(item) for item in items if item]


def _plain(text: str) -> str:
    stripped = text.strip()
    return stripped[1:-1] if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'" else stripped
