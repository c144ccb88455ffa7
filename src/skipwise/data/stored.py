"""Data as a study's folder keeps them: data.json, and beside it the arrays in data/, which processes map into
memory.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skipwise.data.array_checks import BYTES, DAMAGED, FRACTIONS, WHOLE, Expected, check_arrays, check_ends, check_range
from skipwise.data.digests import DIGESTS, damage, write_digests
from skipwise.data.format_one import convert
from skipwise.data.manifest import FORMAT, DataManifest
from skipwise.errors import UserError, reason_of
from skipwise.records import record_from_json, record_to_json, write_atomically
from skipwise.regular_files import open_regular, read_text

MANIFEST, ARRAYS = "data.json", "data"
EVERY = {name: Expected(WHOLE, ("examples",)) for name in ("labels", "together")} | {
    part: Expected(WHOLE, (part,)) for part in ("train", "validation", "test")
}
NAMES = {"files": Expected(BYTES, ("bytes",)), "file_ends": Expected(WHOLE, ("examples",))}
SCENES = {
    "boxes": Expected(FRACTIONS, ("objects", 4)),
    "box_labels": Expected(WHOLE, ("objects",)),
    "box_ends": Expected(WHOLE, ("examples",)),
    "sizes": Expected(WHOLE, ("examples", 2)),
}
"""The arrays of every kind of data, of those that come from files, and of scenes, as check_arrays compares them."""
REMEDY = "run the command that made the study again"


@dataclass(frozen=True, kw_only=True)
class StoredData:
    """A manifest, and what there is of each example, by name: labels, the indices of the parts, and more by kind of
    data.
    """

    manifest: DataManifest
    arrays: Mapping[str, np.ndarray]

    def write(self, folder: Path) -> None:
        """Put both into a study's folder, the manifest last; each file is seen whole or not at all."""
        (folder / ARRAYS).mkdir(parents=True, exist_ok=True)
        for name, array in self.arrays.items():
            _write_array(folder / ARRAYS / f"{name}.npy", array)
        write_digests(folder / ARRAYS)
        text = json.dumps(record_to_json(self.manifest, format_number=FORMAT), indent=2) + "\n"
        write_atomically(folder / MANIFEST, lambda part: part.write_text(text))

    @classmethod
    def read(cls, folder: Path) -> "StoredData":
        """Return what `write` put there, the arrays mapped; or what an earlier version did. Raises UserError
        otherwise.
        """
        file = folder / MANIFEST
        try:
            content = json.loads(read_text(file))
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(f"{file} cannot be read ({reason_of(error)}): restore it, or {REMEDY}.") from error
        if isinstance(content, dict) and "format" not in content:
            manifest, arrays = convert(content, file)
            _check(manifest, arrays, file)
            return cls(manifest=manifest, arrays=arrays)
        manifest = record_from_json(DataManifest, content, where=file, format_number=FORMAT, remedy=REMEDY)
        try:
            arrays = {array.stem: mapped(array) for array in (folder / ARRAYS).glob("*.npy")}
        except DAMAGED as error:
            raise UserError(f"{folder / ARRAYS} cannot be read ({reason_of(error)}): {REMEDY}.") from error
        if "labels" not in arrays:
            raise UserError(f"{folder / ARRAYS} is gone: {REMEDY}.")
        if (folder / ARRAYS / DIGESTS).exists() and (wrong := damage(folder / ARRAYS)) is not None:
            raise UserError(f"{folder / ARRAYS} is damaged ({wrong}): {REMEDY}.")
        _check(manifest, arrays, folder / ARRAYS)
        return cls(manifest=manifest, arrays=arrays)


def mapped(file: Path) -> np.ndarray:
    """Return an array on disk, of which a process reads what it uses. Raises one of DAMAGED."""
    open_regular(file).close()
    return np.asarray(np.load(file, mmap_mode="r"))


def _check(manifest: DataManifest, arrays: Mapping[str, np.ndarray], where: Path) -> None:
    """Raise UserError where arrays are not what the manifest tells of."""
    try:
        _check_arrays(manifest, arrays)
    except ValueError as error:
        raise UserError(f"{where} is damaged ({reason_of(error)}): {REMEDY}.") from error


def _check_arrays(manifest: DataManifest, arrays: Mapping[str, np.ndarray]) -> None:
    """Raise ValueError naming an array that cannot be what every kind of data, or scenes, keep under its name."""
    check_arrays(arrays, EVERY)
    examples = len(arrays["labels"])
    if manifest.classes:
        check_range("labels", arrays["labels"], 0, len(manifest.classes) - 1)
    for part in ("train", "validation", "test"):
        check_range(part, arrays[part], 0, examples - 1)
    if "files" in arrays:
        check_arrays(arrays, NAMES, {"examples": examples})
        check_ends("file_ends", arrays["file_ends"], len(arrays["files"]))
    if manifest.boxes is not None:
        check_arrays(arrays, SCENES, {"examples": examples})
        check_ends("box_ends", arrays["box_ends"], len(arrays["boxes"]))
        check_range("box_labels", arrays["box_labels"], 0, max(0, len(manifest.classes) - 1))


def _write_array(file: Path, array: np.ndarray) -> None:
    def write(part: Path) -> None:
        with part.open("wb") as stream:
            np.save(stream, array)

    write_atomically(file, write)
