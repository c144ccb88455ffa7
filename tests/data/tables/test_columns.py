"""The columns that are meant are found by name, else by what they hold, and asked for where that is not clear."""

import pytest

from skipwise.data.tables import choose_columns, open_table
from skipwise.errors import UserError
from support.texts import rows, table

SOME = rows(6)


def chosen(path, columns, some=None, **asked):
    given = open_table(table(path / "a.csv", some or [(*row, "") for row in SOME], columns))
    found = choose_columns(given, **asked)
    return given.columns[found.text], given.columns[found.label], found


@pytest.mark.parametrize(
    "columns",
    [("text", "label"), ("Review", "Sentiment"), ("sentence", "Category"), ("OriginalTweet", "target"), ("review_text", "stars"), ("CONTENT", "y"), ("v2", "v1")],
)  # fmt: skip
def test_usual_names_in_any_case_else_what_they_hold(tmp_path, columns):
    text, label, found = chosen(tmp_path, (*columns, "note"))
    assert (text, label) == columns
    told = f"the texts are those of column {text!r}, the labels those of column {label!r}"
    assert found.notes == (() if columns == ("text", "label") else (told,))


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        (("review", "label", "comment"), {}, "has 'review' and 'comment', and which of them holds the texts is not clear (its columns: review, label, comment): name it with --text-column."),
        (("text", "class", "category"), {}, "has 'class' and 'category', and which of them holds the labels is not clear (its columns: text, class, category): name it with --label-column."),
        (("text", "label", "c"), {"text": "body"}, "has no column 'body' for --text-column (it has text, label, c): name one of them."),
    ],
)  # fmt: skip
def test_where_it_is_not_clear(tmp_path, columns, asked, message):
    with pytest.raises(UserError) as error:
        chosen(tmp_path, columns, **asked)
    assert str(error.value) == f"{tmp_path}/a.csv {message}"


def test_columns_that_a_user_names(tmp_path):
    text, label, _ = chosen(tmp_path, ("review", "class", "category"), text="Review", label="class")
    assert (text, label) == ("review", "class")


@pytest.mark.parametrize("label", ["{}", "class {}"])
def test_numbers_are_no_texts(tmp_path, label):
    some = [(i / 3, i * 2, label.format(i % 2)) for i in range(12)]
    with pytest.raises(
        UserError, match=r"a.csv holds numbers and no texts \(a, b, label\), and skipwise reads texts, im"
    ):
        chosen(tmp_path, ("a", "b", "label"), some)


def test_a_header_with_empty_cells_is_one(tmp_path):
    some = [(label, text, "", "") for text, label in SOME]
    assert chosen(tmp_path, ("v1", "v2", "", ""), some)[:2] == ("v2", "v1")


@pytest.mark.parametrize("name", ["Split", "SUBSET", "set"])
def test_parts_and_groups_in_any_case(tmp_path, name):
    some = [(*row, "Dev" if i % 2 else "Training", i // 2) for i, row in enumerate(SOME)]
    _, _, found = chosen(tmp_path, ("Text", "Label", name, "Group"), some)
    assert (found.split, found.group) == (2, 3)


def test_without_a_header_columns_have_numbers(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("".join(f"{label},{text}\n" for text, label in SOME))
    given = open_table(path)
    found = choose_columns(given)
    assert (found.text, found.label) == (1, 0)
    assert found.notes == ("a.csv has no header: column 2 is taken for the texts, column 1 for the labels",)
    assert choose_columns(given, text="2", label="column 1") == found


def test_pixels_in_one_column_are_no_texts(tmp_path):
    rows = "".join(f"{i % 3},{' '.join(str((7 * i + j) % 255) for j in range(64))},Training\n" for i in range(12))
    (tmp_path / "a.csv").write_text(f"emotion,pixels,Usage\n{rows}", encoding="utf-8")
    with pytest.raises(UserError, match="rows of numbers in column 'pixels', as pixels"):
        choose_columns(open_table(tmp_path / "a.csv"))
