"""Texts that are left out are named, and classes have their order."""

import json

import numpy as np

from skipwise.data.manifest import UnreadableFile
from skipwise.data.text.open import open_texts
from support.texts import GOOD, file, rows


def test_empty_texts_are_left_out_by_name(tmp_path):
    source = open_texts(file(tmp_path, "a.csv", GOOD + ",pos\n"))
    assert len(source.texts) == len(source.labels) == len(source.names) == 8
    assert source.unreadable == [UnreadableFile(name="a.csv, line 10", reason="it is empty")]


def test_half_a_surrogate_pair_is_left_out(tmp_path):
    lines = [json.dumps({"text": text, "label": label}) for text, label in [*rows(2), ("\ud800", "bad")]]
    assert open_texts(file(tmp_path, "a.jsonl", "\n".join(lines))).unreadable == [
        UnreadableFile(name="a.jsonl, line 5", reason="it holds half of a surrogate pair, which is no character")
    ]


def test_labels_that_are_numbers_stand_in_their_order(tmp_path):
    lines = [json.dumps({"text": "a", "label": label}) for label in (10, 2, 1.0, "2")]
    source = open_texts(file(tmp_path, "a.jsonl", "\n".join(lines)))
    assert source.classes == ("1", "2", "10")
    assert source.labels.tolist() == [2, 1, 0, 1]


def test_labels_are_whole_numbers(tmp_path):
    assert open_texts(file(tmp_path, "a.csv", GOOD)).labels.dtype == np.int64
