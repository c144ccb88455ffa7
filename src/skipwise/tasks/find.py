"""Which task data are for."""

from pathlib import Path
from typing import Any

from skipwise.errors import UserError, unknown
from skipwise.networks.dotted import is_dotted, load_dotted
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.images import ImageClassification
from skipwise.tasks.task import Task
from skipwise.tasks.text import TextClassification

TASKS: dict[str, Task] = {task.name: task for task in (ObjectDetection(), TextClassification(), ImageClassification())}
"""Those that come with skipwise, in the order in which they are asked whether data are theirs; the last takes the
rest.
"""


def find_task(data: str, name: str | None = None) -> Task:
    """The task called `name`, else the one that data look like. Raises UserError for an unknown name."""
    if name is not None:
        return task_named(name)
    return next((task for task in TASKS.values() if task.can_read(data)), TASKS["images"])


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
    if not data:
        raise UserError("The data have an empty name: give a folder, a file, or a name as digits.")
    if data in task.names or task.can_read(data):
        return
    others = [other.name for other in TASKS.values() if data in other.names]
    try:
        path = Path(data).expanduser()
        if path.exists():
            return
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(
            f"{data[:60]} cannot be a path ({str(error)[:60]}): give a folder, a file, or a name as digits."
        ) from error
    if others:
        raise UserError(
            f"{data} is known data for the task {others[0]}, and the task is {task.name}: leave --task out, or give other data."
        )
    if task is not TASKS["images"] and not task.names:
        raise UserError(f"{data} does not exist: give a file or a folder of {task.examples}.")
    if path.suffix or len(path.parts) > 1:
        raise UserError(f"{data} does not exist: give a folder of images, an .npz, a .csv, or a name as digits.")
    raise unknown("data set, file or folder", data, known_data())
