"""Overlays and coloured texts."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skipwise.data.images.fit import fit, unfitted
from skipwise.reports.drawings.coloured_text import pieces, strongest_words
from skipwise.reports.drawings.overlay import LEAST_SIDE, overlay
from skipwise.reports.explanation import Card, Explanation, write_page
from skipwise.reports.markup import coded


def test_a_text_is_cut_at_its_tokens_and_nothing_is_lost():
    text = "A fine film, and more"
    cut = pieces(text, [(0, 1), (2, 6), (7, 11)], np.array([-1.0, 4.0, 2.0], np.float32))
    assert [(piece.text, piece.value) for piece in cut] == [
        ("A", -0.25), (" ", 0.0), ("fine", 1.0), (" ", 0.0), ("film", 0.5), (", and more", None),
    ]  # fmt: skip
    assert "".join(piece.text for piece in cut) == text
    assert strongest_words(cut) == ["fine", "film"]


def test_tokens_of_one_character_are_added_up():
    cut = pieces("é!", [(0, 1), (0, 1), (1, 2)], np.array([1.0, 1.0, -4.0], np.float32))
    assert [(piece.text, piece.value) for piece in cut] == [("é", 0.5), ("!", -1.0)]
    assert cut[0].colour == "rgba(204, 121, 167, 0.50)"
    assert cut[1].colour == "rgba(0, 158, 115, 1.00)"


def test_no_value_gives_no_colour():
    (piece,) = pieces("word", [(0, 4)], np.zeros(1, np.float32))
    assert piece.colour is None


@pytest.mark.parametrize(
    ("framing", "size"),
    [("crop", (60, 40)), ("crop", (30, 90)), ("pad", (60, 40)), ("pad", (30, 90)), ("stretch", (30, 90))],
)
def test_a_map_lies_where_its_image_was(framing, size):
    """A bright spot in the middle of an image is seen at the same place in the map of what was fitted."""
    height, width = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[height // 2 - 4 : height // 2 + 4, width // 2 - 4 : width // 2 + 4] = 255
    fitted = np.asarray(fit(Image.fromarray(pixels), 32, 32, framing).convert("L"), np.float32)
    back = unfitted(fitted, size, framing)
    assert back.shape == size
    rows, columns = np.indices(size)
    assert (back * rows).sum() / back.sum() == pytest.approx(height / 2 - 0.5, abs=1)
    assert (back * columns).sum() / back.sum() == pytest.approx(width / 2 - 0.5, abs=1)


def test_what_was_cut_off_has_no_value():
    back = unfitted(np.ones((8, 8), np.float32), (20, 40))
    assert back[:, 10:30].all()
    assert not back[:, :10].any()
    assert not back[:, 30:].any()


def test_an_overlay_is_grey_without_and_bright_with_value():
    pixels = np.full((4, 8, 3), 100, np.uint8)
    values = np.zeros((4, 8), np.float32)
    values[0, 0], values[3, 7] = 2.0, -2.0
    drawn = np.asarray(overlay(pixels, values))
    assert drawn.shape == (LEAST_SIDE // 2, LEAST_SIDE, 3)
    assert tuple(drawn[0, 0]) != (100, 100, 100)
    assert tuple(drawn[-1, -1]) == (100, 100, 100)
    assert tuple(drawn[0, -1]) == (100, 100, 100)
    assert (np.asarray(overlay(pixels, -np.abs(values))) == 100).all()


def test_a_box_is_drawn_where_it_lies():
    pixels = np.full((64, 64, 3), 100, np.uint8)
    drawn = np.asarray(overlay(pixels, np.zeros((64, 64), np.float32), (16.0, 16.0, 48.0, 48.0)))
    changed = np.argwhere((drawn != 100).any(-1)) / 4
    assert changed.min() == pytest.approx(16, abs=1)
    assert changed.max() == pytest.approx(48, abs=1)


def page(tmp_path, method, *, picture=None, **options):
    cards = [Card(label="it", colour=None, words="cat 0.30 (its own answer: dog 0.70)", picture=picture)]
    said = {"study": Path("studies/a b"), "sees_the_middle": False, **options}
    write_page(tmp_path / "index.html", [Explanation(name="<b>", picture=picture, cards=cards)], method, **said)
    return (tmp_path / "index.html").read_text()


def test_an_unsigned_method_supports_nothing(tmp_path):
    for picture in (None, "data:,"):
        unsigned = page(tmp_path, "smooth-grad", picture=picture)
        assert re.search("influences? the prediction|parts of an example influence", unsigned)
        assert not re.search("supports?\\b", unsigned)
        assert re.search("supports?\\b", page(tmp_path, "occlusion", picture=picture))


def test_a_page_describes_its_method(tmp_path):
    image, text = (page(tmp_path, "occlusion", picture=picture) for picture in ("data:,", None))
    assert "a patch shows the mean colour" in image
    assert "a word is taken away" in text
    assert "a word is" not in image
    assert "a patch shows" not in text
    assert "<code>skipwise report &#39;studies/a b&#39; --all</code>" in image
    assert "--all" not in text, "the truth of maps is measured of images"
    assert "&lt;b&gt;" in image
    assert "sees the middle alone" in page(tmp_path, "occlusion", picture="data:,", sees_the_middle=True)
    assert "sees the middle alone" not in image


def test_code_in_sentences():
    assert str(coded("look at `a<b` & `c`")) == "look at <code>a&lt;b</code> &amp; <code>c</code>"
