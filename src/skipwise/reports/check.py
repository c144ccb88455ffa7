"""The page and the table of a data check."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from skipwise.data.images.decode import decode, open_image, upright_size
from skipwise.data.images.fit import CroppedImage, cropped_to, fitted
from skipwise.data.images.regular_file import Unreadable, reading
from skipwise.data.options import Fit
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.quality.report import Finding, QualityReport
from skipwise.names import cell
from skipwise.records import write_atomically
from skipwise.reports.drawings.pictures import data_uri
from skipwise.reports.markup import template, write_text

MOST_SHOWN = 24
"""Of each kind, with pictures; all of them are in the table."""
THUMBNAIL = 96
"""Longest side of a picture, in px."""
CROPPED = 192
"""The same of an image with its crop."""
COLUMNS = ("kind", "error", "file", "other_file", "label", "other_label", "suggested_label", "score", "part", "detail")


@dataclass(frozen=True, kw_only=True)
class CheckedData:
    """Data with the report of their quality. `classes`: a name and the counts of train, validation and test.

    `images` are the readable ones, if any; `described` says in lines what the data are. `cropped`: images of which a
    centre crop loses most; `fit`: how they came to their size.
    """

    name: str
    described: Sequence[str]
    classes: Sequence[tuple[str, int, int, int]]
    report: QualityReport
    images: UInt8[np.ndarray, "images height width channels"] | None = None
    cropped: Sequence[CroppedImage] = ()
    fit: Fit = "crop"

    @property
    def verdict(self) -> str:
        """The verdict of the check in one sentence."""
        errors = [kind.counted(len(found)) for kind, wrong, found in self.groups if wrong]
        if errors:
            return f"Errors were found in {self.name}: {_listed(errors)}."
        notes = "; see the notes below" if self.report.findings else ""
        return f"No errors were found in {self.name}{notes}."

    def fitted_words(self, cropped: CroppedImage) -> str:
        """Tell the share of an image that a crop loses, and the effect of another rule on it."""
        lost = f"{100 * cropped.lost:.0f} %"
        match self.fit:
            case "crop":
                return f"{lost} lost"
            case "pad":
                return f"{lost} lost by a crop; padded, {lost} of what is seen is grey"
            case "stretch":
                return f"{lost} lost by a crop; stretched {1 / (1 - cropped.lost):.1f} times"

    @property
    def groups(self) -> list[tuple[FindingKind, bool, list[Finding]]]:
        """Every kind that was found, with whether it is an error, errors first."""
        wrong = self.report.error_kinds
        groups = [(kind, kind in wrong, found) for kind, found in self.report.by_kind.items()]
        return sorted(groups, key=lambda group: not group[1])


def write_check(checked: CheckedData, folder: Path) -> tuple[Path, Path]:
    """Write check.html and findings.csv into the folder; return both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, table = folder / "check.html", folder / "findings.csv"
    text = template("check.html.jinja").render(
        checked=checked,
        most=MOST_SHOWN,
        picture=lambda index: _picture(checked, index),
        crops=lambda one: _crops(one, checked.fit),
        table=table.name,
    )
    write_text(page, text)
    write_atomically(table, lambda part: _write_table(part, checked.report))
    return page, table


def _write_table(part: Path, report: QualityReport) -> None:
    """Write one row a finding."""
    wrong = report.error_kinds
    with part.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for found in report.findings:
            row = {name: getattr(found, name) for name in COLUMNS if name != "error"}
            row |= {"error": "yes" if found.kind in wrong else "no", "kind": found.kind.value}
            row["score"] = "" if found.score is None else f"{found.score:.3f}"
            rows.writerow([cell(row[column]) for column in COLUMNS])


def _picture(checked: CheckedData, index: int | None) -> str | None:
    """Return an image as it is looked at, as a data URI; small ones are enlarged so that their pixels are seen."""
    if checked.images is None or index is None:
        return None
    pixels: Any = np.asarray(checked.images[index])
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    scale = THUMBNAIL / max(image.size)
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BICUBIC
    return data_uri(image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), how))


def _crops(cropped: CroppedImage, fit: Fit) -> list[str]:
    """Return an image with what a centre crop to a square loses made dark, and as another rule fits it, as data URIs.

    Empty where it cannot be read any more.
    """
    try:
        with reading(cropped.file) as file:
            height, width = upright_size(open_image(file))
            size = fitted((height, width), (CROPPED, CROPPED))
            pixels = decode(file, *size, "stretch")
            ruled = [] if fit == "crop" else [decode(file, CROPPED, CROPPED, fit)]
    except (OSError, Unreadable):
        return []
    shown = pixels // 4
    top, left, bottom, right = cropped_to(size, (1, 1))
    shown[top:bottom, left:right] = pixels[top:bottom, left:right]
    return [data_uri(Image.fromarray(each)) for each in (shown, *ruled)]


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
