"""All that was left out is told in notes, and in the errors that come later."""

import pytest

from skipwise.data.tally import LeftOut, Tally, telling
from skipwise.errors import UserError


def test_counts_and_the_first():
    tally = Tally()
    assert tally.with_notes("Nothing is left.") == "Nothing is left."
    tally.add("boxes are cut", "a.xml")
    tally.add("boxes are cut", "b.xml")
    tally.add("images are gone", "c.jpg")
    assert tally.notes() == ["boxes are cut: 2 (the first: a.xml)", "images are gone: 1 (c.jpg)"]
    assert tally.mended[0] == LeftOut(what="boxes are cut", count=2, first="a.xml")
    assert tally.with_notes("No box is left.") == (
        "No box is left. So far, boxes are cut: 2 (the first: a.xml); images are gone: 1 (c.jpg)."
    )


def test_a_later_error_tells_it():
    with pytest.raises(UserError) as error, telling(["links are dead: 2"]):
        raise UserError("No image of the class 'cat' is left.")
    assert str(error.value) == "No image of the class 'cat' is left. So far, links are dead: 2."


def test_a_place_that_is_a_whole_text_is_cut():
    tally = Tally()
    tally.add("rows are left out", "x" * 5_000)
    assert len(tally.notes()[0]) < 300
