"""Files of an input: what lies in a folder that a reader is pointed at, links and pipes included."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

ODD_NAMES = [
    "a b", " ", "-rf", "~", "$(x)", "`x`", "%s%n", "é", "e\u0301", "\udce9", "\udce9\udcff.png", "\x1b[31m", "a\nb", "a\tb",
    "\u202egnp.a", "\u200b", "\U0001f600", "x" * 250, ".hidden", "._a.png", "CON", "a.", "a.png.", "a.jpg_large", "a.php",
    "Thumbs.db", ".DS_Store", "__MACOSX", "constructor", "__proto__", "toString", "NaN", "null", "0", "1.0", "\\", "a\\b",
    ";", "'", '"', "<b>", "&amp;", "=1+1", "{x}", "{}", "%00", "images", "labels", "Annotations", "annotations", "unsup",
    "*", "?", "[a]", "a,b", "#", "@", "hf:x", "data.yaml", "classes.txt", "train.csv", "dataset_dict.json", "state.json",
]  # fmt: skip
PARTS = [
    "train", "Train", "TRAINING", "training_set", "tr", "train2017", "val", "valid", "validation", "dev", "eval", "val2017",
    "test", "Testing", "test_set", "holdout", "testing",
]  # fmt: skip
SECRET = " ".join(["the line of a file", "that is none", "of the data"])
"""Stands in a file beside the data, where links lead; no sentence may hold it. Hypothesis draws whole constants of
modules, and so never this one.
"""


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    to: str


@dataclass(frozen=True)
class Pipe:
    """A named pipe that nobody writes into."""


@dataclass(frozen=True)
class Folder:
    """An empty folder."""


Entry = bytes | Link | Pipe | Folder
Files = dict[str, Entry]
"""Entries by their path with slashes; bytes of names that are not UTF-8 as surrogates."""


@dataclass(frozen=True, kw_only=True)
class Input:
    """Files, and which of them a reader is pointed at ("" is the folder of all)."""

    files: Mapping[str, Entry]
    data: str = ""


def lay_out(files: Mapping[str, Entry], folder: Path) -> None:
    """Write files below a folder; one whose name the system refuses, or another one has, is passed over."""
    for name, entry in files.items():
        path = folder / name
        with suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(entry, bytes):
                path.write_bytes(entry)
            elif isinstance(entry, Link):
                path.symlink_to(entry.to)
            elif isinstance(entry, Pipe):
                os.mkfifo(path)
            else:
                path.mkdir(exist_ok=True)


@st.composite
def changed_files(draw: st.DrawFn, files: Mapping[str, Entry], most: int = 4) -> Files:
    """Draw files of which up to `most` are removed, renamed, moved, or replaced by what is no regular file."""
    changed = dict(files)
    for _ in range(draw(st.sampled_from([0, 1, 1, *range(1, most + 1)]))):
        name = draw(st.sampled_from(sorted(changed) or [""]))
        CHANGES[draw(st.sampled_from(sorted(CHANGES)))](draw, changed, name)
    return changed


def _remove(_: st.DrawFn, files: Files, name: str) -> None:
    files.pop(name, None)


def _empty(_: st.DrawFn, files: Files, name: str) -> None:
    files[name] = b""


def _replace(draw: st.DrawFn, files: Files, name: str) -> None:
    targets = ["nowhere", ".", "..", "../..", name, "/dev/null", "/dev/zero", "/", "../secret.txt", "../../secret.txt"]
    other = draw(st.sampled_from([Pipe(), Folder(), b"\0" * 64, b"text", SECRET.encode(), None]))
    files[name] = Link(draw(st.sampled_from(targets))) if other is None else other


def _add(draw: st.DrawFn, files: Files, name: str) -> None:
    _replace(draw, files, _beside(name, draw(odd_name())))


def _copy(draw: st.DrawFn, files: Files, name: str) -> None:
    files[_beside(name, draw(odd_name()))] = files.get(name, b"")


def _rename(draw: st.DrawFn, files: Files, name: str) -> None:
    suffix = "." + name.rpartition(".")[2] if "." in name and draw(st.booleans()) else ""
    files[_beside(name, draw(odd_name()) + suffix)] = files.pop(name, b"")


def _rename_folder(draw: st.DrawFn, files: Files, name: str) -> None:
    """Rename a folder on a file's way, with all that lies in it."""
    *above, _ = name.split("/")
    if not above:
        return
    depth = draw(st.integers(1, len(above)))
    old = "/".join(above[:depth]) + "/"
    new = _beside(old[:-1], draw(st.one_of(st.sampled_from(PARTS), odd_name()))) + "/"
    for each in [each for each in files if each.startswith(old)]:
        files[new + each[len(old) :]] = files.pop(each)


def _move(draw: st.DrawFn, files: Files, name: str) -> None:
    """Move a file a folder down or up."""
    above, _, last = name.rpartition("/")
    down = draw(st.sampled_from([*PARTS, *ODD_NAMES]))
    place = f"{above}/{down}/{last}" if draw(st.booleans()) else f"{above.rpartition('/')[0]}/{last}"
    files[place.strip("/")] = files.pop(name, b"")


def _suffix(draw: st.DrawFn, files: Files, name: str) -> None:
    stem, _, _ = name.rpartition(".")
    suffixes = [
        "",
        ".PNG",
        ".jpg",
        ".jpeg",
        ".gif",
        ".tif",
        ".txt",
        ".csv",
        ".tsv",
        ".tab",
        ".json",
        ".jsonl",
        ".xml",
        ".yaml",
    ]
    files[
        (stem or name) + draw(st.sampled_from([*suffixes, ".parquet", ".npz", ".jpg_large", ".heic", ".zip", ".pdf"]))
    ] = files.pop(name, b"")


CHANGES = {
    "remove": _remove,
    "empty": _empty,
    "replace": _replace,
    "add": _add,
    "copy": _copy,
    "rename": _rename,
    "rename folder": _rename_folder,
    "move": _move,
    "suffix": _suffix,
}


def odd_name() -> st.SearchStrategy[str]:
    """Return names of files that somebody has somewhere."""
    letters = st.characters(codec="utf-8", exclude_characters="/\0")
    return st.one_of(st.sampled_from([*ODD_NAMES, *PARTS]), st.text(letters, min_size=1, max_size=12))


def _beside(name: str, other: str) -> str:
    above, slash, _ = name.rpartition("/")
    return above + slash + ("_" + other if other in (".", "..", "") else other)
