"""What an analysis found, kept in the study's folder, so that it is computed once."""

import json
import math
from collections.abc import Callable
from typing import Any

from skipwise.records import write_atomically
from skipwise.studies import Study

FOLDER = "analysis"


def cached(study: Study, name: str, about: Any, find: Callable[[], Any] | None) -> Any:
    """What was found about the same things before, or else what `find` finds now; None without either.

    `about` is what it depends on, as JSON has it, and so is what is found, but that it may hold numbers that are not finite.
    """
    file = study.folder.file(FOLDER) / f"{name}.json"
    if file.exists():
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            content = {}  # damaged: as if it were not there
        if isinstance(content, dict) and content.get("about") == about:
            return with_nan(content["found"])
    if find is None:
        return None
    found = find()
    file.parent.mkdir(exist_ok=True)
    found = without_nan(found)
    text = json.dumps({"about": about, "found": found}, indent=1, allow_nan=False) + "\n"
    write_atomically(file, lambda part: part.write_text(text, encoding="utf-8"))
    return with_nan(found)


def with_nan(found: Any) -> Any:
    """The same with nan for None, as it stands for a number that is not finite."""
    if isinstance(found, dict):
        return {name: with_nan(value) for name, value in found.items()}
    if isinstance(found, list):
        return [with_nan(value) for value in found]
    return math.nan if found is None else found


def without_nan(found: Any) -> Any:
    """The same with None in place of numbers that are not finite, which JSON cannot hold."""
    if isinstance(found, dict):
        return {name: without_nan(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [without_nan(value) for value in found]
    return None if isinstance(found, float) and not math.isfinite(found) else found
