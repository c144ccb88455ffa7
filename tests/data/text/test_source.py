"""Texts that are left out are named, and classes have their order."""

import json

import numpy as np
import pytest

from skipwise.data import open_texts
from skipwise.data.manifest import UnreadableFile
from skipwise.errors import UserError
from support.texts import GOOD, file, rows, table


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


def test_classes_that_differ_in_case_or_spaces_are_told(tmp_path):
    source = open_texts(file(tmp_path, "a.csv", GOOD + "fine,Pos\nnice,p os\n"))
    assert source.classes == ("Pos", "neg", "p os", "pos")
    assert source.notes == (
        "the classes 'Pos' and 'p os' differ in case or spaces alone, and are two classes",
        "the classes 'Pos' and 'pos' differ in case or spaces alone, and are two classes",
    )


@pytest.mark.parametrize("label", ["['a', 'b']", '["a"]', "('a', 'b')", "{'a', 'b'}"])
def test_a_list_of_labels_is_refused(tmp_path, label):
    with pytest.raises(UserError, match=r"a.csv, line 2: label is .*, a list of labels: skipwise gives each text one"):
        open_texts(str(table(tmp_path / "a.csv", [("a text", label), ("another", "b")])))


@pytest.mark.parametrize("label", ["[sic]", "(none)", "{x}", "a|b"])
def test_brackets_alone_are_no_list(tmp_path, label):
    source = open_texts(str(table(tmp_path / "a.csv", [("a text", label), ("another", "b")])))
    assert label in source.classes


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("{:.4f}", r"a has 12 different labels in 12 texts \(.*\): these are numbers to be predicted, not classes"),
        ("row {}", r"a has 12 different labels in 12 texts \(.*\): that is hardly a class for each; name the column"),
    ],
)
def test_labels_that_are_all_different_are_no_classes(tmp_path, label, message):
    some = [(f"text {i}", label.format(i / 7)) for i in range(12)]
    with pytest.raises(UserError, match=message):
        open_texts(str(table(tmp_path / "a.csv", some)))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("last", [2, 5])
def test_rows_between_two_quotes_are_not_swallowed(tmp_path, order, last):
    lines = [[f"a good film {i}", "pos"] if i % 2 else [f"a bad film {i}", "neg"] for i in range(12)]
    lines[1][0], lines[last][0] = f'"{lines[1][0]}', f'{lines[last][0]}"'
    written = [",".join(row[i] for i in order) for row in [["text", "label"], *lines]]
    message = r"a.csv, line 3: the quote that opens there closes lines below, and what stands between looks like rows"
    with pytest.raises(UserError, match=message):
        open_texts(file(tmp_path, "a.csv", "\n".join(written)))


def test_a_text_of_several_lines_with_commas_is_one_text(tmp_path):
    odd = "one, two\nthree, four\nand, more"
    assert odd in open_texts(str(table(tmp_path / "a.csv", [*rows(4), (odd, "good")]))).texts
