"""Tables of texts: one content in every format, and what is wrong is named with its place."""

import json
from pathlib import Path

import pytest

from skipwise.data import open_texts
from skipwise.data.glimpse import look_at
from skipwise.data.text.open import readings
from skipwise.errors import UserError
from support.texts import GOOD, content, file, rows, table


def test_one_content_in_every_format(tmp_path):
    some = [
        (text, label, part) for (text, label), part in zip(rows(4), ["train", "val"] * 2 + ["test"] * 4, strict=True)
    ]
    columns = ("text", "label", "split")
    listed = [dict(zip(columns, row, strict=True)) for row in some]
    given = [str(table(tmp_path / "a.csv", some, columns))]
    given.append(file(tmp_path, "a.tsv", "\n".join("\t".join(row) for row in [columns, *some])))
    given.append(file(tmp_path, "a.jsonl", "\n".join(map(json.dumps, listed))))
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(arrow.Table.from_pylist(listed), tmp_path / "a.parquet")
    given.append(str(tmp_path / "a.parquet"))
    expected = [(text, label, {"val": "validation"}.get(part, part)) for text, label, part in some]
    for data in given:
        assert content(open_texts(data)) == expected
        assert readings(look_at(Path(data)))


def test_a_text_may_hold_commas_quotes_lines_and_a_mark_of_utf8(tmp_path):
    odd = 'one, "two"\nthree'
    path = table(tmp_path / "a.csv", [(odd, "x"), ("four", "y"), ("a " * 100_000, "y")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    source = open_texts(str(path))
    assert source.texts[0] == odd
    assert len(source.texts[2]) == 200_000


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("a.csv", GOOD + "hello,", "a.csv, line 10: the label is empty: write the text's class there, or remove the row."),
        ("a.csv", GOOD + "hello,\nagain,", "a.csv, line 10: the label is empty, and 1 other is so too: write the text's class there, or remove the row."),
        ("a.csv", "", "{path} has no rows: it must hold one text a row, with its label."),
        ("a.csv", "text,label", "{path} has no rows: it must hold one text a row, with its label."),
        ("a.csv", "text,label\nwell, yes,pos", "{path}, line 2 has 3 cells, the header 2: put double quotes around texts that hold a comma."),
        ("a.csv", GOOD + '"open,pos\n' + GOOD, "{path}, line 10 cannot be read: the quote that opens there is never closed; a quote in a text is written twice."),
        ("a.csv", "text,label\na,pos\nb,pos", "a has one label, 'pos': a comparison needs at least two classes."),
        ("a.csv", "text,label,split\na,pos,later", "{path}, line 2: split is 'later': write train, val or test, or nothing."),
        ("a.csv", "text,label\na,pos\n  ,neg", "No text of the class 'neg' can be read (the first: a.csv, line 3: it is empty): replace them, or leave the class out."),
        ("a.csv", GOOD + "nul\0,pos", "{path}, line 10 holds a NUL byte, which no text does: remove it, or save the file as UTF-8."),
        ("a.csv", f"{GOOD}{'long' * 2_500_001},pos", "{path}, line 10 cannot be read: it has a cell of more than 10,000,000 characters, mostly a quote that is never closed."),
        ("a.tsv", "text\tlabel\nwell\tyes\tpos", "{path}, line 2 has 3 cells, the header 2: take the tabs out of the texts, or put double quotes around all of them."),
        ("a.jsonl", '{"text": "a", "label": 1}\n\n{"text": }', "{path}, line 3 is no JSON (Expecting value): write one object a line."),
        ("a.jsonl", '["a"]', "{path}, line 1 is '[\"a\"]', no object: write one as {{\"text\": \"what was written\", \"label\": \"its class\"}} a line."),
        ("a.jsonl", '{"txt": "a", "label": 1}', "{path} has no column that is known to hold texts (its columns: txt, label): name it with --text-column."),
        ("a.jsonl", '{"text": 5, "label": 1}', "{path}, line 1: text is 5, which is no text: write it as a string."),
        ("a.jsonl", '{"text": "a", "label": NaN}', "a.jsonl, line 1: the label is empty: write the text's class there, or remove the row."),
        ("a.jsonl", '{"text": "a", "label": {"b": 1}}', "{path}, line 1: label is {{'b': 1}}: it must be one word or number."),
        ("a.jsonl", f'{{"text": "a", "label": {"[" * 100_000}', "{path}, line 1 is nested too deeply: write one object a line, of plain values."),
        ("a.json", "[" * 100_000, "{path}, line 1 is nested too deeply: write one object of plain values a row."),
        ("a.json", '[{"text": "a", "label": 1},\n{"text": }]', "{path}, line 2 is no JSON (Expecting value): write it again."),
        ("a.json", '[{"text": "a", "label": 1},\n{"text": "b", "label": 2}', "{path}, line 2 is no JSON (the array never ends): write it again."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path, name, given, message):
    path = file(tmp_path, name, given)
    with pytest.raises(UserError) as error:
        open_texts(path)
    assert str(error.value) == message.format(path=path)


def test_a_broken_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(UserError, match=r"a.parquet cannot be read as .parquet \(.*\): write it again\.$"):
        open_texts(file(tmp_path, "a.parquet", "none"))


def test_several_labels_in_one_cell(tmp_path):
    rows = ["a film,joy", "a book,fear", 'a song,"joy,fear"']
    (tmp_path / "a.csv").write_text("\n".join(["text,label", *rows, ""]), encoding="utf-8")
    with pytest.raises(UserError, match=r"a\.csv, line 4: label is 'joy,fear', several labels in one"):
        open_texts(str(tmp_path / "a.csv"))
