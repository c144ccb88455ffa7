"""Folders of texts: files by class, or a table for each part."""

import pytest

from skipwise.data.manifest import UnreadableFile
from skipwise.data.text.open import are_texts, open_texts
from skipwise.errors import UserError
from support.texts import content, file, rows, table


def test_a_folder_of_files_by_class(tmp_path):
    for part in ("train", "test"):
        for label in ("pos", "neg"):
            for i in range(2):
                file(tmp_path, f"{part}/{label}/{i}.txt", f"{label} {part} {i}")
    file(tmp_path, "train/pos/broken.txt", b"ab\0\xff")
    file(tmp_path, "train/pos/notes.pdf", "")
    file(tmp_path, "train/neg/.hidden", "")
    source = open_texts(str(tmp_path))
    assert are_texts(str(tmp_path))
    assert content(source)[0] == ("neg test 0", "neg", "test")
    assert sorted(source.parts) == ["test"] * 4 + ["train"] * 4
    assert source.unreadable == [
        UnreadableFile(name="train/pos/broken.txt", reason="it holds NUL bytes, so it is no text")
    ]
    assert (source.other_files, source.hidden_files) == (1, 1)


def test_a_folder_of_a_table_for_each_part(tmp_path):
    table(tmp_path / "train.csv", rows(3))
    table(tmp_path / "valid.csv", rows(1))
    table(tmp_path / "test.csv", rows(2))
    assert are_texts(str(tmp_path))
    assert open_texts(str(tmp_path)).parts == ["train"] * 6 + ["validation"] * 2 + ["test"] * 4
    file(tmp_path, "train.jsonl", "")
    with pytest.raises(UserError, match=r"holds both train.csv and train.jsonl: keep one train file"):
        open_texts(str(tmp_path))
