"""The data manifest: what a person reads in data.json. What there is of each example stands in arrays beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Int
from pydantic import JsonValue

from skipwise.data.cache_home import path_of
from skipwise.data.options import Fit
from skipwise.data.quality.report import QualitySummary
from skipwise.data.split import Split
from skipwise.data.tally import LeftOut

FORMAT = 2
"""Of data.json. Format 1, which had no number, held the arrays as well; `format_one` reads it."""


@dataclass(frozen=True, kw_only=True)
class UnreadableFile:
    """A file, or a row of a table, that is left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ClassCounts:
    """Examples of each class in each part; of scenes, objects of each class."""

    train: tuple[int, ...] = ()
    validation: tuple[int, ...] = ()
    test: tuple[int, ...] = ()

    @classmethod
    def of(cls, labels: Int[np.ndarray, "examples"], parts: Split, classes: int) -> "ClassCounts":
        """Count the labels in each part."""
        return cls(
            train=tuple(np.bincount(labels[parts.train], minlength=classes).tolist()),
            validation=tuple(np.bincount(labels[parts.validation], minlength=classes).tolist()),
            test=tuple(np.bincount(labels[parts.test], minlength=classes).tolist()),
        )

    @property
    def total(self) -> int:
        """Of all classes in all parts."""
        return sum(self.train) + sum(self.validation) + sum(self.test)


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """Decoded images: their size in pixels, how they came to it, and how they are normalised.

    `mean`, `std`: by channel, as fractions of white. `value_range`: the values that became black and white in images of
    more than 8 bits, where there are such.
    """

    height: int
    width: int
    channels: int
    resize_rule: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    fit: Fit = "crop"
    value_range: tuple[float, ...] = ()

    @property
    def words(self) -> str:
        """Their size and colours in words."""
        return f"{self.height}x{self.width} px, {'grey' if self.channels == 1 else 'colour'}"


@dataclass(frozen=True, kw_only=True)
class TextFacts:
    """Texts cut into tokens. `raw` is where they stand uncut, as `cache` in the manifest.

    `length`: tokens that a network reads at most. `longer`: the fraction of texts that are cut. `asked_size`,
    `asked_tokens`: whether a user asked for the length and the kind of tokens.
    """

    raw: str
    tokens: str
    spaced: bool
    vocabulary: int
    length: int
    asked_size: bool
    asked_tokens: bool
    median_length: int
    longer: float
    unknown_in_test: float


@dataclass(frozen=True, kw_only=True)
class BoxFacts:
    """Objects in scenes: how many at most in one image, and what was mended."""

    most_objects: int
    mended: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DataManifest:
    """The manifest of data, as data.json keeps it.

    `source`: as the user named it. `layout`: the layout in which they were read, and others that were possible.
    `cache`: where the decoded data are, relative to the cache. `examples`: readable ones. `own_test`: the data have a
    test or validation part of their own. `quality`: what is wrong with them, counted.
    `image`, `text`, `boxes`: facts of data of that kind. `extra`: what a task of one's own adds, as JSON.
    """

    source: str = ""
    layout: tuple[str, ...] = ()
    name: str
    fingerprint: str
    cache: str = ""
    examples: int = 0
    classes: tuple[str, ...]
    counts: ClassCounts = field(default_factory=ClassCounts)
    own_test: bool = False
    unreadable: tuple[UnreadableFile, ...] = ()
    other_files: int = 0
    hidden_files: int = 0
    quality: QualitySummary | None = None
    image: ImageFacts | None = None
    text: TextFacts | None = None
    boxes: BoxFacts | None = None
    notes: tuple[str, ...] = ()
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    def told(self, folds: int | None = None) -> tuple[str, ...]:
        """The sentences that a study tells when it begins: the notes, and what is wrong with the data.

        With `folds` nothing is said of a split that is not used.
        """
        return (*self.notes, *(self.quality.notes(folds) if self.quality else ()))

    @property
    def cache_path(self) -> Path:
        """Where the decoded data are on this machine."""
        return path_of(self.cache)

    @property
    def images(self) -> ImageFacts:
        """The facts of images, which data of images and scenes have."""
        assert self.image is not None, f"{self.name} holds no images"
        return self.image

    @property
    def texts(self) -> TextFacts:
        """The facts of texts, which data of texts have."""
        assert self.text is not None, f"{self.name} holds no texts"
        return self.text
