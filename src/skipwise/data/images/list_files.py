"""Files that list images without a header, an image a line and perhaps its class: found, and told apart from others."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from skipwise.data.class_folders import PLAIN
from skipwise.data.encodings import decode
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.folder import is_image
from skipwise.data.links import is_there
from skipwise.data.parts import part_of
from skipwise.data.tables import glance_at_table
from skipwise.regular_files import read_regular

SUFFIXES = (".txt", ".csv", ".tsv", ".lst", ".list", ".json")
BEGINNING, LARGEST = 2**18, 2**27
"""Bytes that tell whether a file is a list, and that are read of one."""
TRIED, MOST_HEADERS = 20, 2
"""Rows that tell where the images lie, and lines above them that may be a heading."""
MOST_FILES, MOST_BASES, MOST_DROPPED = 40, 60, 3
"""Files of one folder that may be lists (more are annotations), folders that names may begin at, and folders before a
name that may be passed over."""
OTHERS = {"imagesets"}
"""Folders whose lists are Pascal VOC's, which boxes are read by."""
NAMED = re.compile(r"(.+?\.(?:jpe?g|png|bmp|tiff?|gif|webp|p[pgb]m))\"?(?:\s*[\t,;]\s*|\s+|$)(.*)", re.IGNORECASE)
"""A line that begins with a file's name, which may hold spaces."""
JSON_LISTS = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*\[\s*"')
JSON_CLASSES = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*("|\d)')
"""How objects of lists of names begin, and of names with a class."""
FRACTION = re.compile(r"[+-]?\d*\.\d*[1-9]\d*([eE][+-]?\d+)?")


class ListRow(NamedTuple):
    """A line of a list: its number, the image as it is written, and the cells behind it."""

    number: int
    name: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImageList:
    """A list of images. `file` is relative to the data; `part` is that of its name, "trainval" being two of them.

    Names begin at `base` without their first `dropped` folders, and lack `suffix`. `cells`: how many stand behind a
    name. `folders`: how many different ones stand before names. `key`, `number`: lists of one key are the parts of
    one split, which may be drawn several times.
    """

    file: str
    part: str
    key: tuple[str, ...]
    number: int
    base: str
    dropped: int
    suffix: str
    cells: int
    folders: int

    def place(self, name: str) -> str:
        """Return where an image lies, relative to the data."""
        return _place(name, self.base, self.dropped, self.suffix)


def list_files(glimpse: Glimpse) -> list[ImageList]:
    """Return the lists of images that lie anywhere in a folder."""
    bases = _bases(glimpse)
    suffixes = sorted({file.suffix for file in glimpse.all_files() if is_image(file)}) if bases else []
    found = []
    for folder, names in glimpse.files.items():
        stems = {PurePosixPath(name).stem for name in names if is_image(PurePosixPath(name))}
        some = [name for name in names if PurePosixPath(name).suffix.lower() in SUFFIXES]
        own = [name for name in some if PurePosixPath(name).stem not in stems]
        if not bases or len(own) > MOST_FILES or OTHERS & set(folder.lower().split("/")):
            continue
        lists = (list_file(glimpse.path, PurePosixPath(folder, name), bases, suffixes) for name in own)
        found += [one for one in lists if one is not None]
    return found


def list_file(root: Path, file: PurePosixPath, bases: Sequence[str], suffixes: Sequence[str]) -> ImageList | None:
    """Return what is known of a list of images, None where a file is none."""
    if file.suffix.lower() in (".csv", ".tsv"):
        table = glance_at_table(root / file)
        if table is not None and table.has_header and not any(is_image(PurePosixPath(name)) for name in table.columns):
            return None  # a table, whose columns say what they hold
    part, key, number = _part_and_key(file)
    rows = list(list_rows(root / file, BEGINNING))
    at = _where(root, rows, _before(bases, part, file), suffixes)
    if at is None:
        return None
    base, dropped, suffix = at
    body = [row for row in rows[MOST_HEADERS:] or rows if row.cells]
    if 2 * len({row.name for row in rows}) < len(rows):
        return None  # numbers of something, which are the names of images by chance
    width = max((len(row.cells) for row in body), default=0)
    labels = [row.cells[0] for row in body]
    if any(FRACTION.fullmatch(cell) or is_image(PurePosixPath(cell)) for row in body for cell in row.cells):
        return None  # boxes, quantities, or pairs of images
    if width == 1 and len(labels) > 3 and len(set(labels)) > max(2, len(labels) / 2):
        return None  # captions, or sizes
    folders = len({row.name.rpartition("/")[0] for row in rows})
    return ImageList(
        file=file.as_posix(), part=part, key=key, number=number, base=base, dropped=dropped, suffix=suffix, cells=width,
        folders=folders,
    )  # fmt: skip


def names_images(path: Path) -> bool:
    """Return whether a file may be a list of images: by the names in it, or by a folder of images beside it."""
    names = [row.name for row in islice(list_rows(path, BEGINNING), TRIED)]
    suffixed = sum(is_image(PurePosixPath(name)) for name in names) > len(names) / 2
    above = (path.parent, path.resolve().parent.parent)
    return suffixed or any((folder / name).is_dir() for folder in above for name in PLAIN)


def list_rows(path: Path, most: int = LARGEST) -> Iterator[ListRow]:
    """Yield the rows of a file that may be a list, of a JSON object the names that its lists hold."""
    try:
        content = read_regular(path, most)
    except OSError:
        return
    if path.suffix.lower() == ".json":
        yield from _of_json(path, content, most)
        return
    if len(content) == most:
        content = content[: content.rfind(b"\n") + 1]
    text = decode(content).text
    for number, line in enumerate((text or "").split("\n"), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = NAMED.fullmatch(line)
        name, rest = match.groups() if match else _first(line)
        yield ListRow(number, name.strip(' "').replace("\\", "/"), _cells(rest))


def _of_json(path: Path, content: bytes, most: int) -> Iterator[ListRow]:
    """Yield the names of an object of lists of names, as Food-101 has it, and of one of names with their classes."""
    whole = len(content) < most
    if not (JSON_LISTS.match(content) or (whole and JSON_CLASSES.match(content))):
        return
    try:
        held = json.loads(content if whole else read_regular(path, LARGEST))
    except (ValueError, RecursionError, OSError):
        return
    values = list(held.values()) if isinstance(held, dict) else []
    if all(isinstance(some, list) and all(isinstance(name, str) for name in some) for some in values):
        yield from (ListRow(number, name) for number, name in enumerate(chain(*values), start=1))
    elif all(isinstance(label, str | int) for label in values):
        yield from (ListRow(number, name, (str(held[name]),)) for number, name in enumerate(held, start=1))


def _first(line: str) -> tuple[str, str]:
    """Return the first cell of a line, and the rest."""
    delimiter = next((delimiter for delimiter in "\t,;" if delimiter in line), None)
    name, *rest = line.split(delimiter, maxsplit=1)
    return name, rest[0].strip() if rest else ""


def _cells(rest: str) -> tuple[str, ...]:
    """Return the cells behind a name; words with spaces between them are one, numbers are not."""
    if not rest:
        return ()
    for delimiter in "\t,;":
        if delimiter in rest:
            return tuple(cell.strip().strip('"') for cell in rest.split(delimiter))
    words = rest.split()
    return tuple(words) if all(re.fullmatch(r"[+-]?[\d.]+", word) for word in words) else (rest.strip('"'),)


def _part_and_key(file: PurePosixPath) -> tuple[str, tuple[str, ...], int]:
    """Return the part that a list's name or folder means, what else its name says, and the number of its split."""
    folder, tokens = file.parent.as_posix(), re.split(r"[ _.-]+", file.stem)
    for place, token in enumerate(tokens):
        word = re.sub(r"\d+$", "", token.lower())
        if word == "trainval" or part_of(word):
            others = tokens[:place] + tokens[place + 1 :]
            digits = token[len(word) :] or next((other for other in others if other.isdecimal()), "0")
            key = (folder, *(other for other in others if not other.isdecimal()))
            return part_of(word) or word, key, int(digits)
    part = part_of(file.parent.name) or ""
    return part, (file.parent.parent.as_posix() if part else folder, *tokens), 0


def _bases(glimpse: Glimpse) -> list[str]:
    """Return the folders that names may begin at: the upper ones, where there are images at all."""
    if not any(map(is_image, glimpse.all_files())):
        return []
    return [folder for folder in glimpse.files if folder.count("/") < 2][:MOST_BASES]


def _before(bases: Sequence[str], part: str, file: PurePosixPath) -> list[str]:
    """Return folders with those of the list's part first, and its own."""
    own = [base for base in bases if part and part_of(base.rpartition("/")[2]) == part]
    parent = file.parent.as_posix().removeprefix(".")
    return list(dict.fromkeys([*own, parent, *bases]))


def _where(
    root: Path, rows: Sequence[ListRow], bases: Sequence[str], suffixes: Sequence[str]
) -> tuple[str, int, str] | None:
    """Return the folder at which names begin, how many of their own are passed over, and the suffix that they lack."""
    body = rows[MOST_HEADERS:] if len(rows) > 2 * MOST_HEADERS else rows
    some = body[:: max(1, len(body) // TRIED)][:TRIED]
    if len(some) < 2:
        return None
    named = sum(is_image(PurePosixPath(row.name)) for row in some) > len(some) / 2
    for dropped in range(MOST_DROPPED + 1):
        if len({PurePosixPath(row.name).parts[:dropped] for row in some}) > 1:
            break
        for base in bases:
            for suffix in ("",) if named else suffixes:
                first = is_there(root / _place(some[0].name, base, dropped, suffix))
                if first or is_there(root / _place(some[-1].name, base, dropped, suffix)):
                    hits = sum(is_there(root / _place(row.name, base, dropped, suffix)) for row in some)
                    if hits > len(some) / 2:
                        return base, dropped, suffix
    return None


def _place(name: str, base: str, dropped: int, suffix: str) -> str:
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..")]
    return PurePosixPath(base, *(parts[dropped:] or parts[-1:])).as_posix() + suffix
