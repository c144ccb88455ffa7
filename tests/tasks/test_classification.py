"""Answers of a classifier as rows of a table, and what guessing would reach."""

import numpy as np

from skipwise.tasks import TASKS
from skipwise.tasks.classification import ClassPrediction


def test_a_column_for_each_class_even_where_it_is_called_as_another():
    answer = ClassPrediction(file="a.png", label="file", probability=0.7, probabilities={"file": 0.7, "cat": 0.3})
    assert answer.rows() == [{"answer": "file", "probability": 0.7, "class file": 0.7, "cat": 0.3}]


def test_a_guess_names_the_commonest_class():
    name, score = TASKS["images"].guess({"labels": np.array([0, 1, 1, 1])})
    assert (name, score) == ("always naming the commonest class", 0.75)
    assert TASKS["images"].guess({"angles": np.array([0.1])}) is None
