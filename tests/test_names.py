"""Names as people write them, made comparable and safe; hypothesis looks for one that is not."""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipwise.names import cell, cut, graphemes, path_of, shown, shown_text, tidy, writable

FAMILY, FLAG, WAVE = "👨‍👩‍👧‍👦", "🇩🇪", "👋🏽"
ANY = st.text(st.characters(), max_size=30)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("plain é 第一", "plain é 第一"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb", r"a\x0ab"),
        ("caf\udce9", r"caf\xe9"),
        ("\x85\u2028\ufffe\ud800", r"\x85\u2028\ufffe\ud800"),
    ],
)
def test_what_a_terminal_is_shown(name, told):
    assert shown(name) == told


@given(ANY)
def test_everything_that_is_shown_or_written_is_utf_8(text):
    for safe in (shown(text), shown_text(text), writable(text), tidy(text), str(cell(text)), cut(shown(text), 5)):
        safe.encode("utf-8")
    assert all(letter.isprintable() or ord(letter) > 0x9F for letter in shown(text))


def test_lines_of_a_text_stay():
    assert shown_text("one\n\ttwo\x1b") == "one\n\ttwo\\x1b"


def test_characters_as_a_reader_counts_them():
    assert graphemes(f"a{FAMILY}{FLAG}{FLAG}{WAVE}e\u0301") == ["a", FAMILY, FLAG, FLAG, WAVE, "e\u0301"]


@given(ANY, st.integers(4, 12))
def test_cutting_keeps_characters_whole(text, most):
    found = cut(text, most)
    assert len(graphemes(found)) <= most + 1  # what follows the dots may begin with an accent
    assert found == text if len(graphemes(text)) <= most else "..." in found


def test_the_end_can_be_kept():
    assert cut("a long name 0.93", 12, end=4) == "a lon...0.93"
    assert cut(FAMILY * 9, 5) == f"{FAMILY * 2}..."


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text):
    file = io.StringIO(newline="")
    csv.writer(file).writerow([cell(text)])
    assert next(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [f"'{text}"]


def test_a_cell_has_no_control_characters():
    assert cell("\t\x1b[31mred\r\nnew") == "\\x09\\x1b[31mred\\x0d\\x0anew"


@pytest.mark.parametrize("value", ["plain", "-1", "+1.5e3", "", 0.5, -3, None, "a=b"])
def test_other_cells_stay(value):
    assert cell(value) == value


def test_a_path_is_found_again_by_what_was_written_of_it(tmp_path):
    raw = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    assert path_of(writable(raw)) == writable(raw)  # nothing is there yet
    Path(raw).mkdir()
    assert path_of(writable(raw)) == path_of(raw) == raw
    Path(writable(raw)).mkdir()
    assert path_of(writable(raw)) == writable(raw)
