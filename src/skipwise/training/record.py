"""The record of a finished run, `run.json`: it appears last, so that a run with a record is done."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainSerializer, ValidationError

from skipwise.contender import Contender
from skipwise.data import InputSpec
from skipwise.errors import UserError, reason_of
from skipwise.networks.dotted import demand_trust, is_dotted, programs_in
from skipwise.records import misfit, record_from_json, record_to_json, write_atomically
from skipwise.regular_files import read_text
from skipwise.training.deployed import Deployed
from skipwise.training.plan import ComputePlan

RUN, PREDICTIONS, MODEL = "run.json", "predictions.npz", "model.safetensors"
FORMAT = 2
"""Of run.json. Format 1 has no number, and `form` for `input_spec`."""
REMEDY = "delete it, and the command that made the study trains this run again"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The record of a run: its settings, its results, and how it was computed. Scores are fractions.

    `score` is that on test data, `train_score` the last one that training knew, `fitted_score` that of the best epoch
    on training examples as they are; `failed` is the reason or None. With `input_spec` a model needs nothing but its
    folder.
    """

    contender: Annotated[Contender, PlainSerializer(Contender.to_json)]
    fold: int | None
    seed: int
    task: str
    failed: str | None
    score: float
    validation_score: float | None
    best_epoch: int | None
    train_score: float | None
    fitted_score: float | None
    parameters: int
    multiply_adds: int
    depth: int
    activation_bytes: int
    deployed: Deployed | None
    steps: int
    training_examples: int
    train_seconds: float
    wall_seconds_since_last_start: float
    finished: str
    plan: ComputePlan
    versions: dict[str, str]
    input_spec: Annotated[InputSpec, PlainSerializer(InputSpec.to_json)]


def read_run(folder: Path) -> RunRecord:
    """Read the record of the run in a folder.

    Raises UserError where it is damaged, of a later format, or names a program that is not trusted.
    """
    file = folder / RUN
    with explaining_damage(file):
        content = json.loads(read_text(file))
        if not isinstance(content, dict):
            raise ValueError("it holds no run")
        if content.get("format", 1) in (1, FORMAT):
            content = _with_values(content, file)
        return record_from_json(RunRecord, content, where=file, format_number=FORMAT, remedy=REMEDY)


def _with_values(content: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return a record of format 1 or 2 as one of format 2, with what has a reader of its own read.

    Raises UserError where it names a program that is not trusted.
    """
    task = [content["task"]] if is_dotted(content.get("task", "")) else []
    demand_trust([*task, *programs_in(content["contender"])], file)
    values = {"format": FORMAT, **content}
    if "form" in values:
        values["input_spec"] = values.pop("form")
    return values | {
        "contender": Contender.from_json(values["contender"]),
        "input_spec": InputSpec.from_json(values["input_spec"]),
    }


def write_run(folder: Path, record: RunRecord) -> None:
    """Write the record of a run into its folder."""
    content = record_to_json(record, format_number=FORMAT)
    write_atomically(folder / RUN, lambda part: part.write_text(json.dumps(content, indent=2)))


@contextmanager
def explaining_damage(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong when a run's file or folder is read into one sentence that says what to do."""
    try:
        yield
    except UserError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        words = misfit(error) if isinstance(error, ValidationError) else f"{type(error).__name__}: {reason_of(error)}"
        raise UserError(f"{path} is damaged ({words}): {REMEDY}.") from error
