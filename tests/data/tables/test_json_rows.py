"""JSON of any form is a table; another JSON is not taken for one."""

import json

import pytest

from skipwise.data.tables import glance_at_table, open_table

ROWS = [{"text": f"text {i}", "label": i % 2} for i in range(4)]
FORMS = {
    "lines": "\n".join(map(json.dumps, ROWS)),
    "array": json.dumps(ROWS),
    "indented": json.dumps(ROWS, indent=2),
    "named": json.dumps({"version": 1, "data": ROWS}),
    "columns": json.dumps({key: [row[key] for row in ROWS] for key in ROWS[0]}),
    "pandas": json.dumps({key: {str(i): row[key] for i, row in enumerate(ROWS)} for key in ROWS[0]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(tmp_path, form):
    path = tmp_path / "a.json"
    path.write_text(FORMS[form])
    table = open_table(path)
    assert table.columns == ("text", "label")
    assert [list(line.cells) for line in table.rows([1, 0])] == [[row["label"], row["text"]] for row in ROWS]


def test_a_row_of_an_array_names_its_line(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(FORMS["indented"])
    assert [line.number for line in open_table(path).rows([0])] == [2, 6, 10, 14]


def test_an_array_that_goes_on_behind_the_beginning(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"text": "word " * 100, "label": i % 2} for i in range(2_000)]))
    glanced = glance_at_table(path)
    assert glanced is not None
    assert glanced.columns == ("text", "label")
    assert len(list(open_table(path).rows([0]))) == 2_000


def test_annotations_of_boxes_are_no_table(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"images": [{"id": 1}], "annotations": [{"id": 1}], "categories": [{"id": 1}]}))
    assert glance_at_table(path) is None
