"""Formats of files that people have and that are not read, with what to do instead."""

import re
from collections import Counter
from pathlib import Path

from skipwise.data.encodings import decode
from skipwise.data.glimpse import Glimpse
from skipwise.names import shown
from skipwise.regular_files import open_regular, read_regular

AS_IMAGES = "save each picture as .png or .jpg in a folder for each class"
COMPRESSED = "a compressed file or an archive"
BATCH = "a pickle without a suffix, as CIFAR's"
PICKLE = (
    "a pickle can run any program when it is opened, so save its arrays as .npz where you trust it, with "
    "numpy.savez('data.npz', x_train=..., y_train=..., x_test=..., y_test=...)"
)
FORMATS = {
    "DICOM": ((".dcm", ".dicom"), f"export each slice or picture as .png (with its window), or {AS_IMAGES}"),
    "NIfTI": ((".nii", ".nii.gz"), "export slices as .png in a folder for each class"),
    "NRRD or MetaImage": ((".nrrd", ".mha", ".mhd"), "export slices as .png in a folder for each class"),
    "whole slides": ((".svs", ".ndpi", ".mrxs"), "cut tiles as .png into a folder for each class"),
    "video": ((".avi", ".mp4", ".mov", ".mkv", ".webm", ".mpg", ".mpeg"), f"export frames: {AS_IMAGES}"),
    "sound": ((".wav", ".mp3", ".flac", ".ogg", ".m4a"), "save spectrograms as .png in a folder for each class"),
    "PDF": ((".pdf",), "export pages as .png, or their texts as .txt, in a folder for each class"),
    "Word or OpenDocument": ((".docx", ".doc", ".odt", ".rtf"), "save each as .txt in a folder for each class"),
    "spreadsheets": ((".xlsx", ".xls", ".ods"), "save the sheet as .csv"),
    "MATLAB": ((".mat",), "save the arrays as .npz with x_train, y_train, x_test and y_test"),
    "HDF5": ((".h5", ".hdf5", ".hdf"), "save the arrays as .npz with x_train, y_train, x_test and y_test"),
    BATCH: (
        (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta"),
        f"{PICKLE}; CIFAR itself is there as `skipwise compare cifar10`, or cifar100",
    ),
    "pickle": ((".pkl", ".pickle", ".p", ".joblib"), PICKLE),
    "PyTorch's pickle": ((".pt", ".pth"), PICKLE),
    "a single file of MNIST's IDX": (
        ("-ubyte", "-ubyte.gz"),
        "give the folder that holds the files of images and of labels",
    ),
    "bytes without a description": ((".bin",), "save the arrays as .npz with x_train, y_train, x_test and y_test"),
    "NumPy arrays, one file each": ((".npy",), "stack them into one .npz with x and y"),
    "WebDataset or tar": ((".tar",), f"unpack them: {AS_IMAGES}"),
    COMPRESSED: ((".zip", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"), "unpack it"),
}
"""Endings of names, the most telling first, and what to do; .nii.gz comes before .gz."""
AS_ROWS = "write a .csv with columns text and label"
LINES = (
    (
        re.compile(r'\s*\{.*"intents"\s*:.*"patterns"\s*:', re.DOTALL),
        "a chatbot's intents",
        f"{AS_ROWS}: a row for each pattern, and its tag",
    ),
    (re.compile(r"([^\t\n]+\t[^\n]+(\n|$))+"), "lines of cells between tabs", "give its name the ending .tsv"),
    (re.compile(r"([A-Z]{2,}:\w+ [^\n]+(\n|$))+"), "lines that begin with a class and a colon", AS_ROWS),
    (re.compile(r"([^\n]+@\w+\s*(\n|$))+"), "lines that end with @ and a class", AS_ROWS),
)
"""Patterns of the beginnings of files of texts, what these are, and what to do."""
TEXT_BEGINNING = 4096
PICKLES = tuple((0, bytes([0x80, protocol]), BATCH) for protocol in range(2, 6))
MARKS = ((128, b"DICM", "DICOM"), (0, b"\x89HDF", "HDF5"), (0, b"%PDF", "PDF"), *PICKLES)
"""Bytes, and where they stand, that tell the format of a file without a suffix."""


def told(glimpse: Glimpse) -> str | None:
    """Return the sentence on the commonest format in a folder that is known and not read, None where there is none."""
    found = Counter[str]()
    first: dict[str, str] = {}
    for file in glimpse.all_files():
        if name := format_of(glimpse.path / file):
            found[name] += 1
            first.setdefault(name, file.as_posix())
    if not found:
        return None
    name, count = found.most_common(1)[0]
    many = f" and {count - 1} more" if count > 1 else ""
    return f"{shown(f'{glimpse.path}/{first[name]}')}{many}: {name}, which is not read: {FORMATS[name][1]}."


def told_of_file(file: Path) -> str | None:
    """Return the sentence on a file in a format that is known and not read, None where it is none."""
    name = format_of(file)
    return f"{shown(str(file))}: {name}, which is not read: {FORMATS[name][1]}." if name else told_of_lines(file)


def told_of_lines(file: Path) -> str | None:
    """Return the sentence on a file of texts in a form that is known and not read, None where it is none."""
    try:
        begun = read_regular(file, TEXT_BEGINNING)
    except OSError:
        return None
    text = decode(begun[: begun.rfind(b"\n") + 1] or begun).text
    if text is None:
        return None
    known = ((what, instead) for pattern, what, instead in LINES if _whole(pattern, text))
    what, instead = next(known, (None, None))
    return f"{shown(str(file))} holds {what}, which are not read: {instead}." if what else None


def _whole(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether a pattern of lines holds for all that was read; one of JSON only begins it."""
    found = pattern.match(text)
    return found is not None and (text.lstrip().startswith("{") or found.end() == len(text))


def format_of(file: Path) -> str | None:
    """Return the name of a format that is known and not read, by a name or, without suffix, by its bytes."""
    lower = file.name.lower()
    named = next((name for name, (endings, _) in FORMATS.items() if lower.endswith(endings)), None)
    if named or file.suffix:
        return named
    try:
        with open_regular(file) as opened:
            begun = opened.read(256)
    except OSError:
        return None
    return next((name for place, mark, name in MARKS if begun[place:].startswith(mark)), None)
