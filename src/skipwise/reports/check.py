"""The page and the table of a data check."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from skipwise.data.quality.data_check import ERRORS, Finding
from skipwise.records import write_atomically
from skipwise.reports.check_kinds import KINDS, Kind
from skipwise.reports.drawings.pictures import data_uri
from skipwise.reports.markup import template

MOST_SHOWN = 24
"""Of each kind, with pictures; all of them are in the table."""
THUMBNAIL = 96
"""Longest side of a picture, in px."""
COLUMNS = ("kind", "error", "file", "other_file", "label", "other_label", "suggested_label", "score", "part", "detail")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The result of a data check: what was looked at, what was found, and what could not be looked at. `images` are the
    readable ones, if any.
    """

    name: str
    data: str
    described: Sequence[str]
    classes: Sequence[tuple[str, int, int, int]]
    findings: Sequence[Finding]
    errors: Sequence[Finding]
    done: Sequence[str]
    images: UInt8[np.ndarray, "images height width channels"] | None = None

    @property
    def answer(self) -> str:
        """The verdict of the check in one sentence."""
        if not self.errors:
            notes = "; see the notes below" if self.findings else ""
            return f"No errors were found in {self.name}{notes}."
        counts = [
            f"{count} {KINDS[kind].one if count == 1 else KINDS[kind].many}"
            for kind in ERRORS
            if (count := sum(found.kind == kind for found in self.errors))
        ]
        return f"Errors were found in {self.name}: {_listed(counts)}."

    def of(self, kind: str) -> list[Finding]:
        return [found for found in self.findings if found.kind == kind]

    @property
    def groups(self) -> list[tuple[Kind, bool, list[Finding]]]:
        """Every kind that was found, with whether it is an error, errors first."""
        wrong = {found.kind for found in self.errors}
        found = [(KINDS[kind], kind in wrong, self.of(kind)) for kind in KINDS if self.of(kind)]
        return sorted(found, key=lambda group: not group[1])


def write_check(checked: Checked, folder: Path) -> tuple[Path, Path]:
    """Write check.html and findings.csv, and tell where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    page, table = folder / "check.html", folder / "findings.csv"
    text = template("check.html.jinja").render(
        checked=checked, most=MOST_SHOWN, picture=lambda index: _picture(checked, index), table=table.name
    )
    write_atomically(page, lambda part: part.write_text(text, encoding="utf-8", errors="replace"))
    write_atomically(table, lambda part: _write_table(part, checked))
    return page, table


def _write_table(part: Path, checked: Checked) -> None:
    """One row a finding."""
    wrong = {id(found) for found in checked.errors}
    with part.open("w", newline="", encoding="utf-8", errors="replace") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for found in checked.findings:
            row = {entry.name: getattr(found, entry.name) for entry in fields(Finding)}
            row["error"] = "yes" if id(found) in wrong else "no"
            row["score"] = "" if found.score is None else f"{found.score:.3f}"
            rows.writerow([row[column] for column in COLUMNS])


def _picture(checked: Checked, index: int | None) -> str | None:
    """An image as it is looked at, as a data URI; small ones enlarged so that their pixels are seen."""
    if checked.images is None or index is None:
        return None
    pixels: Any = np.asarray(checked.images[index])
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    scale = THUMBNAIL / max(image.size)
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BICUBIC
    return data_uri(image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), how))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
