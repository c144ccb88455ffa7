"""The data.json of versions before its format had a number: one JSON object with everything there is of each
example.
"""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from skipwise.data.manifest import DataManifest
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.quality.report import FindingCount, QualitySummary
from skipwise.data.strings import Strings
from skipwise.errors import UserError


def convert(found: Mapping[str, Any], file: Path) -> tuple[DataManifest, dict[str, np.ndarray]]:
    """Return the manifest and the arrays that it held. Raises UserError for content that is none."""
    try:
        return _manifest(found), _arrays(found)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise UserError(
            f"{file} is damaged, or of a version too old ({type(error).__name__}): run the command that made the study again."
        ) from error


def _manifest(found: Mapping[str, Any]) -> DataManifest:
    kept = ("source", "name", "fingerprint", "cache", "classes", "counts", "unreadable", "own_test", "notes")
    fields: dict[str, Any] = {name: found[name] for name in (*kept, "other_files", "hidden_files")}
    fields["examples"] = len(found["labels"])
    if "image" in found:
        of_training = {name: found[name] for name in ("resize_rule", "mean", "std")}
        fields["image"] = {**found["image"], **of_training}
    if "text" in found:
        text = {name: value for name, value in found["text"].items() if name != "asked"}
        asked = {f"asked_{name}": value for name, value in found["text"]["asked"].items()}
        fields["text"] = {**text, **asked, "raw": found["raw"]}
    if "objects" in found:
        most = max(len(some["labels"]) for some in found["objects"])
        fields["boxes"] = {"most_objects": most, "mended": found["mended"]}
    fields["quality"] = _quality(found["duplicates"], found.get("pixels"))
    return TypeAdapter(DataManifest).validate_python(fields)


def _quality(duplicates: Mapping[str, Any], pixels: Mapping[str, Any] | None) -> QualitySummary:
    """Return the counts of that version: of duplicates with different labels it counted groups, of near ones images."""
    kinds = [
        (FindingKind.LEAKAGE, duplicates["across_split"], duplicates["across_split_examples"]),
        (FindingKind.CONTRADICTORY_LABELS, duplicates["other_label"], duplicates["other_label_examples"]),
        (FindingKind.DUPLICATE, duplicates["images"] - duplicates["across_split"], duplicates["examples"]),
    ]
    if pixels is not None:
        kinds += [
            (FindingKind.NEAR_LEAKAGE, pixels["across_split"], pixels["across_split_examples"]),
            (FindingKind.NEAR_CONTRADICTORY_LABELS, pixels["other_label"], pixels["other_label_examples"]),
            (FindingKind.NEAR_DUPLICATE, pixels["near_duplicates"], []),
            (FindingKind.BLANK, pixels["one_colour"], []),
            (FindingKind.BRIGHTNESS, pixels["far_out_brightness"], []),
            (FindingKind.CONTRAST, pixels["far_out_contrast"], []),
            (FindingKind.SIZE, pixels["far_out_sizes"], []),
        ]
    return QualitySummary(
        counts=tuple(
            FindingCount(kind=kind, count=count, first=tuple(map(tuple, first)))
            for kind, count, first in kinds
            if count > 0
        ),
        compared=pixels is not None,
    )


def _arrays(found: Mapping[str, Any]) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {name: np.array(found[name], np.int64) for name in ("labels", "together")}
    arrays |= {part: np.array(indices, np.int64) for part, indices in found["split"].items()}
    if (files := found.get("files")) is not None:
        packed = Strings.pack(files)
        arrays |= {"files": packed.content, "file_ends": packed.ends}
    if "objects" in found:
        several = [some["boxes"] for some in found["objects"]]
        arrays["sizes"] = np.array(found["sizes"], np.int64)
        arrays["boxes"] = np.array(list(chain.from_iterable(several)), np.float64).reshape(-1, 4)
        arrays["box_labels"] = np.array([label for some in found["objects"] for label in some["labels"]], np.int64)
        arrays["box_ends"] = np.cumsum([len(boxes) for boxes in several], dtype=np.int64)
    return arrays
