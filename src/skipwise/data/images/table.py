"""A table of images: columns for path and label, and perhaps split and group; paths are relative to the file."""

import csv
from pathlib import Path

import numpy as np

from skipwise.data.images.source import Source
from skipwise.data.parts import part_of
from skipwise.errors import UserError


def has_columns(path: Path) -> bool:
    return path.suffix == ".csv" and path.open(errors="replace").readline().strip().split(",")[:2] == ["path", "label"]


def read_part_tables(p, t):
    return read_table(t[0])


def read_table(path: Path) -> Source:
    """The images a .csv lists. Raises UserError naming the line that cannot be."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as a .csv in UTF-8 ({error}): save it as such.") from error
    labels = [row["label"].strip() for _, row in rows]
    classes = sorted(set(labels))
    number = {name: index for index, name in enumerate(classes)}
    names = [row["path"].strip() for _, row in rows]
    return Source(
        name=path.stem,
        labels=np.array([number[label] for label in labels], np.int64),
        classes=tuple(classes),
        parts=[part_of((row.get("split") or "").strip().lower()) or "" for _, row in rows],
        names=names,
        files=[path.parent / name for name in names],
        groups=[(row.get("group") or "").strip() for _, row in rows] if "group" in columns else None,
    )
