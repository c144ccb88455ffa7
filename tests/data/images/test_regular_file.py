"""Only regular files are opened."""

import os
from pathlib import Path

import pytest

from skipwise.data.images import regular_file
from skipwise.data.images.decode import decode_for_prediction
from skipwise.data.images.regular_file import Unreadable, reading
from skipwise.errors import UserError


def test_pipes_devices_and_folders_are_never_opened(tmp_path):
    os.mkfifo(tmp_path / "p.png")
    for path in (tmp_path / "p.png", Path("/dev/zero"), tmp_path):
        with pytest.raises(Unreadable, match="no regular file"), reading(path):
            pass
    with pytest.raises(UserError, match=r"p\.png cannot be read as an image \(no regular file\)"):
        decode_for_prediction(tmp_path / "p.png", height=8, width=8, channels=3)


def test_too_large_a_file_is_refused_by_its_size(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(regular_file.LARGEST_FILE + 10**9)
    with pytest.raises(Unreadable, match=r"3\.1 GB, and files of up to 2\.1 GB are read"), reading(tmp_path / "a.png"):
        pass


def test_a_large_file_is_read_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(regular_file, "AT_ONCE", 3)
    (tmp_path / "a").write_bytes(b"12345")
    with reading(tmp_path / "a") as file:
        assert not hasattr(file, "getvalue")
        assert file.read() == b"12345"
