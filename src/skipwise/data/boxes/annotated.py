"""The source that every kind of annotated images is turned into: images that are not decoded yet, with the boxes as
they were written.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from skipwise.data.images.source import Source
from skipwise.data.tally import Tally
from skipwise.errors import UserError
from skipwise.names import shown, tidy

LARGEST_SHARE = 1.01
"""Boxes that are all below it are shares of the image: in pixels none would be as large as one."""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """The objects of one image: corners x, y, x, y and the class of each, and where each is written.

    In pixels of the image, or `relative` to its width and height. `size` is the height and width that the annotation
    claims, where it does.
    """

    boxes: Float[np.ndarray, "objects 4"]
    labels: Int[np.ndarray, "objects"]
    places: Sequence[str]
    relative: bool = False
    size: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """Images as files, or as arrays of one size, each with its annotation. Other fields are as a Source has them.

    `tally` says what was left out or mended while reading.
    """

    name: str
    classes: tuple[str, ...]
    annotations: Sequence[Annotation]
    parts: Sequence[str]
    names: Sequence[str]
    files: Sequence[Path] | None = None
    arrays: UInt8[np.ndarray, "images height width channels"] | None = None
    groups: Sequence[str] | None = None
    notes: tuple[str, ...] = ()
    layout: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)

    @property
    def images(self) -> Source:
        """The images alone, all of one class."""
        return Source(
            name=self.name,
            labels=np.zeros(len(self.names), np.int64),
            classes=("",),
            parts=self.parts,
            names=self.names,
            files=self.files,
            arrays=self.arrays,
            groups=self.groups,
            notes=self.notes,
            layout=self.layout,
        )

    def in_order(self) -> "Annotated":
        """The same in the order of the images' names, so that nothing depends on a listing."""
        assert self.files is not None
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        return replace(
            self,
            annotations=[self.annotations[i] for i in order],
            parts=[self.parts[i] for i in order],
            names=[self.names[i] for i in order],
            files=[self.files[i] for i in order],
        )


@dataclass(frozen=True, kw_only=True)
class Described:
    """An image and the objects that its annotation says it shows: corners, class, and where it is written.

    `file` is relative to the folder of all. Other fields are as an Annotation has them.
    """

    file: str
    part: str
    objects: Sequence[tuple[list[float], str, str]]
    size: tuple[int, int] | None = None
    relative: bool = False


def all_shares(boxes: Sequence[list[float]]) -> bool:
    """Whether boxes that should be in pixels are shares of their images."""
    return bool(boxes) and all(-LARGEST_SHARE < side < LARGEST_SHARE for box in boxes for side in box)


def as_meant(images: Sequence[Described], where: str, tally: Tally) -> list[Described]:
    """The images of one annotation file or program, whose boxes are taken for shares where all of them are."""
    boxes = [box for image in images for box, _, _ in image.objects]
    if not all_shares(boxes):
        return list(images)
    tally.add("boxes are below 1 where pixels are expected, and are read as shares of the image", where)
    return [replace(image, relative=True) for image in images]


def assembled(
    root: Path,
    images: Sequence[Described],
    tally: Tally,
    *,
    name: str | None = None,
    classes: Sequence[str] | None = None,
    notes: tuple[str, ...] = (),
) -> Annotated:
    """Put images together, in the order of their names; without `classes` they are those of the objects, in order.

    An image that several files describe has the objects of all. Raises UserError where it has two parts, and where
    there is none.
    """
    merged = _merged(root, images, tally)
    if not merged:
        raise UserError(f"{root} holds no image with an annotation{tally.because}.")
    tidied = {written: tidy(written) for image in merged for _, written, _ in image.objects}
    known = list(dict.fromkeys(map(tidy, classes))) if classes is not None else sorted(set(tidied.values()))
    times = Counter(tidied.values())
    if alike := sorted(shown(own) for own, count in times.items() if count > 1):
        notes = (*notes, f"classes that are written in several ways are one: {', '.join(alike)}")
    place_of = {own: place for place, own in enumerate(known)}
    number_of = {written: place_of[own] for written, own in tidied.items()}
    parts, noted = _parts(merged)
    return Annotated(
        name=name or root.resolve().name,
        classes=tuple(known),
        annotations=[
            Annotation(
                boxes=np.array([box for box, _, _ in image.objects], np.float64).reshape(-1, 4),
                labels=np.array([number_of[written] for _, written, _ in image.objects], np.int64),
                places=[place for _, _, place in image.objects],
                relative=image.relative,
                size=image.size,
            )
            for image in merged
        ],
        parts=parts,
        names=[image.file for image in merged],
        files=[root / image.file for image in merged],
        notes=(*notes, *noted),
        tally=tally,
    ).in_order()


def _merged(root: Path, images: Sequence[Described], tally: Tally) -> list[Described]:
    """Each image once. Raises UserError for one that has two parts."""
    found: dict[str, Described] = {}
    for image in images:
        earlier = found.setdefault(image.file, image)
        if earlier is image:
            continue
        if earlier.part != image.part:
            raise UserError(
                f"{root / image.file} is annotated for the {earlier.part or 'whole'} and the {image.part or 'whole'} "
                "part: keep one."
            )
        tally.add("images are annotated twice, and have the boxes of both", image.file)
        if earlier.relative != image.relative:
            raise UserError(f"{root / image.file} has boxes in pixels and boxes as shares: keep one annotation.")
        objects = [*earlier.objects, *image.objects]
        found[image.file] = replace(earlier, objects=objects, size=earlier.size or image.size)
    return list(found.values())


def _parts(images: Sequence[Described]) -> tuple[list[str], tuple[str, ...]]:
    """The part of each image; where all are of one part that is not trained on, none, and a note."""
    given = {image.part for image in images}
    if given in ({"test"}, {"validation"}):
        part = given.pop()
        return [""] * len(images), (f"all images are of the {part} part, which is split anew",)
    return [image.part for image in images], ()
