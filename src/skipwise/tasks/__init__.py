"""Tasks: a loss, predictions, and a score for each example."""

from skipwise.tasks.classification import Classification
from skipwise.tasks.find import TASKS, check_exists, find_task, known_data, recognised, task_named
from skipwise.tasks.images import ImageClassification, new_image
from skipwise.tasks.task import Guess, Prediction, Predictions, Task, TrainingStep

__all__ = [
    "TASKS",
    "Classification",
    "Guess",
    "ImageClassification",
    "Prediction",
    "Predictions",
    "Task",
    "TrainingStep",
    "check_exists",
    "find_task",
    "known_data",
    "new_image",
    "recognised",
    "task_named",
]
