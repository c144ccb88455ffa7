"""A file for each part: tables, fastText's lines, pieces of parquet."""

import pytest

from skipwise.data import Options, open_texts, prepare_texts
from skipwise.data.glimpse import look_at
from skipwise.data.text.open import readings
from skipwise.errors import UserError
from support.texts import content, file, rows, table


def test_a_folder_of_a_table_for_each_part(tmp_path):
    table(tmp_path / "train.csv", rows(3))
    table(tmp_path / "valid.csv", rows(1))
    table(tmp_path / "test.csv", rows(2))
    assert readings(look_at(tmp_path))
    assert open_texts(str(tmp_path)).parts == ["train"] * 6 + ["validation"] * 2 + ["test"] * 4
    file(tmp_path, "train.jsonl", "")
    with pytest.raises(UserError, match=r"holds both train.csv and train.jsonl: keep one train file"):
        open_texts(str(tmp_path))


@pytest.mark.parametrize(
    ("train", "held", "part"),
    [
        ("Train.csv", "dev.csv", "validation"),
        ("training_set.csv", "eval.csv", "validation"),
        ("imdb_train.csv", "imdb_test.csv", "test"),
        ("train/a.csv", "test/b.csv", "test"),
        ("data/train-00000-of-00001.csv", "data/test-00000-of-00001.csv", "test"),
    ],
)
def test_parts_by_any_name(tmp_path, train, held, part):
    for name, count in ((train, 3), (held, 2)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        table(tmp_path / name, rows(count))
    (reading,) = readings(look_at(tmp_path))
    assert reading.words == f"texts in a table: {train}, {held}, comma-separated, texts in 'text', labels in 'label'"
    assert open_texts(str(tmp_path)).parts == ["train"] * 6 + [part] * 4


def test_whole_numbers_with_and_without_a_point_are_one_class(tmp_path):
    table(tmp_path / "train.csv", [(text, int(label == "good")) for text, label in rows(3)])
    table(tmp_path / "test.csv", [(text, float(label == "good")) for text, label in rows(2)])
    source = open_texts(str(tmp_path))
    assert source.classes == ("0", "1")
    assert "the labels '1' and '1.0' are one class, '1'" in source.notes


@pytest.mark.parametrize(
    ("columns", "note"),
    [
        (("text", "id"), "test.csv has no column of labels and is left out"),
        (("text", "label"), "the test part has no labels and is left out"),
    ],
)
def test_a_test_part_without_labels_is_left_out(tmp_path, columns, note):
    table(tmp_path / "train.csv", rows(8))
    table(
        tmp_path / "test.csv",
        [(text, "" if columns[1] == "label" else i) for i, (text, _) in enumerate(rows(2))],
        columns,
    )
    dataset = prepare_texts(str(tmp_path), Options())
    assert note in dataset.manifest.notes
    assert len(dataset.labels) == 16


def test_fasttext_by_parts_and_alone(tmp_path):
    lines = "\n".join(f"__label__{label} {text}" for text, label in rows(2))
    for name in ("train.ft.txt", "test.ft.txt"):
        file(tmp_path, f"parts/{name}", lines)
    assert open_texts(str(tmp_path / "parts")).parts == ["train"] * 4 + ["test"] * 4
    alone = file(tmp_path, "lines.txt", lines)
    assert content(open_texts(alone)) == [(text, label, "") for text, label in rows(2)]
    assert [reading.explicit for reading in readings(look_at(tmp_path / "lines.txt"))] == [True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("__label__a __label__b text", r"line 2 has several labels, 'a' and 'b': skipwise gives each text one class"),
        ("no label", r"line 2 begins with 'no', not with __label__ and a class"),
    ],
)
def test_lines_that_fasttext_reads_otherwise(tmp_path, line, message):
    with pytest.raises(UserError, match=message):
        open_texts(file(tmp_path, "a.txt", f"__label__a text\n{line}\n"))


def test_what_was_left_out_stands_in_an_error(tmp_path):
    table(tmp_path / "a.csv", [*rows(8), *[("", "good")] * 3, ("one", "odd"), ("two", "odd")])
    with pytest.raises(
        UserError, match=r"The class 'odd' has .* \(left out: 3 texts \(it is empty; the first a.csv, line 18\)\)"
    ):
        prepare_texts(str(tmp_path / "a.csv"), Options())
