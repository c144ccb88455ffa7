"""YOLO: a text file for each image, a line `class x y width height` for each object, relative to the image."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from skipwise.data.boxes.annotated import Annotated, Described, assembled
from skipwise.data.boxes.formats.files import beginning, read_lines
from skipwise.data.boxes.formats.yolo_description import MOST_CLASSES, Description, describe
from skipwise.data.boxes.formats.yolo_layout import NAMES, Layout, described_layout, found_layout
from skipwise.data.boxes.tree import Tree
from skipwise.data.tally import Tally
from skipwise.errors import UserError

FORM = "class x y width height, the last four as shares of the image"
FURTHEST = 2.0
"""Shares beyond this are pixels."""
KEYPOINTS = "keypoints are not read: export boxes alone, as class x y width height"
SEEN = 2.0
"""The mark of a visible keypoint after its two shares; no outline has it."""
Row = tuple[list[float], int]


def read_yolo(tree: Tree, description: str | None) -> Annotated:
    """The images and boxes of a tree with its data.yaml or obj.data. Raises UserError naming file and line.

    An image without a label file shows no object. A line with more than two corners is taken for a polygon.
    """
    file = str(tree.root / description) if description else str(tree.root)
    described = describe(tree.root / description) if description else Description()
    if described.poses:
        raise UserError(f"{file} holds poses (kpt_shape in its description), and {KEYPOINTS}.")
    layout = described_layout(tree, described, file) if described.parts else found_layout(tree)
    if not layout.pairs:
        hint = " (a description names folders that lie beside or below it)" if description else ""
        raise UserError(
            f"{tree.root} holds no folders images and labels: labels/a.txt must lie beside images/a.jpg{hint}."
        )
    names = described.names or _listed_names(tree, layout)
    _check_names(names, file)
    tally = Tally()
    for text in layout.lost:
        tally.add("label files without an image are left out", text)
    rows = [_rows(tree, pair.labels, pair.image, len(names), tally) for pair in layout.pairs]
    used = sorted({label for own in rows for _, (_, label) in own})
    images = [
        Described(
            file=pair.image,
            part=pair.part,
            objects=[
                (box, names[label] if names else str(label), f"{pair.labels}, line {line}")
                for line, (box, label) in own
            ],
            relative=True,
        )
        for pair, own in zip(layout.pairs, rows, strict=True)
    ]
    classes = names or [str(label) for label in used]
    notes = (
        layout.notes if names or not used else (*layout.notes, "no file names the classes: they are called by number")
    )
    return assembled(tree.root, images, tally, classes=classes, notes=notes)


def _listed_names(tree: Tree, layout: Layout) -> list[str]:
    """The classes of classes.txt or obj.names, in the order of their numbers. Raises UserError where two differ."""
    folders = {"", *(pair.labels.rpartition("/")[0] for pair in layout.pairs)}
    folders |= {pair.image.rpartition("/")[0] for pair in layout.pairs}
    folders |= {folder.rpartition("/")[0] for folder in folders}
    found: dict[str, list[str]] = {}
    for folder in sorted(folders):
        for name in tree.files.get(folder, ()):
            if name.lower() in NAMES or PurePosixPath(name).suffix.lower() in (".names", ".labels"):
                path = f"{folder}/{name}" if folder else name
                found[path] = [line.strip() for line in read_lines(tree.root / path) if line.strip()]
    lists = list(found.values())
    longest = max(lists, key=len, default=[])
    if any(longest[: len(some)] != some for some in lists):
        raise UserError(
            f"{tree.root}: {' and '.join(list(found)[:4])} give other names to the same numbers: number the classes of all "
            "folders alike."
        )
    return longest


def _check_names(names: Sequence[str], file: str) -> None:
    """Raises UserError for one name twice, or more names than any data have."""
    if len(names) > MOST_CLASSES:
        raise UserError(f"{file} names {len(names):,} classes, and at most {MOST_CLASSES:,} are read.")
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise UserError(f"{file}: the class {twice!r} is named twice: give each number a name of its own.")


def _rows(tree: Tree, text: str, image: str, classes: int, tally: Tally) -> list[tuple[int, Row]]:
    """The objects of a label file by line. Raises UserError for a line that is none."""
    file = tree.root / text
    if not file.is_file():
        tally.add("images have no label file, and are taken to show no object", image)
        return []
    return [
        (number, _row(line.split(), f"{file}, line {number}", classes, tally))
        for number, line in enumerate(read_lines(file), start=1)
        if line.strip()
    ]


def _row(words: Sequence[str], where: str, classes: int, tally: Tally) -> Row:
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise UserError(f"{where}: {' '.join(words)[:60]!r} must be numbers: {FORM}.") from error
    if len(numbers) < 5 or (len(numbers) > 5 and (len(numbers) < 7 or len(numbers) % 2 == 0)):
        poses = f" ({KEYPOINTS})" if len(numbers) > 6 else ""
        raise UserError(f"{where} holds {len(numbers)} numbers: it must hold {FORM}{poses}.")
    if SEEN in numbers[5:]:
        raise UserError(f"{where} holds keypoints, and {KEYPOINTS}.")
    if not all(abs(number) <= FURTHEST for number in numbers[1:]):
        raise UserError(f"{where}: {' '.join(words[1:])[:60]} are no shares of the image: it must hold {FORM}.")
    label = numbers[0]
    if not (0 <= label < (classes or MOST_CLASSES)) or label % 1:
        known = (
            f"the {classes} classes are 0 to {classes - 1}"
            if classes
            else f"classes are numbered from 0 to {MOST_CLASSES - 1:,}"
        )
        raise UserError(f"{where} has the class {words[0][:40]}: {known}.")
    if len(numbers) == 5:
        x, y, width, height = numbers[1:]
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2], int(label)
    tally.add("outlines are taken by the boxes round them", where)
    across, down = numbers[1::2], numbers[2::2]
    return [min(across), min(down), max(across), max(down)], int(label)


def looks_like_labels(file: Path) -> bool:
    """Whether a text file's first line is one of YOLO's, of boxes, outlines or keypoints."""
    lines = beginning(file).decode("utf-8", "replace").splitlines()
    words = next((line.split() for line in lines if line.strip()), [])
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return False
    return len(numbers) >= 5 and numbers[0] >= 0 and numbers[0] % 1 == 0
