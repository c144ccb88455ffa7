"""A .csv of images, and the full text of the error where it cannot be read."""

import csv

import pytest

from skipwise.data.images.dataset import open_source
from support.images import refused


def write_table(path, header, *rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_table(tmp_path):
    path = write_table(
        tmp_path / "list.csv", ["path", "label", "split", "group"],
        ["a.png", "cat", "train", "g1"], ["b.png", "dog", "val", ""], ["c.png", "cat", "", "g1"],
    )  # fmt: skip
    source = open_source(path)
    assert source.name == "list"
    assert list(source.parts) == ["train", "validation", ""]
    assert list(source.groups) == ["g1", "", "g1"]
    assert source.files[0] == tmp_path / "a.png"


@pytest.mark.parametrize(
    ("header", "rows", "sentence"),
    [
        (["file", "label"], [["a", "b"]], "{path} has no column 'path' (it has file, label): name one so."),
        (["path", "label"], [], "{path} has no rows below its header: list one image a row."),
        (["path", "label"], [["a", "x"], ["b", ""]], "{path}, line 3: label is empty."),
        (["path", "label", "split"], [["a", "x", "holdout"]],
         "{path}, line 2: split is 'holdout': write train, val or test, or nothing."),
        (["path", "label"], [["a", "x"]], "{path} has one label, 'x': a comparison needs at least two classes."),
    ],
)  # fmt: skip
def test_tables_that_cannot_be(tmp_path, header, rows, sentence):
    path = write_table(tmp_path / "list.csv", header, *rows)
    assert refused(path) == sentence.format(path=path)


def test_table_in_another_encoding(tmp_path):
    (tmp_path / "list.csv").write_bytes("path,label\nä.png,x\n".encode("latin-1"))
    assert "cannot be read as a .csv in UTF-8" in refused(tmp_path / "list.csv")
