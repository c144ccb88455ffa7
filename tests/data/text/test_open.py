"""Other data are not taken for texts."""

import json
import os
from pathlib import Path

import pytest

from skipwise.data import Options, open_texts
from skipwise.data.glimpse import look_at
from skipwise.data.text.open import readings
from skipwise.errors import UserError
from support.texts import file, rows, table


@pytest.mark.parametrize(
    ("name", "given"),
    [("a.csv", "path,label\na.png,b"), ("a.txt", "hello"), ("a.npz", b"\x00"), ("train.csv", "path,label\na.png,b")],
)
def test_what_is_no_text_is_not_claimed(tmp_path, name, given):
    path = file(tmp_path / "data", name, given)
    assert not readings(look_at(Path(path)))
    assert not readings(look_at(tmp_path / "data"))


def test_a_table_of_files_that_has_texts_too_can_be_read_as_texts(tmp_path):
    some = [(f"{i}.png", label, text) for i, (text, label) in enumerate(rows(4))]
    (reading,) = readings(look_at(table(tmp_path / "a.csv", some, ("path", "label", "text"))))
    assert (reading.task, reading.explicit, reading.refused) == ("text", True, None)
    assert readings(look_at(table(tmp_path / "a.csv", some, ("path", "label", "seen by")))) == []


def test_a_table_that_is_not_clear_says_why(tmp_path):
    path = table(tmp_path / "a.csv", [(i, i / 3) for i in range(12)], ("a", "b"))
    (reading,) = readings(look_at(path))
    assert reading.refused is not None
    assert reading.refused.startswith(f"{path} holds numbers and no texts (a, b)")
    with pytest.raises(UserError, match="holds numbers and no texts"):
        open_texts(str(path))


def test_the_only_table_of_a_folder_is_read(tmp_path):
    table(tmp_path / "reviews.csv", rows(4))
    file(tmp_path, "README.md", "# Reviews")
    assert len(open_texts(str(tmp_path)).texts) == 8


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.txt", "pipe.json", "pipe.parquet", "pipe"])
def test_a_pipe_is_refused_at_once(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert not readings(look_at(tmp_path / name))
    with pytest.raises(UserError, match="is no regular file and no folder"):
        open_texts(str(tmp_path / name))


def test_columns_are_named_through_the_options(tmp_path):
    path = str(table(tmp_path / "a.csv", [(text, label, "-") for text, label in rows(4)], ("review", "class", "kind")))
    assert open_texts(path, Options(text_column="review", label_column="class")).classes == ("bad", "good")
    with pytest.raises(UserError, match="has no column 'body' for --text-column"):
        open_texts(path, Options(text_column="body"))


def test_nested_tasks_of_label_studio_are_named(tmp_path):
    task = {"id": 1, "data": {"text": "a"}, "annotations": [{"result": [{"value": {"choices": ["b"]}}]}]}
    (reading,) = readings(look_at(Path(file(tmp_path, "a.json", json.dumps([task])))))
    assert reading.refused == (
        f"{tmp_path}/a.json is Label Studio's JSON, in which texts and choices are nested: export the project as CSV or "
        "JSON-MIN."
    )
