"""CUB-200's lists: numbers for images, and by these numbers their files, their classes and their parts."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from skipwise.data.glimpse import Glimpse
from skipwise.data.images.class_lists import tell_unlisted
from skipwise.data.images.list_lines import lines_of
from skipwise.data.images.listed import Listed, Listing, source_of_listed
from skipwise.data.images.source import Source
from skipwise.data.links import is_there
from skipwise.errors import UserError, short
from skipwise.names import tidy

FILES, PARTS, LABELS, CLASSES = "images.txt", "train_test_split.txt", "image_class_labels.txt", "classes.txt"
PART_OF = {"1": "train", "0": "test"}


def cub_folder(glimpse: Glimpse) -> str | None:
    """Return the folder that holds the lists, None where there are none."""
    return next((folder for folder, names in glimpse.files.items() if {FILES, PARTS} <= set(names)), None)


def cub_words(folder: str) -> str:
    """Say what the lists give."""
    inside = f" in {folder}" if folder else ""
    return f"images in a folder for each class, with the parts that lists give: {PARTS}{inside} (parts: train, test)"


def read_cub(root: Path, folder: str) -> Source:
    """The images that the lists name. Raises UserError where a number or a file is missing."""
    place = root / folder
    files, parts = _pairs(place / FILES), _pairs(place / PARTS)
    labels = _pairs(place / LABELS) if (place / LABELS).is_file() else {}
    classes = _pairs(place / CLASSES) if (place / CLASSES).is_file() else {}
    base = next((base for base in ("images", "") if is_there(place / base / next(iter(files.values()), ""))), "images")
    listing = Listing()
    for number, file in files.items():
        where = f"{place / FILES}, image {short(number)}"
        if parts.get(number) not in PART_OF:
            raise UserError(f"{where} has no part in {PARTS}: write 1 for training or 0 for testing there.")
        label = PurePosixPath(file).parent.name
        if labels and classes:
            label = _class_of(place, number, labels, classes)
        at = PurePosixPath(
            folder, base, *(part for part in PurePosixPath(file).parts if part not in ("/", ".."))
        ).as_posix()
        listing.put(Listed(file=at, label=tidy(label), part=PART_OF[parts[number]], group="", where=where))
    if not listing.rows:
        raise UserError(f"{place / FILES} lists no images: write a number and a path a line.")
    listing.classes(place / FILES)
    tell_unlisted(root, listing)
    rows = list(listing.rows.values())
    return source_of_listed(root.resolve().name, root, rows, [row.file for row in rows], listing.tally.notes())


def _class_of(place: Path, number: str, labels: Mapping[str, str], classes: Mapping[str, str]) -> str:
    """Return the name of an image's class. Raises UserError where a line lacks."""
    if number not in labels:
        raise UserError(
            f"{place / LABELS} has no line for image {short(number)} of {FILES}: write its number and its class's."
        )
    if labels[number] not in classes:
        raise UserError(
            f"{place / CLASSES} has no line for class {short(labels[number])!r}, which image {short(number)} has in {LABELS}: write its "
            "number and name."
        )
    return classes[labels[number]]


def _pairs(path: Path) -> Mapping[str, str]:
    """Return the second cell of each line by its first. Raises UserError where the file cannot be read."""
    cells = [line.strip().split(maxsplit=1) for line in lines_of(path)]
    return {some[0]: some[1] for some in cells if len(some) == 2}
