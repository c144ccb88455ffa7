"""Stored records: frozen dataclasses as JSON files, each with a format number, written in one step."""

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError
from skipwise.names import writable

Record = TypeVar("Record")
LONGEST_MISFIT = 200
"""Characters of what pydantic says of a value."""
LEAST_FREE = 1 << 20
"""A disk with fewer bytes free than this is full."""


def record_to_json(record: object, *, format_number: int) -> dict[str, Any]:
    """Return what is stored of a record: its fields, behind the number of their format."""
    return {"format": format_number, **_writable(TypeAdapter(type(record)).dump_python(record, mode="json"))}


def _writable(content: Any) -> Any:
    """Return the same with texts that UTF-8 can hold: names of files may have other bytes."""
    if isinstance(content, dict):
        return {name: _writable(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_writable(value) for value in content]
    return writable(content) if isinstance(content, str) else content


def record_from_json(kind: type[Record], content: Any, *, where: Path, format_number: int, remedy: str) -> Record:
    """Return the record that `content`, read from the file `where`, holds in this format.

    Raises UserError for another format, and for content that does not fit; its sentence ends with the `remedy`.
    """
    if not isinstance(content, Mapping):
        raise UserError(f"{where} is damaged (it holds no JSON object): {remedy}.")
    stored = content.get("format")
    if stored != format_number:
        newer = isinstance(stored, int) and stored > format_number
        raise UserError(
            f"{where} has format {stored}, which {'a newer skipwise wrote' if newer else 'skipwise does not know'} "
            f"(this one reads {format_number}): {'install that one, or ' if newer else ''}{remedy}."
        )
    fields = {name: value for name, value in content.items() if name != "format"}
    try:
        return TypeAdapter(kind).validate_python(fields)
    except ValidationError as error:
        raise UserError(f"{where} is damaged ({misfit(error)}): {remedy}.") from error


def misfit(error: ValidationError) -> str:
    """Return in one line which value does not fit, and why."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"])) or "the whole"
    return f"{place}: {' '.join(first['msg'].split())}"[:LONGEST_MISFIT]


def write_atomically(path: Path, write: Callable[[Path], object], *, durable: bool = True) -> None:
    """Let `write` fill a file beside `path`, then put it in place in one step: readers see all of it or none.

    A `durable` one is on the disk when this returns, which takes about 10 ms. What lies at the part's own name is
    removed, never written through: it may be a link or a pipe of a folder that somebody sent. Raises UserError for a
    full disk.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        write(part)
        if durable:
            flush(part)
        part.replace(path)
        if durable and os.name != "nt":  # where a folder cannot be opened
            flush(path.parent)
    except Exception as error:
        full = is_full_disk(error, path.parent)
        with suppress(OSError):  # what is half written only takes room
            part.unlink(missing_ok=True)
        if full:
            raise full_disk(path.parent) from error
        raise


def is_full_disk(error: Exception, folder: Path) -> bool:
    """Return whether an error is of a full disk: torch and safetensors tell it in words of their own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE
    except OSError:
        return False


def full_disk(folder: Path) -> UserError:
    """Return the sentence that tells of a full disk."""
    return UserError(f"The disk that holds {folder} is full: make room there, and run the same command again.")


def flush(path: Path) -> None:
    """Have the disk hold all of a file or folder: else a machine that stops may leave an empty file by that name."""
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems cannot
            raise
    finally:
        os.close(handle)
