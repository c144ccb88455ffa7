"""Files that list images without a header, an image a line and perhaps its class: found, and told apart from others."""

import json
import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from skipwise.data.class_folders import PLAIN
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.folder import is_image
from skipwise.data.images.list_lines import LARGEST, first_lines_of, lines_of
from skipwise.data.links import is_there
from skipwise.data.parts import part_of
from skipwise.data.tables import glance_at_table
from skipwise.errors import UserError
from skipwise.regular_files import read_regular

SUFFIXES = (".txt", ".csv", ".tsv", ".lst", ".list", ".json")
BEGINNING = 2**18
"""Bytes that tell whether a file is a list."""
TRIED, MOST_HEADERS = 20, 2
"""Rows that tell where the images lie, and lines above them that may be a heading."""
MOST_FILES, MOST_LOOKED, MOST_BASES, MOST_DROPPED = 40, 400, 60, 3
"""Files of one folder that may be lists (more are annotations), files that are looked into, folders that names may
begin at, and folders before a name that may be passed over."""
OTHERS = {"imagesets"}
"""Folders whose lists are Pascal VOC's, which boxes are read by."""
NAMED = re.compile(r"(.+?\.(?:jpe?g|png|bmp|tiff?|gif|webp|p[pgb]m))\"?(?:\s*[\t,;]\s*|\s+|$)(.*)", re.IGNORECASE)
"""A line that begins with a file's name, which may hold spaces."""
JSON_LISTS = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*\[\s*"')
JSON_CLASSES = re.compile(rb'\s*\{\s*"[^"]*"\s*:\s*("|\d)')
"""How objects of lists of names begin, and of names with a class."""
FRACTION = re.compile(r"[+-]?\d*\.[^\D1-9]*[1-9]\d*([eE][+-]?\d+)?")
"""A number that is no whole one; each digit can be matched in one way, so that a long one takes no time."""
WORDS = re.compile(r"[ _.-]+")
HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where words of a name end, and those written as in TrainTestSplit."""


class ListRow(NamedTuple):
    """A line of a list: its number, the image as it is written, and the cells behind it."""

    number: int
    name: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImageList:
    """A list of images. `file` is relative to the data; `part` is that of its name, "trainval" being two of them.

    Names begin at `base` without their first `dropped` folders, and lack `suffix`. `cells`: how many stand behind a
    name. `folders`: how many different ones stand before names, one being all of them. `key`,
    `number`: lists of one key are the parts of one split, which may be drawn several times.
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
    bases, images = _bases(glimpse), [file for file in glimpse.all_files() if is_image(file)]
    if not bases:
        return []
    suffixes = sorted({file.suffix for file in images})
    known = {name.casefold() for file in images for name in (file.name, file.stem)} if glimpse.whole else None
    found = (list_file(glimpse.path, file, bases, suffixes, known) for file in _may_be_lists(glimpse))
    return [one for one in found if one is not None]


def _may_be_lists(glimpse: Glimpse) -> list[PurePosixPath]:
    """Return the files to look into, in order; of very many those that are named as parts, and then the upper ones."""
    files = []
    for folder, names in glimpse.files.items():
        stems = {PurePosixPath(name).stem for name in names if is_image(PurePosixPath(name))}
        some = [name for name in names if PurePosixPath(name).suffix.lower() in SUFFIXES]
        own = [name for name in some if PurePosixPath(name).stem not in stems]
        if len(own) <= MOST_FILES and not OTHERS & set(folder.lower().split("/")):
            files += [PurePosixPath(folder, name) for name in own]
    known = [(file, named) for file in files if (named := _part_and_key(file)) is not None]
    first = sorted(range(len(known)), key=lambda place: not known[place][1][0])[:MOST_LOOKED]
    return [known[place][0] for place in sorted(first)]


def list_file(
    root: Path,
    file: PurePosixPath,
    bases: Sequence[str],
    suffixes: Sequence[str],
    known: Collection[str] | None = None,
) -> ImageList | None:
    """Return what is known of a list of images, None where a file is none.

    `known`: the names of all images, with and without suffix, in small letters; None where these are not known.
    """
    named = _part_and_key(file)
    if named is None:
        return None
    if file.suffix.lower() in (".csv", ".tsv"):
        table = glance_at_table(root / file)
        if table is not None and table.has_header and not any(is_image(PurePosixPath(name)) for name in table.columns):
            return None  # a table, whose columns say what they hold
    part, key, number = named
    rows = list(list_rows(root / file, BEGINNING))
    if not _meets(rows, known):
        return None
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
    folders = _folders(rows)
    if folders == 1 and (root / file).stat().st_size >= BEGINNING:
        folders = _folders(list_rows(root / file))  # sorted by folder, the first being a long one
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
    """Yield the rows of a file that may be a list, of a JSON object the names that its lists hold.

    With `most` it is a look at so many bytes, to which a file that cannot be read has none. Without, raises UserError.
    """
    if path.suffix.lower() == ".json":
        yield from _of_json(path, most)
        return
    try:
        lines = lines_of(path) if most >= LARGEST else first_lines_of(path, most)
    except UserError:
        if most >= LARGEST:
            raise
        return
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = NAMED.fullmatch(line)
        name, rest = match.groups() if match else _first(line)
        yield ListRow(number, name.strip(' "').replace("\\", "/"), _cells(rest))


def _of_json(path: Path, most: int) -> Iterator[ListRow]:
    """Yield the names of an object of lists of names, as Food-101 has it, and of one of names with their classes."""
    try:
        content = read_regular(path, most)
        whole = len(content) < most
        if not (JSON_LISTS.match(content) or (whole and JSON_CLASSES.match(content))):
            return
        held = json.loads(content if whole else read_regular(path, LARGEST))
    except (ValueError, RecursionError, OSError):
        return
    if not isinstance(held, dict) or _holds_parts(path, held):
        return
    values = list(held.values())
    if all(isinstance(some, list) and all(isinstance(name, str) for name in some) for some in values):
        yield from (ListRow(number, name) for number, name in enumerate(chain(*values), start=1))
    elif all(isinstance(label, str | int) for label in values):
        yield from (ListRow(number, name, (str(held[name]),)) for number, name in enumerate(held, start=1))


def _holds_parts(path: Path, held: Mapping[str, object]) -> bool:
    """Return whether the keys of an object are parts, other than the one that its file is named after."""
    parts = {_meaning(key) for key in held}
    named = _part_and_key(PurePosixPath(path.name))
    return len(parts - {None}) > 1 or (bool(parts) and None not in parts and (named is None or parts != {named[0]}))


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


def _part_and_key(file: PurePosixPath) -> tuple[str, tuple[str, ...], int] | None:
    """Return the part that a list's name or folder means, what else its name says, and the number of its split.

    None where the name has two different parts, as `train_test_split`: its rows are of both.
    """
    folder, tokens = file.parent.as_posix(), WORDS.split(file.stem)
    meant = {place: part for place, token in enumerate(tokens) if (part := _meaning(token))}
    humps = {_meaning(hump) for token in tokens if not _meaning(token) for hump in HUMPS.split(token)}
    if len((humps | set(meant.values())) - {None}) > 1:
        return None
    for place, part in meant.items():
        others = tokens[:place] + tokens[place + 1 :]
        digits = tokens[place][len(tokens[place].rstrip(string.digits)) :] or next(
            (other for other in others if other.isdecimal()), "0"
        )
        return part, (folder, *(other for other in others if not other.isdecimal())), int(digits)
    part = part_of(file.parent.name) or ""
    return part, (file.parent.parent.as_posix() if part else folder, *tokens), 0


def _meaning(word: str) -> str | None:
    """Return the part that a word means, perhaps with a number, "trainval" being two of them."""
    plain = word.lower().rstrip(string.digits)
    return "trainval" if plain == "trainval" else part_of(plain)


def _folders(rows: Iterable[ListRow]) -> int:
    """Return how many different folders stand before names."""
    return len({row.name.rpartition("/")[0] for row in rows})


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


def _sample(rows: Sequence[ListRow]) -> Sequence[ListRow]:
    """Return the rows that are tried."""
    body = rows[MOST_HEADERS:] if len(rows) > 2 * MOST_HEADERS else rows
    return body[:: max(1, len(body) // TRIED)][:TRIED]


def _meets(rows: Sequence[ListRow], known: Collection[str] | None) -> bool:
    """Return whether most of the rows that are tried have the name of an image, in whatever folder."""
    some = _sample(rows)
    return known is None or sum(PurePosixPath(row.name).name.casefold() in known for row in some) > len(some) / 2


def _where(
    root: Path, rows: Sequence[ListRow], bases: Sequence[str], suffixes: Sequence[str]
) -> tuple[str, int, str] | None:
    """Return the folder at which names begin, how many of their own are passed over, and the suffix that they lack."""
    some = _sample(rows)
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
