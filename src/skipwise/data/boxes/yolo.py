"""YOLO: a text file for each image, a line `class x y width height` for each object, relative to the image."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skipwise.data.boxes.annotated import Annotated, Annotation, Tally, below, read_lines
from skipwise.data.boxes.yolo_description import Value, read_description
from skipwise.data.images.folder import is_image
from skipwise.data.images.source import PART_NAMES
from skipwise.errors import UserError

FORM = "class x y width height, the last four as shares of the image"
FURTHEST = 2.0
"""Shares beyond this are pixels."""
KEYPOINTS = "keypoints are not read: export boxes alone, as class x y width height"
SEEN = 2.0
"""The mark of a visible keypoint after its two shares; no outline has it."""
YAML = (".yaml", ".yml")
READ = ("path", "names", "kpt_shape", *PART_NAMES)
"""All that is read of a description."""
Row = tuple[list[float], int]
Root = tuple[str, Path, Path]
"""A part with its folders of images and of labels."""


def is_yolo(path: Path) -> bool:
    """Whether a folder, or the one that holds a .yaml, is laid out so."""
    if path.suffix.lower() in YAML:
        return path.is_file()
    return any(next(labels.rglob("*.txt"), None) is not None for _, _, labels in _roots(path))


def read_yolo(path: Path) -> Annotated:
    """The images and boxes of such a folder or .yaml. Raises UserError naming file and line.

    An image without a label file shows no object. A line with more than two corners is taken for a polygon.
    """
    folder = path if path.is_dir() else path.parent
    described = _described(path)
    if "kpt_shape" in described:
        raise UserError(f"{path} holds poses (kpt_shape in its description), and {KEYPOINTS}.")
    roots = _given_roots(folder, described) or _roots(folder)
    roots, notes = _once(roots, folder)
    if not roots:
        hint = " (a description names folders that lie beside or below it)" if described else ""
        raise UserError(f"{path} holds no folders images and labels: labels/a.txt must lie beside images/a.jpg{hint}.")
    listed = _names(folder, described)
    tally = Tally()
    chosen: list[tuple[Path, str, Path]] = []
    for part, images, labels in roots:
        files = [file for file in sorted(images.rglob("*")) if is_image(file) and not file.name.startswith(".")]
        texts = [labels / file.relative_to(images).with_suffix(".txt") for file in files]
        chosen += [(file, part, text) for file, text in zip(files, texts, strict=True)]
        known = {*texts, labels / "classes.txt"}
        for text in sorted(labels.rglob("*.txt")):
            if text not in known:
                tally.add("label files without an image are left out", text.relative_to(folder).as_posix())
    if not chosen:
        raise UserError(f"{roots[0][1]} holds no images.")
    annotations = []
    for file, _, text in chosen:
        if not text.is_file():
            tally.add("images have no label file, and are taken to show no object", file.relative_to(folder).as_posix())
        rows = _rows(text, len(listed), tally) if text.is_file() else []
        annotations.append(_annotation(rows, text.relative_to(folder).as_posix()))
    highest = max((int(annotation.labels.max(initial=-1)) for annotation in annotations), default=-1)
    return Annotated(
        name=folder.resolve().name,
        classes=tuple(listed or [str(number) for number in range(highest + 1)]),
        annotations=annotations,
        parts=[part for _, part, _ in chosen],
        names=[file.relative_to(folder).as_posix() for file, _, _ in chosen],
        files=[file for file, _, _ in chosen],
        notes=notes,
        tally=tally,
    ).in_order()


def _roots(folder: Path) -> list[Root]:
    """Parts with their folders of images and of labels: images/train, train/images, or images alone."""
    below = [(part, folder / "images" / name, folder / "labels" / name) for name, part in PART_NAMES.items()]
    above = [(part, folder / name / "images", folder / name / "labels") for name, part in PART_NAMES.items()]
    for layout in (below, above, [("", folder / "images", folder / "labels")]):
        found = [root for root in layout if root[1].is_dir() and root[2].is_dir()]
        twice = {part for part, _, _ in found if sum(part == other for other, _, _ in found) > 1}
        if twice:
            raise UserError(f"{folder} holds the {min(twice)} part twice, as {' and '.join(r[1].name for r in found)}.")
        if found:
            return found
    return []


def _given_roots(folder: Path, described: dict[str, Value]) -> list[Root]:
    """The folders that the description names, where all of them are there and lie in this one."""
    base = str(described.get("path", ""))
    roots = []
    for name, part in PART_NAMES.items():
        value = described.get(name, [])
        for written in [value] if isinstance(value, str) and value else list(value):
            places = (below(folder, some) for some in (Path(base) / written, Path(written)))
            images = next((place for place in places if place is not None and place.is_dir()), None)
            if images is None or "images" not in images.relative_to(folder).parts:
                return []
            last = len(images.parts) - 1 - images.parts[::-1].index("images")
            roots.append((part, images, Path(*images.parts[:last], "labels", *images.parts[last + 1 :])))
    return roots


def _once(roots: list[Root], folder: Path) -> tuple[list[Root], tuple[str, ...]]:
    """The parts without those whose folder is an earlier part's, which test nothing, and a note on each of these.

    Raises UserError where a part's folder lies in that of another.
    """
    kept: dict[Path, Root] = {}
    notes = []
    for part, images, labels in roots:
        place = images.resolve()
        if place in kept:
            name = images.relative_to(folder).as_posix()
            notes.append(f"the {part} part is left out: its folder {name} is that of the {kept[place][0]} part too")
            continue
        for other, (earlier, _, _) in kept.items():
            if place.is_relative_to(other) or other.is_relative_to(place):
                raise UserError(
                    f"{folder}: the folders of the {earlier} and the {part} part lie in one another ({other.name} and "
                    f"{place.name}): give each part a folder of its own."
                )
        kept[place] = (part, images, labels)
    return list(kept.values()), tuple(notes)


def _described(path: Path) -> dict[str, Value]:
    """Read data.yaml, dataset.yaml or the only .yaml; nothing where there is none."""
    if path.is_file():
        file: Path | None = path
    else:
        files = sorted(some for some in path.iterdir() if some.suffix.lower() in YAML)
        named = [some for some in files if some.stem in ("data", "dataset")]
        file = (named or files)[0] if len(named or files) == 1 else None
    return {} if file is None else read_description("\n".join(read_lines(file)), str(file), READ)


def _names(folder: Path, described: dict[str, Value]) -> list[str]:
    """The classes in the order of their numbers; none where nobody tells them. Raises UserError for one name twice."""
    names = described.get("names", [])
    for place in (folder / "classes.txt", folder / "labels" / "classes.txt"):
        if not names and place.is_file():
            names = [line.strip() for line in read_lines(place) if line.strip()]
    if isinstance(names, str):
        raise UserError(f"{folder}: the description's names are {names[:40]!r}, and must be a list as [cat, dog].")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"{folder}: the class {twice!r} is named twice: give each number a name of its own.")
    return names


def _rows(text: Path, classes: int, tally: Tally) -> list[tuple[int, Row]]:
    """The objects of a label file by line. Raises UserError for a line that is none."""
    lines = read_lines(text)
    return [
        (number, _row(line.split(), f"{text}, line {number}", classes, tally))
        for number, line in enumerate(lines, start=1)
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
    if not (label >= 0 and label % 1 == 0) or (classes and label >= classes):
        known = f"the {classes} classes are 0 to {classes - 1}" if classes else "classes are numbered from 0"
        raise UserError(f"{where} has the class {words[0]}: {known}.")
    if len(numbers) == 5:
        x, y, width, height = numbers[1:]
        return [x - width / 2, y - height / 2, x + width / 2, y + height / 2], int(label)
    tally.add("outlines are taken by the boxes round them", where)
    across, down = numbers[1::2], numbers[2::2]
    return [min(across), min(down), max(across), max(down)], int(label)


def _annotation(rows: list[tuple[int, Row]], name: str) -> Annotation:
    return Annotation(
        boxes=np.array([box for _, (box, _) in rows], np.float64).reshape(-1, 4),
        labels=np.array([label for _, (_, label) in rows], np.int64),
        places=[f"{name}, line {number}" for number, _ in rows],
        relative=True,
    )
