"""Inputs of texts: tables of every format, files by class, and lines of fastText."""

import csv
import io
from typing import Any

from hypothesis import strategies as st

from fuzzed.files import PARTS, Files, Input, changed_files
from fuzzed.mutations import changed_bytes, changed_tree, encoded, to_json, values

ROWS = 24
WORDS = ("film", "book", "song", "walk", "meal", "town", "game", "tale")
LABELS = ("good", "bad")
JUDGEMENTS = (("lovely", "great", "superb"), ("awful", "boring", "sad"))


def sentence(number: int) -> str:
    """Return a short text, each number another one; even ones are good."""
    return f"the {WORDS[number % 8]} number {number} was {JUDGEMENTS[number % 2][number % 3]}"


def records() -> list[dict[str, Any]]:
    """Return the rows of a table of texts."""
    return [{"text": sentence(i), "label": LABELS[i % 2]} for i in range(ROWS)]


HEADS = [
    ("text", "label"), ("text", "label"), ("review", "sentiment"), ("sentence", "category"), ("content", "target"), ("Text", "Label"),
    ("label", "text"), ("x", "y"), ("text", "text"), ("", ""),
]  # fmt: skip


@st.composite
def rows_of_texts(draw: st.DrawFn) -> Any:
    """Draw a table as rows of cells, with a header or none, and with columns more."""
    head = draw(st.sampled_from(HEADS))
    rows: list[Any] = [[row["text"], row["label"]] for row in records()]
    if head == ("label", "text"):
        rows = [row[::-1] for row in rows]
    rows = [list(head), *rows] if draw(st.integers(0, 5)) < 5 else rows
    for name, cells in (
        ("split", ["train", "val", "test"]),
        ("group", ["a", "b", "c", "d"]),
        ("id", list("123456789")),
    ):
        if draw(st.integers(0, 4)) == 4:
            rows = [[*row, name if i == 0 else cells[i % len(cells)]] for i, row in enumerate(rows)]
    return draw(changed_tree(rows)) if draw(st.integers(0, 3)) else rows


@st.composite
def separated(draw: st.DrawFn, rows: Any, *, odd: bool = True) -> bytes:
    """Draw the bytes of a table of cells between delimiters; `odd` ones, quotes and encodings of any kind."""
    table = rows if isinstance(rows, list) else [rows]
    cells = [[str(cell) for cell in row] if isinstance(row, list) else [str(row)] for row in table]
    if not odd:
        return _written(cells, ",", csv.QUOTE_MINIMAL, "\r\n").encode("utf-8", "surrogatepass")
    delimiter = draw(st.sampled_from([",", ",", ",", "\t", ";", "|", ":", " ", "\x01"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE]))
    text = _written(cells, delimiter, quoting, draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"])))
    whole = draw(encoded(text))
    return draw(changed_bytes(whole, 3)) if draw(st.integers(0, 2)) == 2 else whole


def _written(cells: list[list[str]], delimiter: str, quoting: Any, end: str) -> str:
    file = io.StringIO()
    try:
        csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(cells)
    except csv.Error:  # without quotes nothing marks a delimiter within a cell
        return end.join(delimiter.join(row) for row in cells)
    return file.getvalue()


@st.composite
def text_tables(draw: st.DrawFn) -> Input:
    """Draw a .csv, .tsv, .tab or .txt of texts, alone or as the parts of a folder."""
    suffix = draw(st.sampled_from([".csv"] * 4 + [".tsv", ".tab", ".txt", ".CSV", ""]))
    odd = draw(st.integers(0, 3)) > 0
    content = draw(separated(draw(rows_of_texts()), odd=odd))
    if draw(st.integers(0, 4)) < 4:
        return Input(files={f"texts{suffix}": content}, data=f"texts{suffix}")
    names = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3))
    other = draw(separated(draw(rows_of_texts()), odd=odd))
    files: Files = {f"{name}{suffix}": content if i == 0 else other for i, name in enumerate(names)}
    return Input(files=draw(changed_files(files, 2)))


@st.composite
def json_tables(draw: st.DrawFn) -> Input:
    """Draw a .json or .jsonl of texts: a line for each object, a list, or an object of columns."""
    tree = draw(changed_tree(records()))
    rows = tree if isinstance(tree, list) else [tree]
    form = draw(st.sampled_from(["lines", "lines", "list", "columns", "split", "wrapped"]))
    if form == "lines":
        text = draw(st.sampled_from(["\n", "\r\n", "\n\n", " "])).join(to_json(row) for row in rows)
    elif form == "columns":
        dicts = [row for row in rows if isinstance(row, dict)]
        text = to_json({name: [row.get(name) for row in dicts] for name in ("text", "label")})
    else:
        whole = {"columns": ["text", "label"], "data": [list(row) if isinstance(row, dict) else row for row in rows]}
        text = to_json(rows if form == "list" else whole if form == "split" else {"data": rows})
    content = draw(encoded(text))
    content = draw(changed_bytes(content, 3)) if draw(st.integers(0, 3)) == 3 else content
    name = f"texts{draw(st.sampled_from(['.jsonl', '.json', '.jsonl', '.json', '.ndjson', '.txt']))}"
    return Input(files={name: content}, data=name)


@st.composite
def parquet_tables(draw: st.DrawFn) -> Input:
    """Draw a .parquet of texts with columns of any type, a part of them broken as files."""
    import pyarrow
    from pyarrow import parquet

    kept = records()
    columns: dict[str, Any] = {name: [row[name] for row in kept] for name in ("text", "label")}
    columns = _as_columns(draw(changed_tree(columns)))
    arrays = {name: _array(pyarrow, cells) for name, cells in columns.items()}
    shortest = min((len(array) for array in arrays.values()), default=0)
    table = pyarrow.table({name: array[:shortest] for name, array in arrays.items()})
    file = io.BytesIO()
    parquet.write_table(table, file, compression=draw(st.sampled_from(["snappy", "none", "gzip", "zstd"])))
    content = file.getvalue()
    content = draw(changed_bytes(content)) if draw(st.booleans()) else content
    return Input(files={"texts.parquet": content}, data="texts.parquet")


def _as_columns(tree: Any) -> dict[str, Any]:
    found = tree if isinstance(tree, dict) else {"text": tree}
    return {
        name.encode("utf-8", "replace").decode(): cells if isinstance(cells, list) else [cells] * ROWS
        for name, cells in found.items()
    }


def _array(pyarrow: Any, cells: list[Any]) -> Any:
    try:
        return pyarrow.array(cells)
    except (pyarrow.ArrowException, ValueError, TypeError, OverflowError):
        return pyarrow.array([ascii(cell) for cell in cells])


@st.composite
def text_folders(draw: st.DrawFn) -> Input:
    """Draw a folder of texts by class, with parts or none, in encodings of any kind."""
    suffix = draw(st.sampled_from([".txt", ".txt", "", ".text", ".md", ".eml"]))
    files: Files = {f"{LABELS[i % 2]}/{i}{suffix}": sentence(i).encode() for i in range(12)}
    parts = draw(st.one_of(st.just([]), st.lists(st.sampled_from([*PARTS, "unsup"]), min_size=1, max_size=3)))
    if parts:
        files = {f"{parts[i % len(parts)]}/{name}": entry for i, (name, entry) in enumerate(files.items())}
    for name in draw(st.lists(st.sampled_from(sorted(files)), max_size=3)):
        text = draw(st.one_of(st.text(max_size=60), values().map(str), st.just(sentence(1) * 400)))
        files[name] = draw(st.one_of(encoded(text), st.binary(max_size=60)))
    return Input(files=draw(changed_files(files, 4)))


@st.composite
def class_files(draw: st.DrawFn) -> Input:
    """Draw a file for each class, of a text in each line."""
    names = draw(st.sampled_from([("pos.txt", "neg.txt"), ("film.pos", "film.neg"), ("spam.txt", "ham.txt")]))
    files: Files = {}
    for label, name in enumerate(names):
        changed = draw(changed_tree([sentence(i) for i in range(label, ROWS, 2)]))
        text = "\n".join(map(str, changed if isinstance(changed, list) else [changed]))
        files[name] = draw(st.one_of(st.just(text.encode("utf-8", "replace")), encoded(text)))
    return Input(files=draw(changed_files(files, 2)) if draw(st.integers(0, 2)) == 2 else files)


@st.composite
def fasttext_lines(draw: st.DrawFn) -> Input:
    """Draw a file of lines that begin with a label, as fastText reads them."""
    prefix = draw(st.sampled_from(["__label__"] * 5 + ["__label", "label:", ""]))
    lines = [[f"{prefix}{row['label']}", row["text"]] for row in records()]
    changed = draw(changed_tree(lines))
    rows = [row if isinstance(row, list) else [row] for row in (changed if isinstance(changed, list) else [changed])]
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(" ".join(map(str, row)) for row in rows)
    content = draw(encoded(text))
    content = draw(changed_bytes(content, 3)) if draw(st.integers(0, 3)) == 3 else content
    name = draw(st.sampled_from(["texts.txt", "texts.txt", "train.txt", "texts.ft", "texts", "texts.train"]))
    return Input(files={name: content}, data=draw(st.sampled_from([name, name, name, ""])))
