"""Other data are not taken for texts."""

import pytest

from skipwise.data.text.open import are_texts
from support.texts import file


@pytest.mark.parametrize(
    ("name", "given"),
    [("a.csv", "path,label\na.png,b"), ("a.txt", "hello"), ("a.npz", b"\x00"), ("train.csv", "path,label\na.png,b")],
)
def test_what_is_no_text_is_not_claimed(tmp_path, name, given):
    path = file(tmp_path / "data", name, given)
    assert not are_texts(path)
    assert not are_texts(str(tmp_path / "data"))
    assert not are_texts("x" * 5000)
    assert not are_texts("a\0b.csv")
