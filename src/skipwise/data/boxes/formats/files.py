"""Annotation files as bytes, lines, JSON and XML: bounded, and without anything that a file could make run."""

import json
import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from skipwise.errors import UserError
from skipwise.regular_files import open_regular, read_regular

LARGEST_JSON = 2 << 30
"""Bytes; the largest public data sets have 1.2 GB."""
LARGEST_TEXT = 256 << 20
LARGEST_DESCRIPTION = 1 << 20
LOOKED_AT = 1 << 18
"""Bytes of a file that tell what it is."""
FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)|\0", re.IGNORECASE)
"""Declarations that could name other files or grow without end; with a null byte, UTF-16 could hide it."""
UNUSED = ("imageData", "caption", "keypoints", "imagedata")
"""Fields that may be large, and are never read."""


def below(folder: Path, written: Path) -> Path | None:
    """The place in a folder that a path in its annotations means; None where it leads out of the folder.

    Links are followed, `..` is not followed through them.
    """
    root = folder.resolve()
    place = Path(os.path.normpath(root / written))
    return folder / place.relative_to(root) if place.is_relative_to(root) else None


def read_content(file: Path, largest: int = LARGEST_TEXT) -> bytes:
    """A file's bytes. Raises UserError where it cannot be read, or is larger."""
    try:
        if not file.is_file():
            raise UserError(f"{file} is not a file: name the one that holds the annotations.")
        if (size := file.stat().st_size) > largest:
            raise UserError(f"{file} has {size:,} bytes, and at most {largest:,} are read: export it in parts.")
        return read_regular(file)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror or error}.") from error


def read_lines(file: Path, largest: int = LARGEST_TEXT) -> list[str]:
    """A text file's lines. Raises UserError where it is no text, or larger."""
    try:
        return read_content(file, largest).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{file} cannot be read as text in UTF-8 ({error}): save it as such.") from error


def read_json(file: Path) -> Any:
    """Return the content of a JSON file, without outlines of objects that have a box and without embedded images.

    Raises UserError where it is no JSON.
    """
    content = read_content(file, LARGEST_JSON)
    try:
        text = content.decode(json.detect_encoding(content))
        del content  # the text takes as much again
        return json.loads(text.removeprefix("\ufeff"), object_hook=_slim)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} cannot be read as JSON ({_reason(error)}): export the annotations again.") from error


def read_xml(file: Path) -> Element:
    """The tree of an XML file. Raises UserError where it is none, or defines entities."""
    content = read_content(file)
    if FORBIDDEN.search(content):
        raise UserError(f"{file} defines a document type or entities, which are never read: write plain UTF-8 XML.")
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - without entities there is nothing to expand
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise UserError(f"{file} cannot be read as XML ({_reason(error)}): export the annotation again.") from error


def beginning(file: Path) -> bytes:
    """The first LOOKED_AT bytes of a file; none where it cannot be read."""
    try:
        if not file.is_file():
            return b""
        with open_regular(file) as opened:
            return opened.read(LOOKED_AT)
    except OSError:
        return b""


def _slim(entry: dict[str, Any]) -> dict[str, Any]:
    """An object as soon as it is read, so that what is not needed never adds up."""
    if "segmentation" in entry and entry.get("bbox"):
        del entry["segmentation"]
    for name in UNUSED:
        entry.pop(name, None)
    return entry


def _reason(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
