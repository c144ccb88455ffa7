"""The relief of a loss, and its contour lines."""

import re
import warnings

import numpy as np
import pytest

from skipwise.reports.charts.surface import _short, _ticks, relief_and_contours

AT = np.linspace(-1, 1, 9).tolist()
BOWL = 0.02 * 10 ** (3 * np.hypot(*np.meshgrid(AT, AT)))


def drawn(table, limits=(0.02, 400.0), title="plain8"):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return relief_and_contours(np.asarray(table, float), AT, limits, title=title, colour="#0072b2")


def words(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_both_pictures_have_axes_and_one_scale():
    svg = drawn(BOWL)
    assert svg.startswith("<svg")
    assert "first direction (filter norms)" in words(svg)
    assert words(svg).count("loss") == 2
    assert all(words(svg).count(level) >= 2 for level in ("0.1", "1", "10", "100")), "a tick and a line"
    faces = svg.count("#ffffff")
    assert faces >= 64, "the relief has a face for each field"
    assert drawn(BOWL) == svg
    assert "<style" not in svg


def test_colours_stand_for_losses_on_the_scale_that_is_given():
    """On a scale that begins far below it, the bowl has none of the dark half of the colours."""
    fills = r'<path d="[^"]*"[^>]*fill: (#[0-9a-f]{6})'
    dark = {name for name in re.findall(fills, drawn(BOWL)) if int(name[3:5], 16) < 0x60}
    beside = set(re.findall(fills, drawn(BOWL, (1e-9, 400.0))))
    assert len(dark) > 5
    assert not dark & beside


@pytest.mark.parametrize("name", ["a < b & $c$", "größer"])
def test_names_are_shown_as_they_are(name):
    from html import escape

    assert escape(name, quote=False) in drawn(BOWL, title=name)


def test_holes_and_planes():
    hole = BOWL.copy()
    hole[:3, :2], hole[4, 5] = np.nan, 0
    assert drawn(hole).startswith("<svg")
    assert drawn(np.full_like(BOWL, 0.3), (0.3, 0.3)).startswith("<svg")


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((-2, 1), ["0.01", "0.1", "1", "10"]),
        ((-1, 6), ["0.1", "10", "1000", "1e5"]),
        ((0, 1), ["1", "2", "5", "10"]),
        ((0.1, 0.75), ["1.5", "2", "3", "4", "5"]),
        ((-6, -4), ["1e-6", "1e-5", "1e-4"]),
    ],
)
def test_ticks(ends, expected):
    assert [_short(tick) for tick in _ticks(ends)] == expected
