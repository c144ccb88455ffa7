"""Lists of classes that lie in the folder of a part whose images are in no folders of classes."""

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from skipwise.regular_files import open_regular

SUFFIXES = (".txt", ".csv", ".tsv")
CELLS = re.compile(r"[\t,; ]+")
LARGEST_LIST = 1 << 27
"""Bytes that are read of a list."""


def list_of_part(folder: Path, classes: Collection[str]) -> tuple[str, dict[str, str]] | None:
    """Return the name of a list and the class of each image in it, as `val_annotations.txt` of Tiny ImageNet has them.

    A list begins each line with an image's name and one of the classes to train on; None where no file does.
    """
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in SUFFIXES or not file.is_file():
            continue
        with open_regular(file) as opened:
            lines = opened.read(LARGEST_LIST).decode("utf-8", "replace").splitlines()
        cells = [CELLS.split(line.strip())[:2] for line in lines if line.strip()]
        found = {PurePosixPath(some[0]).name: some[1] for some in cells if len(some) == 2 and some[1] in classes}
        if found and len(found) > len(cells) / 2:
            return file.name, found
    return None
