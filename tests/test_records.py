"""Stored records: what is written is read again, and another format is refused in a sentence."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from skipwise import records
from skipwise.data import InputSpec
from skipwise.errors import UserError
from skipwise.records import record_from_json, record_to_json, write_atomically

WHERE = Path("study/record.json")


@dataclass(frozen=True, kw_only=True)
class Point:
    x: float
    names: tuple[str, ...] = ()


def read(content):
    return record_from_json(Point, content, where=WHERE, format_number=2, remedy="run the command again")


def test_what_is_written_is_read_again():
    point = Point(x=0.1, names=("a", "b"))
    assert record_to_json(point, format_number=2) == {"format": 2, "x": 0.1, "names": ["a", "b"]}
    assert read(record_to_json(point, format_number=2)) == point


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"format": 3, "x": 1}, "record.json has format 3, which a newer skipwise wrote .this one reads 2.: install that one, or run"),
        ({"format": 1, "x": 1}, "record.json has format 1, which skipwise does not know .this one reads 2.: run the command again"),
        ({"x": 1}, "has format None, which skipwise does not know"),
        ({"format": 2}, "record.json is damaged .x: Field required.: run the command again"),
        ({"format": 2, "x": "much"}, "is damaged .x: Input should be a valid number"),
        ([1], "is damaged .it holds no JSON object."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(content, sentence):
    with pytest.raises(UserError, match=sentence):
        read(content)


def test_an_input_spec_is_one_flat_object_and_keeps_what_a_task_adds():
    spec = InputSpec(input_shape=(1, 8, 8), classes=("a", "b"), mean=(0.5,), std=(0.25,), extra={"sample_rate": 16000})
    stored = spec.to_json()
    assert stored == {
        "input_shape": [1, 8, 8],
        "classes": ["a", "b"],
        "mean": [0.5],
        "std": [0.25],
        "sample_rate": 16000,
    }
    assert InputSpec.from_json(stored) == spec


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("file write failed")])
def test_a_full_disk_is_named_and_leaves_what_was_there(tmp_path, monkeypatch, error):
    """torch tells of it without a number, so that the free bytes decide."""

    def fails(part):
        part.write_text("half")
        raise error

    (tmp_path / "run.json").write_text("before")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(UserError, match=rf"The disk that holds {tmp_path} is full: make room there"):
        write_atomically(tmp_path / "run.json", fails)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text() == "before"


@pytest.mark.parametrize("durable", [True, False])
def test_what_is_durable_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch, durable):
    flushed = []
    monkeypatch.setattr(records, "flush", lambda path: flushed.append((path.name, (tmp_path / "a").exists())))
    write_atomically(tmp_path / "a", lambda part: part.write_text("a"), durable=durable)
    assert flushed == ([(".a.part", False), (tmp_path.name, True)][: 1 if os.name == "nt" else 2] if durable else [])


def test_a_link_at_the_name_of_the_part_is_not_written_through(tmp_path):
    (tmp_path / "private").write_text("kept")
    (tmp_path / ".a.json.part").symlink_to(tmp_path / "private")
    write_atomically(tmp_path / "a.json", lambda part: part.write_text("new"))
    assert (tmp_path / "private").read_text() == "kept"
    assert (tmp_path / "a.json").read_text() == "new"
    assert not (tmp_path / "a.json").is_symlink()
