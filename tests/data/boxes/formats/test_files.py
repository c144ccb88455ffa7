"""Files are read within bounds, and nothing in them runs or grows."""

import json

import pytest

from skipwise.data.boxes.formats import files
from skipwise.data.boxes.formats.files import read_content, read_json, read_xml
from skipwise.errors import UserError


def test_what_is_large_and_not_needed_is_dropped_as_it_is_read(tmp_path):
    with_box, without = {"bbox": [1, 2, 3, 4], "segmentation": [[1, 2]]}, {"segmentation": [[1, 2]], "keypoints": [1]}
    (tmp_path / "a.json").write_text(json.dumps({"a": [with_box, without], "imageData": "abc"}))
    assert read_json(tmp_path / "a.json") == {"a": [{"bbox": [1, 2, 3, 4]}, {"segmentation": [[1, 2]]}]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_of_json(tmp_path, encoding):
    (tmp_path / "a.json").write_text('{"a": "é"}', encoding=encoding)
    assert read_json(tmp_path / "a.json") == {"a": "é"}


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "1" * 5_000])
def test_json_that_would_exhaust(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UserError, match=r"a\.json cannot be read as JSON \(.{5,120}\): export the annotations again"):
        read_json(tmp_path / "a.json")


def test_files_beyond_the_bound_and_what_is_no_file(tmp_path, monkeypatch):
    (tmp_path / "a.xml").write_text("<a/>")
    with pytest.raises(UserError, match=r"has 4 bytes, and at most 3 are read: export it in parts"):
        read_content(tmp_path / "a.xml", 3)
    with pytest.raises(UserError, match="is not a file"):
        read_content(tmp_path)
    assert files.LARGEST_JSON >= 1.2e9, "the largest public data sets"


def test_deep_xml_is_read(tmp_path):
    (tmp_path / "a.xml").write_text("<a>" * 50_000 + "</a>" * 50_000)
    assert read_xml(tmp_path / "a.xml").tag == "a"
