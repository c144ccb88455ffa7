"""Predictions are read as they were written, and refused where they cannot be any."""

import os
import zipfile

import numpy as np
import pytest

from skipwise.errors import UserError
from skipwise.tasks import TASKS
from skipwise.training.predictions import read_indices, read_predictions, write_predictions

CLASSES = {
    "probabilities": np.array([[0.1, 0.9], [0.5, 0.5], [1, 0]], np.float32),
    "labels": np.array([1, 0, 1]),
}
BOXES = {
    "boxes": np.zeros((2, 5, 4), np.float32),
    "scores": np.zeros((2, 5), np.float32),
    "labels": np.full((2, 5), -1),
    "true_boxes": np.zeros((2, 3, 4), np.float32),
    "true_labels": np.zeros((2, 3), int),
}


def written(folder, answers, indices=None):
    count = len(next(iter(answers.values())))
    write_predictions(folder, {"test": answers}, {"test": np.arange(count) if indices is None else indices})


@pytest.mark.parametrize(("task", "answers"), [("images", CLASSES), ("text", CLASSES), ("boxes", BOXES)])
def test_they_are_read_as_they_were_written(tmp_path, task, answers):
    written(tmp_path, answers)
    found, indices = read_predictions(tmp_path, "test", TASKS[task], 2)
    assert found.keys() == answers.keys()
    np.testing.assert_array_equal(found["labels"], answers["labels"])
    np.testing.assert_array_equal(indices, read_indices(tmp_path, "test"))


@pytest.mark.parametrize(
    ("task", "answers"),
    [
        ("images", CLASSES | {"labels": np.array([1, 0, 1], complex)}),
        ("images", CLASSES | {"labels": np.array([1, 0, 2])}),
        ("images", CLASSES | {"labels": np.array([-1, 0, 1])}),
        ("images", CLASSES | {"labels": np.array([1, 0])}),
        ("images", CLASSES | {"probabilities": np.zeros(3)}),
        ("images", CLASSES | {"probabilities": np.zeros((3, 4))}),
        ("images", {"labels": CLASSES["labels"]}),
        ("images", {name: array[:0] for name, array in CLASSES.items()}),
        ("boxes", BOXES | {"labels": np.full((2, 5), 2**40)}),
        ("boxes", BOXES | {"true_boxes": np.zeros((2, 3, 3))}),
        ("boxes", {name: array for name, array in BOXES.items() if name != "true_labels"}),
    ],
)
def test_what_can_be_no_answers_is_refused(tmp_path, task, answers):
    written(tmp_path, answers)
    with pytest.raises(
        UserError, match=r"predictions\.npz is damaged .*: delete it, and the command that made the study"
    ):
        read_predictions(tmp_path, "test", TASKS[task], 2)


@pytest.mark.parametrize("indices", [np.arange(4), np.array([-1, 0, 1]), np.array([0.5, 1, 2]), np.zeros((3, 1), int)])
def test_indices_that_are_none_are_refused(tmp_path, indices):
    written(tmp_path, CLASSES, indices)
    with pytest.raises(UserError, match=r"predictions\.npz is damaged .*indices"):
        read_predictions(tmp_path, "test", TASKS["images"], 2)


def test_a_header_that_claims_more_than_the_file_holds_takes_no_memory(tmp_path):
    header = b"{'descr':[('a','<f8'),('b','<f8')],'fortran_order':False,'shape':(100000000000,)}".ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "predictions.npz", "w") as file:
        file.writestr("test_labels.npy", b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(
        UserError, match=r"test_labels holds 0 bytes where its header says .*Delete it, and the command"
    ):
        read_predictions(tmp_path, "test", TASKS["images"], 2)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "predictions.npz")
    with pytest.raises(UserError, match=r"predictions\.npz cannot be read"):
        read_predictions(tmp_path, "test", TASKS["images"], 2)
