"""The fuzzing run draws valid inputs first, and sees every kind of fault."""

import os
import sys
from pathlib import Path

import pytest

from skipwise.errors import UserError
from support.slow import slow_where

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from fuzzed.chunk import digest, draw_inputs, laid_out, work  # noqa: E402
from fuzzed.files import SECRET, Input  # noqa: E402
from fuzzed.readers import READERS  # noqa: E402
from fuzzed.watch import Watch  # noqa: E402

sys.path.remove(str(BENCHMARKS))

QUICK = ("voc", "fasttext")
"""Readers whose first inputs take no second; all take half a minute."""


def watched(step, folder, *, seconds=20.0, mib=1e6):
    return Watch(folder, seconds, mib).watched([step], folder)


@pytest.mark.parametrize("reader", slow_where(lambda name: name not in QUICK, READERS))
def test_first_input_of_a_reader_is_valid(reader, tmp_path):
    told = []
    counts = work(reader, 0, 2, tmp_path, Watch(tmp_path, 20, 1e6), told.append)
    assert counts.inputs == counts.read + counts.refused + counts.faults == 2
    first = next(line["counts"] for line in told if "counts" in line)
    assert first["read"] == 1, told[1]


def test_the_same_inputs_are_drawn_again():
    def drawn(number, wanted):
        digests = []

        def use(_, one):
            digests.append(digest(one))
            return len(digests) == wanted

        draw_inputs(READERS["voc"], number, use)
        return digests

    assert drawn(1, 30) == drawn(1, 60)[:30]
    assert drawn(1, 30) != drawn(2, 30)


def refuses(sentence):
    def step(_):
        raise UserError(sentence)

    return step


def test_a_sentence_refuses_and_none_is_read(tmp_path):
    assert watched(refuses("a.csv has no rows: write one."), tmp_path).kind == "refused"
    assert watched(lambda _: None, tmp_path).kind == "read"


@pytest.mark.parametrize(
    ("sentence", "words"),
    [("", "is empty"), ("a\nb", "has several lines"), ("x" * 1_001, "is too long"), (f"read {SECRET}", "tells what")],
)
def test_a_bad_sentence_is_a_fault(sentence, words, tmp_path):
    end = watched(refuses(sentence), tmp_path)
    assert end.kind == "fault"
    assert words in end.words


def runs(_):
    os.system("true")


def writes_elsewhere(folder):
    (folder.parent / "elsewhere").write_text("x")


def waits(_):
    os.read(os.pipe()[0], 1)


def prints(_):
    os.write(2, b"libtiff: a warning 17\n")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda _: {}["a"], "KeyError"),
        (lambda _: sys.exit(3), "SystemExit"),
        (prints, "prints: libtiff: a warning #"),
        (runs, "touches: os.system"),
        (writes_elsewhere, "touches: open"),
    ],
)
def test_all_else_is_a_fault(step, words, tmp_path):
    (tmp_path / "allowed").mkdir()
    end = watched(step, tmp_path / "allowed")
    assert end.kind == "fault"
    assert words in end.words


@pytest.mark.parametrize("module", ["TIFFFetchStripThing", "MissingRequired", "tempfile.tif"])
def test_words_of_libtiff_are_passed_over(module, tmp_path):
    words = f"{module}: Incompatible type.\n".encode()
    assert watched(lambda _: os.write(2, words), tmp_path).kind == "read"


def test_what_takes_too_long_or_too_much_memory_is_a_fault(tmp_path):
    assert watched(waits, tmp_path, seconds=0.2).words == "TooSlowError"
    assert watched(lambda _: bytearray(1), tmp_path, mib=1).words == "takes too much memory"


def test_a_later_step_is_tried_after_a_refusal(tmp_path):
    end = Watch(tmp_path, 20, 1e6).watched([refuses("no."), lambda _: {}["a"]], tmp_path)
    assert end.words.startswith("KeyError")


def test_an_input_has_a_folder_and_a_cache_of_its_own(tmp_path):
    before = os.environ["SKIPWISE_CACHE"]
    with laid_out(Input(files={"a/b.txt": b"x"}, data="a"), tmp_path) as path:
        assert (path / "b.txt").read_bytes() == b"x"
        assert os.environ["SKIPWISE_CACHE"] != before
    assert os.environ["SKIPWISE_CACHE"] == before
    assert not path.exists()
