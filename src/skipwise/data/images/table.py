"""A .csv with columns path, label and perhaps split and group; paths are relative to the file."""

import csv
from pathlib import Path

import numpy as np

from skipwise.data.images.source import PART_NAMES, Source
from skipwise.errors import UserError


def read_table(path: Path) -> Source:
    """The images a .csv lists. Raises UserError naming the line that cannot be."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as a .csv in UTF-8 ({error}): save it as such.") from error
    for column in ("path", "label"):
        if column not in columns:
            raise UserError(f"{path} has no column {column!r} (it has {', '.join(columns) or 'none'}): name one so.")
    if not rows:
        raise UserError(f"{path} has no rows below its header: list one image a row.")
    for line, row in rows:
        for column in ("path", "label"):
            if not (row[column] or "").strip():
                raise UserError(f"{path}, line {line}: {column} is empty.")
        if (row.get("split") or "").strip().lower() not in ("", *PART_NAMES):
            raise UserError(f"{path}, line {line}: split is {row['split']!r}: write train, val or test, or nothing.")
    labels = [row["label"].strip() for _, row in rows]
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise UserError(f"{path} has one label, {classes[0]!r}: a comparison needs at least two classes.")
    number = {name: index for index, name in enumerate(classes)}
    names = [row["path"].strip() for _, row in rows]
    return Source(
        name=path.stem,
        labels=np.array([number[label] for label in labels], np.int64),
        classes=tuple(classes),
        parts=[PART_NAMES.get((row.get("split") or "").strip().lower(), "") for _, row in rows],
        names=names,
        files=[path.parent / name for name in names],
        groups=[(row.get("group") or "").strip() for _, row in rows] if "group" in columns else None,
    )
