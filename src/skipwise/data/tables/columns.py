"""Which columns of a table hold the texts, the labels, the parts and the groups: by name, else by what they hold."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from skipwise.data.parts import part_of
from skipwise.data.tables.table import Table
from skipwise.errors import UserError

TEXT = (
    "text", "texts", "review", "sentence", "content", "body", "message", "comment", "tweet", "post", "document",
    "utterance", "sms", "email", "mail", "article", "reviewtext", "phrase", "passage",
)  # fmt: skip
MORE_TEXT = ("headline", "title", "subject", "summary", "description", "abstract", "question")
"""Names of columns of texts, and those that mostly stand beside a longer text."""
LABEL = (
    "label", "labels", "sentiment", "category", "target", "class", "polarity", "emotion", "intent", "classification",
)  # fmt: skip
MORE_LABEL = ("y", "rating", "stars", "score", "tag", "genre", "topic", "type", "spam", "language")
"""Names of columns of classes, and those that are one where there is no other."""
PATHS = {"path", "file", "filename", "file_name", "filepath", "file_path", "image", "img", "image_path", "images"}
"""Names of columns of files, which are no texts."""
FILES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".webp"}
"""Ends of names of images."""
SPLIT = ("split", "subset", "partition", "set", "part", "usage")
OTHERS = {"id", "index", "idx", "date", "user", "username", "name"}
"""Names that tell a header from a row of data, of columns that are passed over."""
MOST_CLASSES, LONGEST_LABEL = 200, 60
"""A column that holds labels has at most so many different cells, of at most so many characters."""
LIST = re.compile(r"""\[(.*[,'"].*|\s*\d*\s*)\]|\(.*,.*\)|\{\s*["'].*\}""", re.DOTALL)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The places of columns in a table; `label` is None where a table has none, as the test part of a contest."""

    text: int
    label: int | None
    split: int | None = None
    group: int | None = None
    notes: tuple[str, ...] = ()


def choose_columns(
    table: Table, *, text: str | None = None, label: str | None = None, needs_label: bool = True
) -> Columns:
    """Choose columns as a user named them, else by their usual names, else by what they hold.

    Raises UserError where it is not clear which, with the columns that there are.
    """
    text_column = _named(table, text, "--text-column") if text is not None else None
    label_column = _named(table, label, "--label-column") if label is not None else None
    split = _split(table)
    taken = {column for column in (text_column, label_column, split) if column is not None}
    if label_column is None:
        label_column = _found(
            table, (("label",), LABEL, MORE_LABEL), _is_label_like, taken, "labels", needed=needs_label
        )
        taken |= {label_column} if label_column is not None else set()
    if text_column is None:
        text_column = _found(table, (("text",), TEXT, MORE_TEXT), _is_text_like, taken, "texts", needed=True)
    assert text_column is not None
    group = next((i for i in _called(table, ("group",)) if i not in (text_column, label_column)), None)
    notes = tuple(_notes(table, text_column, label_column, split))
    return Columns(text=text_column, label=label_column, split=split, group=group, notes=notes)


def is_known(name: Any) -> bool:
    """Return whether a cell is a usual name of a column of texts or labels."""
    return _plain(name) in {*TEXT, *MORE_TEXT, *LABEL, *MORE_LABEL}


def is_list(cell: str) -> bool:
    """Return whether a cell is a list, tuple or set as Python or JSON writes it."""
    return LIST.fullmatch(cell.strip()) is not None


def is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row names the columns: by usual names, else where it is unlike the rows below."""
    plain = [_plain(cell) for cell in first]
    known = {*TEXT, *MORE_TEXT, *LABEL, *MORE_LABEL, *PATHS, *SPLIT, *OTHERS}
    if any(name in known for name in plain):
        return True
    if any(_is_number(cell) for cell in first) or not rest:
        return False
    for column, cell in enumerate(first):
        below = [row[column] for row in rest if column < len(row)]
        if cell.strip() and cell in below and are_few(below):
            return False
    return sum(len(cell.split()) for cell in first) <= 3 * len(first)


def names_path(table: Table) -> bool:
    """Return whether a table has a column of files, by its name or by what it holds."""
    return any(_plain(name) in PATHS for name in table.columns) or any(
        _are_files(table.cells(column)) for column in range(len(table.columns))
    )


def _are_files(cells: Sequence[Any]) -> bool:
    """Return whether most cells are names of images."""
    return sum(PurePath(str(cell)).suffix.lower() in FILES for cell in cells) > len(cells) / 2


def _found(
    table: Table,
    names: Sequence[Sequence[str]],
    fits: Callable[[Sequence[Any]], bool],
    taken: set[int],
    what: str,
    *,
    needed: bool,
) -> int | None:
    """Return the column of a usual name, else the only one that holds what is looked for."""
    option = f"--{what.removesuffix('s')}-column"
    for some in names:
        called = [column for column in _called(table, some) if column not in taken]
        if not called:
            called = [column for column in _ending(table, some) if column not in taken]
        if len(called) > 1:
            several = " and ".join(repr(table.columns[column]) for column in called[:4])
            raise UserError(
                f"{table.path} has {several}, and which of them holds the {what} is not clear (its columns: "
                f"{table.listed}): name it with {option}."
            )
        if called:
            return called[0]
    if not table.head:
        raise UserError(f"{table.path} has no rows: it must hold one text a row, with its label.")
    alike = [column for column in range(len(table.columns)) if column not in taken and fits(table.cells(column))]
    alike = [column for column in alike if _plain(table.columns[column]) not in PATHS | OTHERS]
    if len(alike) == 1:
        return alike[0]
    if not needed:
        return None
    raise UserError(f"{table.path} {_unclear(table, alike, what, option)}.")


def _unclear(table: Table, alike: Sequence[int], what: str, option: str) -> str:
    header = "" if table.has_header else " and no header"
    name = f"name it with {option}"
    if len(table.columns) == 1:
        return f"has one column, {table.columns[0]!r}{header}: it must have one of texts and one of labels"
    columns = [table.cells(column) for column in range(len(table.columns))]
    if any(map(_numeric, columns)) and all(_numeric(cells) or _is_label_like(cells) for cells in columns):
        return (
            f"holds numbers and no texts ({table.listed}), and skipwise reads texts, images and boxes: if a column is one of "
            "texts, name it with --text-column"
        )
    pixels = next((name for name, cells in zip(table.columns, columns, strict=True) if _are_rows(cells)), None)
    if pixels is not None:
        return f"holds rows of numbers in column {pixels!r}, as pixels: give each pixel a column of its own, or save images"
    if not alike:
        return f"has no column that is known to hold {what} (its columns: {table.listed}{header}): {name}"
    several = " and ".join(repr(table.columns[column]) for column in alike[:4])
    return f"has several columns that may hold the {what}, {several} (its columns: {table.listed}{header}): {name}"


def _are_rows(cells: Sequence[Any]) -> bool:
    """Return whether all cells hold many numbers each, as the pixels of an image."""
    rows = [str(cell).split() for cell in cells]
    return bool(rows) and all(len(row) > 9 and all(map(_is_number, row[:20])) for row in rows)


def _notes(table: Table, text: int, label: int | None, split: int | None) -> Iterator[str]:
    if label is None:
        return
    texts, labels = table.columns[text], table.columns[label]
    name = table.path.name
    if not table.has_header:
        yield f"{name} has no header: {texts} is taken for the texts, {labels} for the labels"
    elif (texts.lower(), labels.lower()) != ("text", "label"):
        yield f"the texts are those of column {texts!r}, the labels those of column {labels!r}"
    if split is not None and _plain(table.columns[split]) != "split":
        yield f"the parts are those of column {table.columns[split]!r}"


def _named(table: Table, name: str, option: str) -> int:
    """Return the column that a user named, in any case, or by its number where there is no header."""
    exact = [i for i, column in enumerate(table.columns) if column == name]
    for found in (exact, [i for i, column in enumerate(table.columns) if column.lower() == name.strip().lower()]):
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(f"{table.path} has {len(found)} columns called {name!r}: keep one.")
    if not table.has_header and name.isdecimal() and 1 <= int(name) <= len(table.columns):
        return int(name) - 1
    raise UserError(f"{table.path} has no column {name!r} for {option} (it has {table.listed}): name one of them.")


def _split(table: Table) -> int | None:
    """Return the column of the parts: `split` in any case, or another word for it whose cells are all parts."""
    for name in SPLIT:
        for column in _called(table, (name,)):
            cells = [str(cell) for cell in table.cells(column) if cell not in (None, "")]
            if name == "split" or (cells and all(part_of(cell) for cell in cells)):
                return column
    return None


def _called(table: Table, names: Sequence[str]) -> list[int]:
    return [i for i, column in enumerate(table.columns) if table.has_header and _plain(column) in names]


def _ending(table: Table, names: Sequence[str]) -> list[int]:
    """Return the columns whose last word is one of these, as `review_text` or `OriginalTweet`."""
    return [i for i, column in enumerate(table.columns) if table.has_header and _last_word(column) in names]


def _plain(name: Any) -> str:
    return str(name).strip().lower().replace(" ", "_").replace("-", "_")


def _last_word(name: str) -> str:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_]+", name)
    return words[-1].lower() if words and not name[-1].isdecimal() else ""


def _is_text_like(cells: Sequence[Any]) -> bool:
    """Return whether cells are mostly different and hold several words, or as many letters as several words have."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    if len(texts) < max(1, len(cells) / 2) or _numeric(texts) or len(set(texts)) <= len(texts) / 2:
        return False
    if sum(bool(PurePath(text).suffix and "/" in text) for text in texts) > len(texts) / 2:
        return False
    if all(all(map(_is_number, text.split()[:20])) for text in texts):
        return False  # as pixels in one cell
    several = sum(len(text.split()) > 1 or not text.isascii() for text in texts)
    return several > len(texts) / 2


def _is_label_like(cells: Sequence[Any]) -> bool:
    """Return whether cells are short, and the same few again and again."""
    words = [str(cell).strip() for cell in cells if isinstance(cell, str | int | float) and str(cell).strip()]
    return len(words) > len(cells) / 2 and len(set(words)) > 1 and are_few(words)


def are_few(words: Sequence[str]) -> bool:
    """Return whether cells are short, and so few different ones that each may be a class."""
    different = set(words)
    short = max(map(len, different), default=0) <= LONGEST_LABEL
    return short and len(different) <= min(MOST_CLASSES, len(words) / 2)


def _numeric(cells: Sequence[Any]) -> bool:
    return all(_is_number(cell) for cell in cells if cell not in (None, ""))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or NUMBER.fullmatch(str(cell).strip()) is not None
