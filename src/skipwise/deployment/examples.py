"""New examples as people give them: files, folders, tables, texts, PIL images, arrays; one, or several."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from skipwise.data.encodings import decode, notes_on_encodings
from skipwise.data.text.source import checked
from skipwise.deployment.listed import TABLES, listed
from skipwise.errors import UserError, reason_of
from skipwise.regular_files import read_regular
from skipwise.tasks import Task

SHOWN = 60
"""Characters of a text that stand for it."""
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
"""Of Pillow's images: what a PNG keeps as it is."""


@dataclass(frozen=True, kw_only=True)
class NewExample:
    """One example: its name, and a word that a task understands, or else an image or the text of a table's row."""

    name: str
    word: str = ""
    image: Image.Image | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """An example that there is no answer for, and the sentence that says why."""

    file: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """All examples that were given, in order, with those that cannot be, and what was left out in words."""

    examples: tuple[NewExample | Unanswered, ...]
    notes: tuple[str, ...] = ()


def given_examples(given: Any, task: Task) -> Given:
    """Return every example: of a folder all files below it, of a table one a row, else the thing itself.

    A single file, text or image is one example; an array of four axes is several images. Raises UserError for what can
    be no example, and for a folder or a table without any.
    """
    is_one = isinstance(given, str | os.PathLike | Image.Image) or (isinstance(given, np.ndarray) and given.ndim != 4)
    several = list(given) if isinstance(given, Iterable) and not is_one else [given]
    parts = [_of_one(one, number, task) for number, one in enumerate(several, start=1)]
    examples = tuple(example for part in parts for example in part.examples)
    notes = [note for part in parts for note in part.notes]
    if not task.takes_images:
        notes += notes_on_encodings(_encodings(examples))
    return Given(examples=examples, notes=tuple(notes))


def _encodings(examples: Sequence[NewExample | Unanswered]) -> Iterator[tuple[str, str]]:
    """Yield the name and the encoding of each file of a text; those that cannot be read are told where they are."""
    for example in examples:
        try:
            if isinstance(example, NewExample) and Path(example.word or "\0").is_file():
                found = decode(read_regular(Path(example.word)))
                if found.text is not None:
                    yield example.word, found.encoding
        except (OSError, ValueError):
            continue


@contextmanager
def as_words(examples: Sequence[NewExample]) -> Iterator[list[str]]:
    """Give each example as a word that its task understands: images and rows of tables as files, for as long as that.

    So they are read as files are, by tasks of one's own too. Raises UserError for an image that is damaged.
    """
    with TemporaryDirectory(prefix="skipwise-") as folder:
        yield [_word(example, Path(folder) / str(number)) for number, example in enumerate(examples)]


def _of_one(given: Any, number: int, task: Task) -> Given:
    if isinstance(given, str | os.PathLike):
        return _of_word(os.fspath(given), task)
    if not task.takes_images:
        raise UserError(
            f"Example {number} is of type {type(given).__name__}, and texts are wanted: give a text or a file."
        )
    if isinstance(given, Image.Image):
        return Given(examples=(NewExample(name=f"image {number}", image=given),))
    if isinstance(given, np.ndarray):
        return Given(examples=(NewExample(name=f"image {number}", image=_image_of(given, number)),))
    raise UserError(
        f"Example {number} is of type {type(given).__name__}: give a file, a folder, a table, a PIL image or a numpy array."
    )


def _of_word(word: str, task: Task) -> Given:
    """Return the examples that a word names. What is no file is left to the task: it may be a text."""
    path = Path(word)
    try:
        exists = bool(word.strip()) and path.exists()  # an empty path would be the working directory
        is_folder, is_file = exists and path.is_dir(), exists and path.is_file()
    except (OSError, ValueError):  # too long a name, or one with a byte 0
        is_folder = is_file = exists = False
    name = word if is_file else shorten(word, SHOWN, placeholder="...") or word[:SHOWN].strip()
    if is_folder:
        return _of_folder(path, task)
    if is_file and path.suffix.lower() in TABLES:
        rows, notes = listed(path, texts=not task.takes_images)
        examples = [_of_row(row.name, row.text, row.file) for row in rows]
        return Given(examples=tuple(examples), notes=tuple(notes))
    if exists and not is_file:
        reason = f"{word} is no regular file, and devices and pipes are not opened: name a file."
        return Given(examples=(Unanswered(file=name, reason=reason),))
    return Given(examples=(NewExample(name=name, word=word),))


def _of_row(name: str, text: str | None, file: Path | None) -> NewExample | Unanswered:
    if file is None:
        readable, reason = checked(text or "")
        if readable is None:
            return Unanswered(file=name, reason=f"{name} cannot be classified: {reason}.")
        return NewExample(name=name, text=readable)
    if not file.is_file():
        reason = f"{name}: {file} {'is no regular file' if file.exists() else 'does not exist'}: name a file beside the table."
        return Unanswered(file=str(file), reason=reason)
    return NewExample(name=str(file), word=str(file))


def _of_folder(folder: Path, task: Task) -> Given:
    files, others, lost = [], 0, 0
    for file in files_below(folder):
        if not file.is_file():
            lost += 1
        elif task.is_example(file):
            files.append(str(file))
        else:
            others += 1
    left_out = [f"{others} other file{'s' * (others != 1)}"] if others else []
    left_out += [f"{lost} link{'s' * (lost != 1)} to nowhere or device{'s' * (lost != 1)}"] if lost else []
    if not files:
        beside = f" (it has {', '.join(left_out)})" if left_out else ""
        raise UserError(f"{folder} holds no {task.examples}{beside}: name a folder with files to answer for.")
    notes = [f"{folder}: left out {', '.join(left_out)}"] if left_out else []
    return Given(examples=tuple(NewExample(name=file, word=file) for file in files), notes=tuple(notes))


def files_below(folder: Path) -> Iterator[Path]:
    """Yield all that is no folder anywhere below a folder, in order; hidden names are left out, links followed once."""
    seen = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        status = Path(here).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here) / name for name in sorted(files) if not name.startswith("."))


def _image_of(array: np.ndarray, number: int) -> Image.Image:
    """Return an array as an image. Raises UserError for one that is none."""
    array = array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] not in (3, 4)) or 0 in array.shape:
        raise UserError(
            f"Example {number} is an array of shape {array.shape}: an image is (height, width) or (height, width, 3), and "
            "several are a list, or (images, height, width, 3)."
        )
    if array.dtype != np.uint8:
        raise UserError(f"Example {number} is {array.dtype}: images must be uint8 with values from 0 to 255.")
    return Image.fromarray(np.ascontiguousarray(array))


def _word(example: NewExample, target: Path) -> str:
    """Write what is no file yet beside the others of its batch."""
    if example.image is not None:
        return str(_written(example.image, example.name, target))
    if example.text is not None:
        file = target.with_suffix(".txt")
        file.write_bytes(example.text.encode())
        return str(file)
    return example.word


def _written(image: Image.Image, name: str, target: Path) -> Path:
    """Write an image as a file that keeps all of its values. Raises UserError where it cannot be read itself."""
    try:
        upright = ImageOps.exif_transpose(image)
        kept = upright if upright.mode in (*PNG_MODES, "I", "F") else upright.convert("RGB")
        if kept.mode in ("I", "F"):
            file = target.with_suffix(".tif")
            kept.save(file)
        else:
            file = target.with_suffix(".png")
            kept.save(file, compress_level=1)
    except Exception as error:
        raise UserError(f"{name} cannot be read as an image ({reason_of(error)}): give one that is whole.") from error
    return file


def named_as_given(reason: str, words: Sequence[str], examples: Sequence[NewExample]) -> str:
    """Return a sentence with the names of examples in place of the files that they were written to."""
    for word, example in zip(words, examples, strict=False):
        if word != example.word:
            reason = reason.replace(word, example.name)
    return reason


def renamed(prediction: Any, example: NewExample) -> Any:
    """Return the prediction under the name of its example."""
    return prediction if example.word else replace(prediction, file=example.name)
