"""A data set ready for training: labelled and split."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypedDict, TypeVar

import numpy as np
from jaxtyping import Int

from skipwise.data.input_spec import InputSpec
from skipwise.data.manifest import DataManifest
from skipwise.data.options import Fit
from skipwise.data.quality.report import QualityReport
from skipwise.data.stored import StoredData
from skipwise.data.strings import Strings

Kind = TypeVar("Kind", bound="Dataset")


@dataclass(frozen=True, kw_only=True)
class Dataset(ABC):
    """Examples with a split, and the manifest of what was found in them. What an example is, a kind of data adds.

    `labels` is the class of each example, by which parts are drawn evenly; zero for all where they have none. Examples
    with one number in `together` stay on one side of a split. `files` names each example's file, None where they have
    none. `quality` is the report that was made when the data were prepared, None where they were loaded: the manifest
    has its summary.
    """

    manifest: DataManifest
    labels: Int[np.ndarray, "examples"]
    together: Int[np.ndarray, "examples"]
    train: Int[np.ndarray, "train"]
    validation: Int[np.ndarray, "validation"]
    test: Int[np.ndarray, "test"]
    files: Sequence[str] | None = None
    quality: QualityReport | None = None

    unit: ClassVar[str] = "examples"
    """The word for several examples."""
    near_means_same: ClassVar[bool] = True
    """Whether near duplicates must have the same target."""

    @property
    def name(self) -> str:
        """The name of the data."""
        return self.manifest.name

    @property
    def fingerprint(self) -> str:
        """A hash of everything that makes the data what they are."""
        return self.manifest.fingerprint

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, by label."""
        return self.manifest.classes

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Of one example as the network is built for it."""

    @property
    @abstractmethod
    def input_spec(self) -> InputSpec:
        """The input that a network is built for, and that a new example must be turned into."""

    @property
    def framing(self) -> Fit:
        """How images come to their size."""
        return "crop"

    @property
    def stored(self) -> StoredData:
        """The manifest and arrays from which another process makes the same data set; a kind of data adds its own
        arrays.
        """
        arrays = {name: getattr(self, name) for name in ("labels", "together", "train", "validation", "test")}
        if self.files is not None:
            packed = self.files if isinstance(self.files, Strings) else Strings.pack(self.files)
            arrays |= {"files": packed.content, "file_ends": packed.ends}
        return StoredData(manifest=self.manifest, arrays=arrays)

    def targets(self, indices: Int[np.ndarray, "some"]) -> np.ndarray:
        """The targets of these examples."""
        found: np.ndarray = self.labels[indices]
        return found

    def target_key(self, index: int) -> Hashable:
        """Return what is equal for two examples with the same target."""
        return int(self.labels[index])

    def target_words(self, index: int) -> str:
        """Return the target of an example in words."""
        return self.classes[int(self.labels[index])]

    def with_parts(
        self: Kind,
        *,
        train: Int[np.ndarray, "train"],
        validation: Int[np.ndarray, "validation"],
        test: Int[np.ndarray, "test"],
    ) -> Kind:
        """The same examples with another split, and with whatever is learned from the training part learned anew."""
        return replace(self, train=train, validation=validation, test=test)

    def with_train(self: Kind, train: Int[np.ndarray, "train"]) -> Kind:
        """The same with other training examples alone."""
        return replace(self, train=train)


class CommonFields(TypedDict):
    """The fields that every data set has."""

    manifest: DataManifest
    labels: np.ndarray
    together: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    files: Sequence[str] | None


def common_fields(stored: StoredData) -> CommonFields:
    """Return the fields that every data set has, from what is stored."""
    arrays = stored.arrays
    return CommonFields(
        manifest=stored.manifest,
        labels=arrays["labels"],
        together=arrays["together"],
        train=arrays["train"],
        validation=arrays["validation"],
        test=arrays["test"],
        files=Strings(arrays["files"], arrays["file_ends"]) if "files" in arrays else None,
    )
