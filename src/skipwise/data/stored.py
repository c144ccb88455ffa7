"""Data as a study's folder keeps them: data.json, and beside it the arrays in data/, which processes map into
memory.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skipwise.data.digests import DIGESTS, damage, write_digests
from skipwise.data.format_one import convert
from skipwise.data.manifest import FORMAT, DataManifest
from skipwise.errors import UserError
from skipwise.records import record_from_json, record_to_json, write_atomically

MANIFEST, ARRAYS = "data.json", "data"
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
            content = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise UserError(f"{file} cannot be read ({error}): restore it, or {REMEDY}.") from error
        if isinstance(content, dict) and "format" not in content:
            manifest, arrays = convert(content, file)
            return cls(manifest=manifest, arrays=arrays)
        manifest = record_from_json(DataManifest, content, where=file, format_number=FORMAT, remedy=REMEDY)
        try:
            arrays = {array.stem: mapped(array) for array in (folder / ARRAYS).glob("*.npy")}
        except (OSError, ValueError, EOFError) as error:
            raise UserError(f"{folder / ARRAYS} cannot be read ({error}): {REMEDY}.") from error
        if "labels" not in arrays:
            raise UserError(f"{folder / ARRAYS} is gone: {REMEDY}.")
        if (folder / ARRAYS / DIGESTS).exists() and (wrong := damage(folder / ARRAYS)) is not None:
            raise UserError(f"{folder / ARRAYS} is damaged ({wrong}): {REMEDY}.")
        return cls(manifest=manifest, arrays=arrays)


def mapped(file: Path) -> np.ndarray:
    """Return an array on disk, of which a process reads what it uses."""
    return np.asarray(np.load(file, mmap_mode="r"))


def _write_array(file: Path, array: np.ndarray) -> None:
    def write(part: Path) -> None:
        with part.open("wb") as stream:
            np.save(stream, array)

    write_atomically(file, write)
