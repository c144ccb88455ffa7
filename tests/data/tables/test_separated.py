# ruff: noqa: RUF001
"""Delimiters, headers and quotes are found from the rows; each row knows the line where it begins."""

import csv
import io

import pytest

from skipwise.data.tables import open_table
from skipwise.errors import UserError
from support.texts import file, rows

SOME = rows(6)


def cells(path):
    table = open_table(path)
    return table, [tuple(line.cells) for line in table.rows(range(len(table.columns)))]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize(("delimiter", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_any_delimiter_under_any_suffix(tmp_path, delimiter, word, header):
    some = [(f"{text}, yes: it was", label) for text, label in SOME]
    quoted = [(f'"{text}"', label) if delimiter == "," else (text, label) for text, label in some]
    lines = [delimiter.join(row) for row in ([("text", "label")] if header else []) + quoted]
    for suffix in ("csv", "tsv", "tab", "txt"):
        table, found = cells(tmp_path / file(tmp_path, f"a.{suffix}", "\n".join(lines)).rsplit("/", 1)[1])
        assert (table.words, table.has_header, found) == (f"{word}-separated", header, some)
        hint = "tab" if suffix in ("tsv", "tab") else "comma"
        told = f"a.{suffix}: cells are parted by a {word}, not by a {hint}"
        assert (told == table.form_note) is (word != hint and suffix != "txt")


def test_a_row_begins_where_an_editor_shows_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'\ntext,label\r\n"one\ntwo\n",a\n\nthree,b\n')
    assert [line.number for line in open_table(path).rows([0])] == [3, 7]


def test_quotes_of_a_tsv_mean_nothing_where_people_wrote_them(tmp_path):
    path = tmp_path / "a.tsv"
    lines = ["text\tlabel", '"Good" film\tpos', '"Never again"\tneg', 'a 5" disc\tpos', '"open\tneg']
    path.write_text("\n".join(lines))
    table, found = cells(path)
    assert [text for text, _ in found] == ['"Good" film', '"Never again"', 'a 5" disc', '"open']
    assert table.notes == (
        "a.tsv: quotes are read as part of the text, as they do not stand around whole cells throughout",
    )


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("odd", ['he said "hi" to me', "two\nlines", "a\ttab", "plain"])
def test_quotes_of_a_tsv_that_a_program_wrote_stand_around_cells(tmp_path, quoting, odd):
    out = io.StringIO()
    csv.writer(out, delimiter="\t", quoting=quoting).writerows([("text", "label"), *SOME, (odd, "good")])
    path = tmp_path / "a.tsv"
    path.write_bytes(out.getvalue().encode())
    table, found = cells(path)
    assert found == [*SOME, (odd, "good")]
    assert table.notes == ()


def test_empty_cells_behind_the_header_are_no_cells(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\none,a,,\ntwo,b\nthree\n")
    assert [line.cells for line in open_table(path).rows([0, 1])] == [["one", "a"], ["two", "b"], ["three", None]]


def test_other_encodings(tmp_path):
    for encoding in ("utf-16", "gb18030", "utf-8-sig"):
        path = tmp_path / "a.csv"
        path.write_bytes(
            "text,label\n这部电影非常好看，我很喜欢,好\n这部电影太差了，推荐大家不要去看,坏\n".encode(encoding)
        )
        table, found = cells(path)
        assert table.columns == ("text", "label")
        assert found[1] == ("这部电影太差了，推荐大家不要去看", "坏")


def test_a_broken_quote_names_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,label\none,a\n"two" more,b\n')
    with pytest.raises(UserError, match=r"a.csv, line 3 cannot be read: .*; a quote in a text is written twice\.$"):
        cells(path)


def test_the_line_that_tells_excel_the_delimiter_is_no_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\ntext;label\none, two;a\nthree;b\n")
    table = open_table(path)
    assert table.columns == ("text", "label")
    assert [(line.number, line.cells) for line in table.rows([0])] == [(3, ["one, two"]), (4, ["three"])]
