"""Lists of MATLAB's, which cannot be read: said where they may give the classes or the parts of images."""

import re

from skipwise.data.class_folders import listed
from skipwise.data.glimpse import Glimpse
from skipwise.data.images.folder import folders_of_images
from skipwise.data.parts import parts_among

LISTS = re.compile(r"list|split|setid|label|train|test|anno|meta|class|imdb", re.IGNORECASE)
"""Words in the name of a file of MATLAB's that may give classes or parts."""


def _files(glimpse: Glimpse) -> list[str]:
    found = (file for file in glimpse.all_files() if file.suffix.lower() == ".mat" and LISTS.search(file.stem))
    return [file.as_posix() for file in found]


def matlab_lists(glimpse: Glimpse) -> str:
    """Say that lists beside the classes are not read, where they may give the parts."""
    files = _files(glimpse)
    return f"; {listed(files)} may give the parts and cannot be read, being MATLAB's" if files else ""


def matlab_refusal(glimpse: Glimpse) -> str | None:
    """Say that what gives the classes cannot be read, where that may be a file of MATLAB's."""
    files = _files(glimpse)
    if not files or _labels_in_folders(glimpse):
        return None
    return (
        f"{glimpse.path} holds images and no folders of classes, and {listed(files)}, which may say the classes, cannot be "
        "read, being MATLAB's: write a .csv with columns path, label and split beside the images."
    )


def _labels_in_folders(glimpse: Glimpse) -> bool:
    """Return whether folders of images are several in one folder, as classes are."""
    below: dict[str, list[str]] = {}
    for folder in folders_of_images(glimpse):
        below.setdefault(folder.rpartition("/")[0], []).append(folder.rpartition("/")[2])
    return any(len(names) > 1 and not parts_among(names) for names in below.values())
