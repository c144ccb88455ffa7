"""Only regular files are opened, whatever they are named."""

import os
from pathlib import Path

import pytest

from skipwise.regular_files import IrregularFileError, open_regular, read_regular, read_text


def test_pipes_devices_and_folders_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", Path("/dev/zero")):
        with pytest.raises(IrregularFileError, match="it is a device or a pipe, no regular file"):
            open_regular(path)
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nowhere")


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    regular = (tmp_path / "file").stat()
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(Path, "stat", lambda _: regular)
    with pytest.raises(IrregularFileError):
        open_regular(tmp_path / "pipe")


def test_bytes_and_texts_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbf\xc3\xa9\r\nb")
    assert read_regular(tmp_path / "a", 4) == b"\xef\xbb\xbf\xc3"
    assert read_text(tmp_path / "a", "utf-8-sig") == "é\nb"
    with open_regular(tmp_path / "a") as file:
        assert file.name == str(tmp_path / "a")
