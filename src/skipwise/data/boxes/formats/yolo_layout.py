"""Where the images and label files of YOLO data are, and of which part: by a description, by lists or by folders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from skipwise.data.boxes.formats.files import below, read_lines
from skipwise.data.boxes.formats.yolo_description import Description
from skipwise.data.boxes.tree import ImageFinder, Tree, joined, part_in, tree_of
from skipwise.data.images.folder import is_image
from skipwise.data.parts import part_of
from skipwise.errors import UserError

LABELS = ("labels", "Labels", "LABELS", "label")
NOT_LABELS = {
    "classes",
    "train",
    "val",
    "valid",
    "test",
    "trainval",
    "notes",
    "obj",
    "readme",
    "requirements",
    "license",
}
"""Stems of text files that lie beside labels and are none."""
NAMES = ("classes.txt", "obj.names", "obj_names.txt", "predefined_classes.txt")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """An image, its part, and where its label file is, or should be."""

    image: str
    part: str
    labels: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The images of YOLO data, the label files that belong to none of them, and notes."""

    pairs: Sequence[Pair]
    lost: Sequence[str]
    notes: tuple[str, ...] = ()


def is_label_file(name: str) -> bool:
    """Whether a file may hold labels, by its name."""
    path = PurePosixPath(name)
    return path.suffix.lower() == ".txt" and path.stem.lower() not in NOT_LABELS


def label_folders(images: str) -> Iterator[str]:
    """Yield the folders in which the labels of a folder of images may be, likeliest first."""
    parts = images.split("/") if images else []
    for place in reversed(range(len(parts))):
        if parts[place].lower() in ("images", "image", "imgs", "img", "jpegimages"):
            for word in LABELS:
                yield "/".join([*parts[:place], word, *parts[place + 1 :]])
            break
    yield images
    for word in LABELS:
        yield joined(images, word)
        yield joined(word, images) if images else word


def found_layout(tree: Tree) -> Layout:
    """The layout of folders that nobody describes: those whose images have labels, with parts as they are called.

    Raises UserError for a part without any, and for one that is there under two names.
    """
    _check_once(tree)
    finder = ImageFinder(tree)
    pairs: list[Pair] = []
    texts: dict[str, str] = {}
    bare: list[str] = []
    for folder, names in tree.images.items():
        labels = _labels_of(tree, folder, names)
        if labels is None:
            bare.append(folder)
            continue
        pairs += [_pair(folder, name, part_in(folder), labels) for name in names]
        texts |= {joined(labels, name): folder for name in tree.files[labels] if is_label_file(name)}
    known = {pair.labels for pair in pairs}
    lost = [text for text in texts if text not in known]
    listed, notes = _by_lists(tree, finder, pairs)
    _check_bare(tree, bare, listed)
    if passed := [folder for folder in bare if not part_in(folder)]:
        notes = (*notes, f"folders of images without any label file are left out: {', '.join(passed[:5])}")
    linked = [
        f"the {part_in(link)} part is left out: its folder {link} is that of the {part_in(folder) or 'whole'} part too"
        for link, folder in tree.linked.items()
        if part_in(link) and folder in tree.images
    ]
    return Layout(pairs=listed, lost=sorted(lost), notes=(*notes, *linked))


def described_layout(tree: Tree, description: Description, file: str) -> Layout:
    """The layout that a description gives. Raises UserError for a part that is not there, or lies in another's."""
    finder = ImageFinder(tree)
    pairs: list[Pair] = []
    notes: list[str] = []
    roots: dict[Path, tuple[str, str]] = {}
    for part, written in description.parts:
        place = _place(tree, description.base, written)
        if place is None:
            raise UserError(
                f"{file} names {written!r} for the {part} part, and nothing of that name lies in {tree.root}: put it "
                "there, or take the line away."
            )
        if _spelt_otherwise(place, written):
            notes.append(f"{PurePosixPath(file).name} names {written} for the {part} part, and {place} is read")
        if (tree.root / place).is_file():
            own = _of_list(tree, finder, place, part)
        else:
            if note := _seen(roots, tree, place, part):
                notes.append(note)
                continue
            own = _of_folder(tree, place, part)
        if not own:
            raise UserError(f"{tree.root / place} holds no images, and {file} names it for the {part} part: mend it.")
        _check_labelled(tree, own, part, place)
        pairs += own
    lost, alone = _undescribed(tree, pairs)
    given = {part for part, _ in description.parts}
    more = [pair for pair in alone if pair.part not in ("", *given)]
    short = PurePosixPath(file).name
    for part in sorted({pair.part for pair in more}):
        first = next(pair.image for pair in more if pair.part == part)
        notes.append(f"{short} does not name the {part} part, whose folder is there and is read ({first} and its like)")
    if left := [pair.image for pair in alone if pair not in more]:
        notes.append(f"images that {short} does not name are left out: {len(left)} (the first: {left[0]})")
    return Layout(pairs=[*pairs, *more], lost=lost, notes=tuple(notes))


def _undescribed(tree: Tree, pairs: Sequence[Pair]) -> tuple[list[str], list[Pair]]:
    """The label files without an image, and the labelled images that are not among the pairs, as folders are called."""
    used = {pair.image for pair in pairs}
    texts = {pair.labels for pair in pairs if (tree.root / pair.labels).exists()}
    alone: list[Pair] = []
    lost: list[str] = []
    for folder, names in tree.images.items():
        if (labels := _labels_of(tree, folder, names)) is None:
            continue
        every = [_pair(folder, name, part_in(folder), labels) for name in names]
        alone += [pair for pair in every if pair.image not in used and pair.labels not in texts]
        known = {pair.labels for pair in every} | texts
        lost += [
            text for name in tree.files[labels] if is_label_file(name) and (text := joined(labels, name)) not in known
        ]
    return sorted(lost), sorted(alone, key=lambda pair: pair.image)


def _pair(folder: str, name: str, part: str, labels: str) -> Pair:
    return Pair(image=joined(folder, name), part=part, labels=joined(labels, f"{PurePosixPath(name).stem}.txt"))


def _labels_of(tree: Tree, folder: str, images: Sequence[str]) -> str | None:
    """The folder with label files of a folder's images, None where there is none; beside them one must be theirs."""
    stems = {PurePosixPath(name).stem for name in images}
    for place in label_folders(folder):
        texts = [name for name in tree.files.get(place, ()) if is_label_file(name)]
        if any(PurePosixPath(name).stem in stems for name in texts) or (texts and place != folder):
            return place
    return None


def _by_lists(tree: Tree, finder: ImageFinder, pairs: Sequence[Pair]) -> tuple[Sequence[Pair], tuple[str, ...]]:
    """The images with the parts that train.txt, val.txt and test.txt give, as in darknet's data."""
    lists = {
        part: name
        for name in sorted(tree.files.get("", ()), reverse=True)
        if PurePosixPath(name).suffix == ".txt" and (part := part_of(PurePosixPath(name).stem))
    }
    part_by_image: dict[str, str] = {}
    for part, name in lists.items():
        for pair in _of_list(tree, finder, name, part):
            if part_by_image.setdefault(pair.image, part) != part:
                raise UserError(
                    f"{tree.root / name} lists {pair.image}, which is of the {part_by_image[pair.image]} part too: keep one."
                )
    if not part_by_image:
        return pairs, ()
    kept = [
        Pair(image=p.image, part=part_by_image[p.image], labels=p.labels) for p in pairs if p.image in part_by_image
    ]
    left = len(pairs) - len(kept)
    return kept, (f"images in no list are left out: {left}",) if left else ()


def _check_once(tree: Tree) -> None:
    """Raises UserError where one part has two folders of different names side by side."""
    words: dict[tuple[str, str], str] = {}
    for folder in [*tree.files, *tree.linked]:
        above, _, name = folder.rpartition("/")
        part = part_of(name.lower().removeprefix("obj_"))
        if part and any(some == folder or some.startswith(f"{folder}/") for some in tree.images):
            other = words.setdefault((above, part), name)
            if other != name:
                raise UserError(f"{tree.root} holds the {part} part twice, as {other} and {name}: keep one.")


def _check_bare(tree: Tree, bare: Sequence[str], pairs: Sequence[Pair]) -> None:
    """Raises UserError for a part of which no image has a label file."""
    there = {pair.part for pair in pairs}
    for folder in bare:
        part = part_in(folder)
        if pairs and part and part not in there:
            raise UserError(_unlabelled(tree, folder, part, len(tree.images[folder])))


def _check_labelled(tree: Tree, pairs: Sequence[Pair], part: str, place: str) -> None:
    """Raises UserError where no image of a part that is given has a label file."""
    if not any((tree.root / pair.labels).is_file() for pair in pairs):
        raise UserError(_unlabelled(tree, place, part, len(pairs), pairs[0].labels))


def _unlabelled(tree: Tree, place: str, part: str, count: int, expected: str = "") -> str:
    hint = f", as {expected}" if expected else ""
    return (
        f"The {part} part of {tree.root.resolve().name} ({place}) has {count} images and not a single label file: label "
        f"them{hint}, or take the part away, and one is drawn."
    )


def _place(tree: Tree, base: str, written: str) -> str | None:
    """The relative path of what a description names, which may stand there as on another machine."""
    base = base.replace("\\", "/")
    for some in (Path(base) / written, Path(written)):
        found = below(tree.root, some)
        if found is not None and found.exists():
            return found.relative_to(tree.root).as_posix().removeprefix(".")
    parts = [part for part in PureWindowsPath(written).parts if part not in ("..", PureWindowsPath(written).anchor)]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if (tree.root / tail).exists() and (start == 0 or len(parts) - start > 1 or not part_of(parts[0])):
            return tail
    words = [part_of(part) or part for part in parts]
    return next(
        (folder for folder in tree.files if [part_of(part) or part for part in folder.split("/")] == words), None
    )


def _spelt_otherwise(place: str, written: str) -> bool:
    """Whether a folder is called by another word for its part than a description says."""
    return bool(place) and not PureWindowsPath(written).as_posix().rstrip("/").endswith(place)


def _seen(roots: dict[Path, tuple[str, str]], tree: Tree, place: str, part: str) -> str | None:
    """The note on a part whose folder is an earlier part's. Raises UserError where one lies in that of another."""
    own = (tree.root / place).resolve()
    if own in roots:
        return f"the {part} part is left out: its folder {place or '.'} is that of the {roots[own][0]} part too"
    for other, (earlier, _) in roots.items():
        if own.is_relative_to(other) or other.is_relative_to(own):
            raise UserError(
                f"{tree.root}: the folders of the {earlier} and the {part} part lie in one another ({other.name} and "
                f"{own.name}): give each part a folder of its own."
            )
    roots[own] = (part, place)
    return None


def _of_folder(tree: Tree, place: str, part: str) -> list[Pair]:
    """All images anywhere below a folder."""
    within = tree_of(tree.root, place)
    whole = Tree(root=tree.root, files={**tree.files, **within.files, **_label_folders_of(tree, within)})
    pairs = []
    for folder, names in within.images.items():
        labels = _labels_of(whole, folder, names) or next(label_folders(folder))
        pairs += [_pair(folder, name, part, labels) for name in names]
    return pairs


def _label_folders_of(tree: Tree, within: Tree) -> Mapping[str, Sequence[str]]:
    """The label folders that a walk from the root has not seen, since links lead there."""
    places = {place for folder in within.images for place in label_folders(folder)} - tree.files.keys()
    return {
        place: sorted(file.name for file in (tree.root / place).iterdir() if file.is_file())
        for place in places
        if (tree.root / place).is_dir()
    }


def _of_list(tree: Tree, finder: ImageFinder, name: str, part: str) -> list[Pair]:
    """The images that a text file lists. Raises UserError where none of them is there."""
    lines = [line.strip() for line in read_lines(tree.root / name) if line.strip()]
    images = [line for line in lines if is_image(PurePosixPath(line.replace("\\", "/")))]
    near = name.rpartition("/")[0]
    found = [(line, finder.find(line, f"{name}, {line!r},", near=near)) for line in images]
    missing = [line for line, image in found if image is None]
    if missing:
        raise UserError(
            f"{tree.root / name} lists {len(images)} images of the {part} part, of which {len(missing)} are not there (the "
            f"first: {missing[0][:80]}): add them, or take them off the list."
        )
    pairs = []
    for image in dict.fromkeys(image for _, image in found if image):
        folder, _, file = image.rpartition("/")
        labels = _labels_of(tree, folder, tree.images[folder]) or next(label_folders(folder))
        pairs.append(_pair(folder, file, part, labels))
    return pairs
