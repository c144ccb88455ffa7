"""Images whose classes or parts lists without a header give, as those of mmpretrain, Food-101 and DTD."""

import os
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from skipwise.data.class_folders import ANNOTATIONS, PLAIN, listed
from skipwise.data.clutter import is_clutter
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.folder import is_image
from skipwise.data.images.list_files import MOST_HEADERS, ImageList, ListRow, list_files, list_rows
from skipwise.data.images.list_lines import lines_of
from skipwise.data.images.listed import Listed, Listing, source_of_listed
from skipwise.data.images.source import Source
from skipwise.data.links import is_there
from skipwise.data.parts import PARTS, part_of
from skipwise.data.tally import Tally
from skipwise.errors import UserError
from skipwise.names import shown, tidy

NAMES = ("classes", "class_names", "classnames", "labels", "label_names", "names", "categories", "synsets")
"""Files, without .txt, with the name of a class in each line."""
NOT_LISTS = {f"{name}.txt" for name in NAMES if name != "labels"}
"""Of these only labels.txt may be a list of images, too."""
BEGINNING = re.compile(r"(.+?)[ _.-]*\d+")
"""The words before the number of a file's name."""
NUMBERED = re.compile(r"(\d{1,9})[\s:,.]+(\S.*)")
"""A line of a number and a name."""
MASKS = ANNOTATIONS - {"labels", "parts"}
UNLISTED = "images that no list names are left out"


@dataclass(frozen=True, kw_only=True)
class ClassLists:
    """Lists of one split by part, "" being no part. `labelled`: whether they hold classes, or folders do.

    `splits`: how many splits are listed, of which this is the first. `others`: lists that say other things of images.
    """

    of_part: Mapping[str, ImageList]
    labelled: bool
    splits: int = 1
    others: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Say which lists these are, and what they give."""
        names = ", ".join(one.file for one in self.of_part.values())
        parts = f"parts: {', '.join(self.of_part)}" if "" not in self.of_part else ""
        first = f", the first of {self.splits} splits" if self.splits > 1 else ""
        if self.labelled:
            return f"images in lists: {names} (a name and a class a line{f'; {parts}' if parts else ''}{first})"
        return f"images in a folder for each class, with the parts that lists give: {names} ({parts}{first})"

    def refused(self, root: Path) -> str | None:
        """Return why these cannot be read, None where they can."""
        first = root / next(iter(self.of_part.values())).file
        if self.others:
            what = "classes" if self.labelled else "parts"
            return f"{first} and {listed(self.others)} list images with {what} of their own: give the list to learn from, as {first}."
        return None


def class_lists(glimpse: Glimpse, file: str | None = None) -> ClassLists | None:
    """Return the lists that say the classes or the parts of images in a folder, None where there are none.

    `file`: a list that a user gave, with which those of its parts are taken.
    """
    found = [one for one in list_files(glimpse) if PurePosixPath(one.file).name not in NOT_LISTS]
    groups: dict[tuple[str, ...], dict[int, dict[str, ImageList]]] = {}
    twice: list[ImageList] = []
    for one in found:
        own = groups.setdefault(one.key, {}).setdefault(one.number, {})
        if one.part in own and not one.file.endswith(".json") and not own[one.part].file.endswith(".json"):
            twice.append(one)
        elif one.part not in own or own[one.part].file.endswith(".json"):
            own[one.part] = one
    _join(groups)
    some = [lists for splits in groups.values() if (lists := _of_group(splits)) is not None]
    if file is not None:
        named = (one for one in some if any(own.file == file for own in one.of_part.values()))
        return next((one for one in named if one.labelled or _by_folder(one)), None)
    given = [one for one in some if "train" in one.of_part or "" in one.of_part]
    with_parts = [one for one in given if "train" in one.of_part]
    labelled = [one for one in with_parts if one.labelled]
    by_folder = [one for one in with_parts if not one.labelled and _by_folder(one)]
    chosen = labelled or by_folder or [one for one in given if one.labelled]
    if not chosen:
        return None
    others = [next(iter(one.of_part.values())).file for one in chosen[1:]]
    taken = {one.file for one in chosen[0].of_part.values()}
    others += [one.file for one in twice if any(one.key == own.key for own in chosen[0].of_part.values())]
    return replace(chosen[0], others=tuple(file for file in others if file not in taken))


def _join(groups: dict[tuple[str, ...], dict[int, dict[str, ImageList]]]) -> None:
    """Put lists of other parts to the only list to train on beside them, whose name says more: train_standard, val."""
    training = [key for key, splits in groups.items() if any("train" in own for own in splits.values())]
    for key in [key for key in groups if key not in training and "" not in groups[key].get(0, ())]:
        beside = [other for other in training if other[0] == key[0] and set(key) <= set(other)]
        if len(beside) == 1 and len(groups[beside[0]]) == len(groups[key]) == 1:
            (own,), (others,) = groups[beside[0]].values(), groups.pop(key).values()
            own |= {part: one for part, one in others.items() if part not in own}


def _of_group(splits: Mapping[int, Mapping[str, ImageList]]) -> ClassLists | None:
    """Return the first split of lists that belong together; where `train` lacks, `trainval` is it."""
    lists = dict(splits[min(splits)])
    both = lists.pop("trainval", None)
    if both is not None and "train" not in lists:
        lists["train"] = both
    ordered = {part: lists[part] for part in ("", *PARTS) if part in lists}
    if len(ordered) > 1 and "" in ordered:
        del ordered[""]
    if not ordered:
        return None
    return ClassLists(of_part=ordered, labelled=all(one.cells for one in ordered.values()), splits=len(splits))


def _by_folder(lists: ClassLists) -> bool:
    """Return whether names begin with folders that may be classes."""
    return all(one.folders > 1 for part, one in lists.of_part.items() if part in ("", "train"))


def read_lists(root: Path, lists: ClassLists) -> Source:
    """The images that lists name. Raises UserError naming a line that contradicts another, and for several labels."""
    listing = Listing()
    for part, one in lists.of_part.items():
        for row in _rows(root, one, part, listing.tally, labelled=lists.labelled):
            listing.put(row)
    first = root / next(iter(lists.of_part.values())).file
    if not lists.labelled:
        _check_folders(first, listing)
    rows, notes = list(listing.rows.values()), list[str]()
    if lists.labelled:
        rows, notes = _named(root, next(iter(lists.of_part.values())), rows)
    classes = listing.classes(first)
    if lists.labelled and all(map(part_of, classes)):
        raise UserError(
            f"{first}: the words behind the images ({listed(classes)}) are parts of a split and no classes: write a .csv with "
            "columns path, label and split."
        )
    tell_unlisted(root, listing)
    names = [row.file for row in rows]
    return source_of_listed(root.resolve().name, root, rows, names, (*notes, *listing.tally.notes()))


def _rows(root: Path, one: ImageList, part: str, tally: Tally, *, labelled: bool) -> Iterator[Listed]:
    """Yield the images of a list, with the cell that is the class, or else the folder.

    The first lines may be a heading, where they name no image. Raises UserError naming a line without a class.
    """
    path = root / one.file
    rows = []
    for place, row in enumerate(list_rows(path)):
        named = is_image(PurePosixPath(row.name)) or place >= MOST_HEADERS or is_there(root / one.place(row.name))
        if named:
            rows.append(row)
        else:
            tally.add("lines above the images are taken for a heading", f"{path.name}, line {row.number}")
    column = _column(path, rows) if labelled and one.cells > 1 else 0
    several = _shared(one.place(row.name) for row in rows)
    for row in rows:
        file, where = one.place(row.name), f"{path}, line {row.number}"
        if labelled and not "".join(row.cells[column : column + 1]):
            raise UserError(f"{where} has no class behind {shown(row.name)}: write it there, or remove the line.")
        label = row.cells[column] if labelled else _folder(file, several)
        yield Listed(file=file, label=tidy(label), part=part, group="", where=where)


def _folder(file: str, several: Container[str]) -> str:
    """Return the folder of an image, with the one above it where folders in several others have its name."""
    *above, own = [name for name in PurePosixPath(file).parts[:-1] if part_of(name) is None] or [""]
    return "/".join([*above[-1:], own]) if own in several else own


def _shared(files: Iterable[str]) -> set[str]:
    """Return the names of folders that several other folders have, as abbey/outdoor and church/outdoor."""
    above: dict[str, set[tuple[str, ...]]] = {}
    for folder in {file.rpartition("/")[0] for file in files}:
        *others, own = [name for name in folder.split("/") if part_of(name) is None] or [""]
        above.setdefault(own, set()).add(tuple(others))
    return {own for own, others in above.items() if len(others) > 1}


def _column(path: Path, rows: Sequence[ListRow]) -> int:
    """Return which of several cells is the class: the one that goes with the beginnings of the files' names.

    Raises UserError where there is none.
    """
    width, _ = Counter(len(row.cells) for row in rows).most_common(1)[0]
    wider = next((row for row in rows if len(row.cells) > width), None)
    if wider is not None:
        raise UserError(
            f"{path}, line {wider.number} has {len(wider.cells)} cells behind the image, and most lines have {width}: mend it."
        )
    if width < 2:
        return 0
    body = [row for row in rows if len(row.cells) == width]
    for column in range(width):
        pairs = {row.cells[column]: _beginning(row.name) for row in body}
        if _are_names(pairs, [(row.cells[column], _beginning(row.name)) for row in body]):
            return column
    raise UserError(
        f"{path} has {width} cells behind each image, and nothing says which is its class: write a .csv with columns path "
        "and label, or leave one cell."
    )


def _beginning(name: str) -> str:
    found = BEGINNING.fullmatch(PurePosixPath(name).stem)
    return found[1] if found else ""


def _are_names(names: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether each label goes with one name, and each name with one label."""
    together = set(pairs)
    return len(names) > 1 and len(together) == len(names) == len(set(names.values())) and all(names.values())


def _named(root: Path, one: ImageList, rows: list[Listed]) -> tuple[list[Listed], list[str]]:
    """Give classes that are numbers the names which a file, the folders or the files' names have for them."""
    labels = {row.label for row in rows}
    if not all(label.isdecimal() and len(label) < 10 for label in labels):
        return rows, []
    names, told = _names_in_file(root, one, labels)
    if names is None:
        ways: dict[str, Callable[[str], str]] = {
            "folders of the images": lambda file: PurePosixPath(file).parent.name,
            "beginnings of the files' names": _beginning,
        }
        for what, name_of in ways.items():
            pairs = [(row.label, name_of(row.file)) for row in rows if row.part in ("", "train")]
            if _are_names(dict(pairs), pairs) and labels == {label for label, _ in pairs}:
                names, told = dict(pairs), [*told, f"the names of the classes are the {what}"]
                break
    if names is None:
        return rows, told
    return [replace(row, label=tidy(names[row.label])) for row in rows], told


def _names_in_file(root: Path, one: ImageList, labels: set[str]) -> tuple[dict[str, str] | None, list[str]]:
    """Return the names that a file such as classes.txt has for numbers, from 0 or from 1, and what is said of it."""
    numbers = sorted(map(int, labels))
    for folder in dict.fromkeys(((root / one.file).parent, root)):
        for name in NAMES:
            file = folder / f"{name}.txt"
            if not file.is_file() or file == root / one.file:
                continue
            lines = lines_of(file)
            place = file.relative_to(root).as_posix()
            known = [line.strip() for line in lines if line.strip()]
            numbered = _numbered(known, labels)
            if numbered is not None:
                return numbered, [f"the names of the classes are the lines of {place}, by the numbers there"]
            begins = 1 if numbers[0] > 0 and numbers[-1] == len(known) else 0
            if len(set(known)) < len(known):
                return None, [f"{place} is not used: it has a name twice"]
            if numbers[-1] - begins >= len(known):
                return None, [f"{place} is not used: it has {len(known)} names, and labels go to {numbers[-1]}"]
            names = {label: known[int(label) - begins] for label in labels}
            return names, [f"the names of the classes are the lines of {place}, counted from {begins}"]
    return None, []


def _numbered(lines: Sequence[str], labels: set[str]) -> dict[str, str] | None:
    """Return the names of labels from lines that begin with numbers, None where these are not those of the labels."""
    found = [NUMBERED.fullmatch(line) for line in lines]
    names = {str(int(match[1])): match[2] for match in found if match}
    whole = len(names) == len(lines) == len(set(names.values()))
    by_label = {label: names.get(str(int(label)), "") for label in labels}
    return by_label if whole and all(by_label.values()) else None


def _check_folders(path: Path, listing: Listing) -> None:
    """Raises UserError where the folders of listed images cannot be classes."""
    folders = {row.label for row in listing.rows.values()}
    if len(folders) < 2 or all(part_of(name) or name.lower() in PLAIN for name in folders):
        raise UserError(
            f"{path} lists images without classes, and their folders ({listed(sorted(folders))}) are none: write the class "
            "behind each name."
        )


def tell_unlisted(root: Path, listing: Listing) -> None:
    """Count the images that lie there and are in no list; masks in folders of annotations are none."""
    seen: set[str] = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        if (real := os.path.realpath(folder)) in seen:
            folders.clear()  # reached twice by links
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not is_clutter(name) and name.lower() not in MASKS)
        for name in sorted(files):
            place = (Path(folder) / name).relative_to(root).as_posix()
            if is_image(PurePosixPath(name)) and place not in listing.rows:
                listing.tally.add(UNLISTED, shown(place))
