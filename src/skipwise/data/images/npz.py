"""Members of an .npz, each read only when its header says that it is a plain array that its file can hold."""

import math
import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skipwise.data.array_checks import DAMAGED
from skipwise.errors import UserError
from skipwise.regular_files import open_regular

LARGEST = 2**34
"""Bytes of arrays that are read into memory."""
BOMB, PACKED = 10**9, 200
"""Arrays of so many bytes that are packed so much more densely than images can be are no images."""
SUFFIX = ".npy"
UNREADABLE = (*DAMAGED, struct.error, zipfile.BadZipFile, zlib.error)
"""Errors that damaged files raise: RuntimeError where they are encrypted, or packed in an unknown way."""


class Npz:
    """An open .npz. Raises UserError naming a member that is no array, or cannot be read; it ends with the remedy."""

    def __init__(self, path: Path, remedy: str = "Save plain arrays with numpy.savez.") -> None:
        self.path = path
        self.remedy = remedy
        try:
            self._opened = open_regular(path)
            self._file = zipfile.ZipFile(self._opened)
        except UNREADABLE as error:
            raise self._unreadable(error) from error
        self._entries = {entry.filename.removesuffix(SUFFIX): entry for entry in self._file.infolist()}

    @property
    def names(self) -> list[str]:
        """The names of all members."""
        return list(self._entries)

    def read(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Return these members. Raises UserError where one is no plain array, or all are too large together."""
        sizes = {name: self._declared(name) for name in names}
        if (total := sum(sizes.values())) > LARGEST:
            raise UserError(
                f"{self.path} holds arrays of {total / 1e9:,.0f} GB, and {LARGEST / 1e9:,.0f} GB are read at most: "
                "give the images as files in folders."
            )
        try:
            return {name: self._array(name) for name in names}
        except UNREADABLE as error:
            raise self._unreadable(error) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._opened.close()

    def __enter__(self) -> "Npz":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _array(self, name: str) -> np.ndarray:
        with self._file.open(self._entries[name]) as member:
            return np.asarray(np.lib.format.read_array(member, allow_pickle=False))

    def _declared(self, name: str) -> int:
        """Return the bytes of an array as its header says. Raises UserError where its file cannot hold so many."""
        entry = self._entries[name]
        try:
            with self._file.open(entry) as member:
                shape, kind = _header(member)
                begun = member.tell()
        except UNREADABLE as error:
            if isinstance(error, ValueError) and not entry.filename.endswith(SUFFIX):
                raise self._no_array(name, "no array") from error
            raise self._unreadable(error) from error
        if kind.hasobject:
            raise self._no_array(name, "Python objects")
        size = math.prod(shape) * kind.itemsize
        held = entry.file_size - begun
        packed = min(entry.compress_size, os.fstat(self._opened.fileno()).st_size)
        if size > held:
            raise self._no_array(name, f"{held:,} bytes where its header says {size:,}")
        if size > BOMB and size > PACKED * packed:
            raise self._no_array(name, f"{size / 1e9:,.1f} GB in {packed / 1e6:,.1f} MB: a decompression bomb")
        return size

    def _no_array(self, name: str, holds: str) -> UserError:
        return UserError(f"{self.path}: {name} holds {holds}. {self.remedy}")

    def _unreadable(self, error: Exception) -> UserError:
        return UserError(
            f"{self.path} cannot be read as .npz: it is damaged or another kind of file, or holds what is no array "
            f"({type(error).__name__}). {self.remedy}"
        )


def _header(member: Any) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and the type of an array from its header. Raises ValueError where it has none."""
    version = np.lib.format.read_magic(member)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"version {version}")
    shape, _, kind = readers[version](member)
    if any(length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return shape, kind
