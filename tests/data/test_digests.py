"""Damage in the cache is found, and what is damaged is made anew."""

import os
import subprocess
import sys

import pytest

from skipwise.data import digests
from skipwise.data.cache_home import _OWN_PARTS, check_folder, keep_folder
from skipwise.data.digests import BLOCK, SAMPLED, damage
from skipwise.errors import UserError

BLOCKS = 3 * SAMPLED


def filled(part):
    (part / "a.npy").write_bytes(bytes(range(256)) * (BLOCKS * BLOCK // 256))
    (part / "b.json").write_text("{}")


@pytest.fixture
def folder(tmp_path):
    return keep_folder(tmp_path / "cache" / "kept", filled)


def changed_at(file, place, *, unseen=False):
    """One byte is another; `unseen`: with the times of before."""
    before = file.stat()
    with file.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([255 - byte]))
    if unseen:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "a.npy").unlink(),
        lambda folder: (folder / "a.npy").write_bytes(b""),
        lambda folder: (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:300]),
        lambda folder: changed_at(folder / "a.npy", BLOCK + 7),
        lambda folder: changed_at(folder / "a.npy", 0, unseen=True),
        lambda folder: (folder / "b.json").write_text("[]"),
        lambda folder: (folder / "digests.json").write_text("null"),
        lambda folder: (folder / "digests.json").write_text('{"a.npy": 3}'),
        lambda folder: (folder / "digests.json").unlink(),
    ],
)
def test_what_is_damaged_is_made_anew(folder, harm):
    whole = (folder / "a.npy").read_bytes()
    assert damage(folder) is None
    harm(folder)
    assert damage(folder) is not None
    assert keep_folder(folder, filled) == folder
    assert damage(folder) is None
    assert (folder / "a.npy").read_bytes() == whole
    assert [path.name for path in folder.parent.iterdir()] == ["kept"]


def test_who_has_no_source_is_told_of_the_damage(folder):
    check_folder(folder, "do it again")
    changed_at(folder / "a.npy", 7)
    with pytest.raises(UserError, match=r"kept in the cache is damaged \(a.npy has other content\): do it again"):
        check_folder(folder, "do it again")


def test_a_file_is_read_whole_once_for_each_start_of_the_machine(folder, monkeypatch):
    read = []
    blocks = digests._blocks
    monkeypatch.setattr(digests, "_blocks", lambda file, wanted: (read.append(len(wanted)), blocks(file, wanted))[1])
    for _ in range(2):
        assert damage(folder) is None
    assert read == [BLOCKS, 1, SAMPLED, 1]
    monkeypatch.setattr(digests, "_start_of_machine", lambda: "another")
    assert damage(folder) is None
    assert read[4:] == [BLOCKS, 1]


def test_what_killed_processes_left_is_swept(tmp_path):
    cache = tmp_path / "cache"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (cache / f"{_OWN_PARTS}{dead.pid}-a").mkdir(parents=True)
    (cache / f"{_OWN_PARTS}{os.getpid()}-b").mkdir()
    (cache / ".part-of-another-machine").mkdir()
    (cache / ".part-old").mkdir()
    os.utime(cache / ".part-old", (0, 0))
    keep_folder(cache / "kept", lambda part: (part / "a").write_text("a"))
    assert {path.name for path in cache.iterdir()} == {
        "kept",
        f"{_OWN_PARTS}{os.getpid()}-b",
        ".part-of-another-machine",
    }
