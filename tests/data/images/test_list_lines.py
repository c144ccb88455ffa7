"""Lines of lists, in any encoding and of any size."""

import pytest

from skipwise.data.images import list_lines
from skipwise.data.images.list_lines import first_lines_of, lines_of
from skipwise.errors import UserError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_end_of_lines(tmp_path, encoding, end):
    content = end.join(["café.png 0", "thé.png 1", "maïs.png 1"]).encode(encoding)
    (tmp_path / "a.txt").write_bytes(content)
    assert lines_of(tmp_path / "a.txt") == ["café.png 0", "thé.png 1", "maïs.png 1"]
    beginning = first_lines_of(tmp_path / "a.txt", len(content) - 3)
    assert [line for line in beginning if line] == ["café.png 0", "thé.png 1"]


def test_a_list_that_is_too_large_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("a.png 0\nb.png 1\n")
    monkeypatch.setattr(list_lines, "LARGEST", 16)
    assert lines_of(tmp_path / "a.txt") == ["a.png 0", "b.png 1", ""]
    monkeypatch.setattr(list_lines, "LARGEST", 15)
    with pytest.raises(UserError, match=r"a\.txt has more than 15 bytes, which is more than is read of a list"):
        lines_of(tmp_path / "a.txt")


def test_what_is_no_text_or_no_file_is_refused(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"1\0\0\xff")
    with pytest.raises(UserError, match=r"a\.txt is no list that can be read \(it holds NUL bytes"):
        lines_of(tmp_path / "a.txt")
    assert first_lines_of(tmp_path / "a.txt", 100) == [""]
    with pytest.raises(UserError, match=r"b\.txt cannot be read \(no such file"):
        lines_of(tmp_path / "b.txt")
