"""Mutations of valid content: of bytes at any place, and of values in a tree as JSON holds them."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

RAW = {
    "@too large": "1e999",
    "@not a number": "NaN",
    "@minus infinity": "-Infinity",
    "@many digits": "9" * 5_000,
    "@small": "1e-999",
    "@deep": "[" * 50_000 + "]" * 50_000,
    "@deep object": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "@nothing": "",
    "@word": "undefined",
    "@twice": '1, "id": 2, "label": "x", "text": "x"',
}
"""Values that stand in a file of JSON in the place of these texts."""
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 0.5, -0.5, 1e-9, 1e30, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63), 10**40, 1e308, 5e-324,
    "", " ", "0", "1", "-1", "1.0", "1e999", "nan", "NaN", "inf", "None", "null", "True", "false", "0x10", "1_000", "\u0661", "½",
    "a", "é", "e\u0301", "\0", "\n", "a\nb", "\r", "\t", "\x1b[31mred", "\u202eabc", "\u200b", "\ud800", "\U0001f600", "\ufeff",
    "x" * 2_000, "x y", "../../secret.txt", "../secret.txt", "/etc/passwd", "C:\\a\\b.png", "file:///etc/passwd", "a/../b", ".",
    "..", "/", "~", "constructor", "__proto__", "=1+1", "<script>", "&lt;", "%s", "{0}", "canary.Canary", "canary.task",
    "os.system", "builtins.exit", "this.s", "torch.load", [], {}, [[]], [None], [0], [0, 0, 0, 0], [1, 2, 3, 4], [1e30] * 4, {"a": 1},
    [1] * 1_000, list(RAW),
]  # fmt: skip
NUMBERS = [
    0,
    1,
    2,
    0x10,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0xFFFF,
    0x10000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFE,
    0xFFFFFFFF,
]


def how_many(most: int) -> st.SearchStrategy[int]:
    """Return numbers of changes: none first and seldom, one most often."""
    return st.sampled_from([0, 1, 1, *range(1, most + 1)])


def values() -> st.SearchStrategy[Any]:
    """Return values that stand somewhere where another one is expected."""
    return st.one_of(
        st.sampled_from(VALUES),
        st.sampled_from(sorted(RAW)),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.dates().map(str),
    )


@st.composite
def changed_tree(draw: st.DrawFn, tree: Any, most: int = 3) -> Any:
    """Draw a tree of dictionaries and lists in which up to `most` places hold something else."""
    root = [copy.deepcopy(tree)]
    for _ in range(draw(how_many(most))):
        places = list(_places(root))
        place = draw(st.sampled_from(places))
        draw(st.sampled_from(TREE_CHANGES))(draw, places, *place)
    return root[0]


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place of a tree, as the container and the key in it; places high up more often."""
    waiting = [(tree, 0)]
    while waiting:
        node, key = waiting.pop()
        yield node, key
        below = node[key]
        inner = list(below) if isinstance(below, dict) else range(len(below)) if isinstance(below, list) else ()
        waiting += [(below, each) for each in inner]


Place = tuple[Any, Any]


def _put(draw: st.DrawFn, _: list[Place], node: Any, key: Any) -> None:
    node[key] = copy.deepcopy(draw(values()))


def _remove(_: st.DrawFn, places: list[Place], node: Any, key: Any) -> None:
    if node is not places[0][0]:
        del node[key]


def _repeat(draw: st.DrawFn, places: list[Place], node: Any, key: Any) -> None:
    if isinstance(node, list) and node is not places[0][0]:
        node[key:key] = [copy.deepcopy(node[key]) for _ in range(draw(st.sampled_from([1, 1, 2, 300])))]
    elif isinstance(node, dict):
        node[str(draw(values()))] = copy.deepcopy(node[key])


def _swap(draw: st.DrawFn, places: list[Place], node: Any, key: Any) -> None:
    other, its_key = draw(st.sampled_from(places))
    node[key], other[its_key] = copy.deepcopy(other[its_key]), copy.deepcopy(node[key])


def _rename(draw: st.DrawFn, places: list[Place], node: Any, key: Any) -> None:
    if isinstance(node, dict):
        names = [
            key.upper(),
            key.title(),
            f"{key}s",
            f" {key} ",
            f"\ufeff{key}",
            *(str(each) for _, each in places[:20]),
        ]
        node[draw(st.one_of(st.sampled_from(names), values().map(str)))] = node.pop(key)


def _wrap(draw: st.DrawFn, _: list[Place], node: Any, key: Any) -> None:
    value = node[key]
    node[key] = draw(st.sampled_from([[value], {"value": value}, [[value]], {str(key): value}]))


def _write_otherwise(draw: st.DrawFn, _: list[Place], node: Any, key: Any) -> None:
    """The same value written in another way, as exporters do."""
    value = node[key]
    if isinstance(value, bool | str) or value is None:
        node[key] = draw(st.sampled_from([[value], f" {value} ", f"{value}\0", str(value).upper(), str(value) * 2]))
    elif isinstance(value, int | float):
        node[key] = draw(
            st.sampled_from([str(value), f"{value}.0", f"{value:010}", -value, value * 1e6, value + 0.5, bool(value)])
        )
    else:
        node[key] = json.dumps(value, default=str)


TREE_CHANGES: Sequence[Callable[[st.DrawFn, list[Place], Any, Any], None]] = (
    _put, _put, _put, _remove, _remove, _repeat, _swap, _rename, _wrap, _write_otherwise,
)  # fmt: skip


def to_json(tree: Any) -> str:
    """Write a tree as JSON, with what no tree can hold where RAW says so."""
    text = json.dumps(tree)
    for token, raw in RAW.items():
        text = text.replace(f'"{token}"', raw)
    return text


@st.composite
def changed_json(draw: st.DrawFn, tree: Any, most: int = 3) -> bytes:
    """Draw a file of JSON made of a changed tree, a few of them broken as bytes too."""
    text = to_json(draw(changed_tree(tree, most)))
    return draw(changed_bytes(draw(encoded(text)), 2)) if draw(st.integers(0, 9)) == 9 else text.encode()


@st.composite
def encoded(draw: st.DrawFn, text: str) -> bytes:
    """Draw the bytes of a text in some encoding, most often UTF-8."""
    encodings = ["utf-8"] * 8 + [
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-32",
        "latin-1",
        "cp1252",
        "shift_jis",
        "gb18030",
        "koi8-r",
    ]
    content = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    encoding = draw(st.sampled_from(encodings))
    return text.encode("utf-8", "surrogatepass") if encoding == "utf-8" else content.encode(encoding, "replace")


@st.composite
def changed_bytes(draw: st.DrawFn, content: bytes, most: int = 4) -> bytes:
    """Draw bytes that differ at up to `most` places."""
    changed = bytearray(content)
    for _ in range(draw(how_many(most))):
        draw(st.sampled_from(BYTE_CHANGES))(draw, changed)
    return bytes(changed)


def _place(draw: st.DrawFn, content: bytearray) -> int:
    """A place, as often in the head of a file as anywhere."""
    return draw(st.integers(0, min(len(content), 64 if draw(st.booleans()) else len(content))))


def _flip(draw: st.DrawFn, content: bytearray) -> None:
    if content:
        content[_place(draw, content) % len(content)] ^= 1 << draw(st.integers(0, 7))


def _number(draw: st.DrawFn, content: bytearray) -> None:
    """Another whole number, of a size or a count perhaps."""
    number, width = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from([1, 2, 4]))
    order = "little" if draw(st.booleans()) else "big"
    place = _place(draw, content)
    content[place : place + width] = (number % 256**width).to_bytes(width, order)


def _cut(draw: st.DrawFn, content: bytearray) -> None:
    del content[_place(draw, content) :]


def _delete(draw: st.DrawFn, content: bytearray) -> None:
    place = _place(draw, content)
    del content[place : place + draw(st.integers(1, 16))]


def _double(draw: st.DrawFn, content: bytearray) -> None:
    first, last = sorted((_place(draw, content), _place(draw, content)))
    content[last:last] = content[first:last] * draw(st.sampled_from([1, 1, 20]))


def _insert(draw: st.DrawFn, content: bytearray) -> None:
    place = _place(draw, content)
    odd = [
        b"\0",
        b"\xff",
        b"\n",
        b"\r",
        b'"',
        b",",
        b"\t",
        b";",
        b"<",
        b">",
        b"&",
        b"{",
        b"]",
        b"\xef\xbb\xbf",
        b"\x1b[2J",
        b"%s",
    ]
    content[place:place] = draw(st.one_of(st.sampled_from(odd), st.binary(max_size=8)))


BYTE_CHANGES: Sequence[Callable[[st.DrawFn, bytearray], None]] = (
    _flip,
    _number,
    _number,
    _cut,
    _delete,
    _double,
    _insert,
)
