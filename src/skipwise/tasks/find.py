"""Which task data are for."""

from pathlib import Path
from typing import Any

from skipwise.data.layout import Recognised, is_name, path_of_data, recognise
from skipwise.data.text.hub import HUB
from skipwise.errors import UserError, unknown
from skipwise.networks.dotted import is_dotted, load_dotted
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.images import ImageClassification
from skipwise.tasks.task import Task
from skipwise.tasks.text import TextClassification

TASKS: dict[str, Task] = {task.name: task for task in (ObjectDetection(), TextClassification(), ImageClassification())}
"""Those that come with skipwise."""


def find_task(data: str, name: str | None = None) -> Task:
    """The task called `name`, else the one that data are for. Raises UserError for an unknown name, and for data that
    are not there or cannot be read.
    """
    if name is not None:
        return task_named(name)
    found = recognised(data)
    return _by_name(data) if found is None else TASKS[found.reading.task]


def recognised(
    data: str, task: str | None = None, *, text_column: str | None = None, label_column: str | None = None
) -> Recognised | None:
    """Tell what lies at a path; None where data are known by name, or `task` is one of a user's own.

    Raises UserError as recognise does, and where there is no such data.
    """
    if label_column is not None and is_name(data, known_data()):
        raise UserError(
            f"--label-column {label_column} names the column of a table, and {data} is known by name: leave it out."
        )
    if data.startswith(HUB) or is_name(data, known_data()) or task not in (None, *TASKS):
        return None
    check_exists(data, TASKS[task or "images"])
    return recognise(data, task=task, text_column=text_column, label_column=label_column)


def _by_name(data: str) -> Task:
    return next((task for task in TASKS.values() if data in task.names), TASKS["text"])


def task_named(name: str) -> Task:
    """A task by its name, or one of a user's own by its dotted path. Raises UserError where there is none."""
    if name in TASKS:
        return TASKS[name]
    if not is_dotted(name):
        raise unknown("task", name, TASKS)
    found: Any = load_dotted(name)
    try:
        task = found() if isinstance(found, type) and issubclass(found, Task) else found
    except Exception as error:
        raise UserError(f"{name} cannot be used as a task: making one fails with {error!r}.") from error
    if not isinstance(task, Task):
        raise UserError(f"{name} is no task: it must be a subclass of skipwise.tasks.Task, or one of its instances.")
    task.name = name  # type: ignore[misc]
    return task


def known_data() -> dict[str, str]:
    """Every data set known by name, and what it is."""
    return {name: what for task in reversed(TASKS.values()) for name, what in task.names.items()}


def check_exists(data: str, task: Task) -> None:
    """Raises UserError where there is no such data, with the nearest name that is known."""
    if data in task.names or data.startswith(HUB):
        return
    others = [other.name for other in TASKS.values() if data in other.names]
    if others and is_name(data, known_data()):
        raise UserError(
            f"{data} is known data for the task {others[0]}, and the task is {task.name}: leave --task out, or give other data."
        )
    if (
        data
        and not Path(data).suffix
        and len(Path(data).parts) == 1
        and len(data) < 100
        and not Path(data).expanduser().exists()
    ):
        raise unknown("data set, file or folder", data, known_data())
    path_of_data(data)
