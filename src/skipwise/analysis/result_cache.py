"""The results of analyses, kept in the study's folder so that each is computed once."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from skipwise.records import write_atomically
from skipwise.regular_files import read_text
from skipwise.studies import Study

FOLDER = "analysis"


def cached(study: Study, name: str, inputs: Mapping[str, object], kind: Any, compute: Callable[[], Any] | None) -> Any:
    """Return the result of an analysis that is kept for the same inputs, or else compute and keep it; None without
    either.

    `inputs` is what the result depends on. `kind` is the result's type, which pydantic reads back: a dataclass, or
    dicts and lists of such. An empty result stands for an analysis that does not apply.
    """
    file = study.folder.file(FOLDER) / f"{name}.json"
    if file.exists():
        try:
            content = json.loads(read_text(file))
            if content["about"] == inputs:
                return _read(content["found"], kind)
        except (OSError, ValueError, LookupError, TypeError, RecursionError, ValidationError):
            pass  # damaged, or of an earlier version: a cache, which `skipwise report` computes and writes again
    if compute is None:
        return None
    result = without_nan(compute())
    file.parent.mkdir(exist_ok=True)
    text = json.dumps({"about": inputs, "found": result}, indent=1, allow_nan=False) + "\n"
    write_atomically(file, lambda part: part.write_text(text, encoding="utf-8"))
    return _read(result, kind)


def _read(result: Any, kind: Any) -> Any:
    return TypeAdapter(kind).validate_python(with_nan(result)) if result else result


def with_nan(result: Any) -> Any:
    """Return the same with nan for None, as it stands for a number that is not finite."""
    if isinstance(result, dict):
        return {name: with_nan(value) for name, value in result.items()}
    if isinstance(result, list):
        return [with_nan(value) for value in result]
    return math.nan if result is None else result


def without_nan(result: Any) -> Any:
    """Return a result as JSON can hold it: None for numbers that are not finite, and dataclasses as dicts.

    A field of a dataclass that is None is left out, so that it is read back as its default.
    """
    if is_dataclass(result):
        values = ((entry.name, getattr(result, entry.name)) for entry in fields(result))
        return {name: without_nan(value) for name, value in values if value is not None}
    if isinstance(result, dict):
        return {name: without_nan(value) for name, value in result.items()}
    if isinstance(result, list | tuple):
        return [without_nan(value) for value in result]
    return None if isinstance(result, float) and not math.isfinite(result) else result
