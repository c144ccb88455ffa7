"""The words of libraries come into a sentence in one short line."""

import pytest

from skipwise.errors import UserError, clause, reason_of, unknown


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("Couldn't read: Invalid data\n"), "Couldn't read: Invalid data"),
        (FileNotFoundError(2, "No such file", "a.csv"), "no such file"),
        (ValueError("a\n\n  b."), "a b"),
        (ValueError("x" * 500), "x" * 117 + "..."),
    ],
)
def test_reason_is_one_line(error, words):
    assert reason_of(error) == words


def test_an_endless_word_is_cut():
    assert str(unknown("network", "x" * 3_000, ["plain8"])) == (
        f"There is no network called '{'x' * 117}...': known are plain8."
    )


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (UserError("The disk is full: make room."), "The disk is full: make room"),
        ("broken\n  in two..", "broken in two"),
        ("reading ...", "reading ..."),
    ],
)
def test_a_sentence_within_another_has_no_full_stop(sentence, words):
    assert clause(sentence) == words
