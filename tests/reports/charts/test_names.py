"""Charts of classes with any names: drawn, as XML, told apart, and never cut within a character."""

import xml.etree.ElementTree as ET

import altair as alt
import pytest

from skipwise.names import graphemes
from skipwise.reports.charts.charts import chart_of
from skipwise.reports.charts.names import KEYS_OF_OBJECTS, drawable
from skipwise.reports.charts.study import to_svg

FAMILY = "👨‍👩‍👧‍👦"


def squares(*names):
    """A confusion matrix of these classes, with a colour for each."""
    values = [{"truth": truth, "found": found, "share": 0.5} for truth in names for found in names]
    axis = alt.Axis(labelLimit=90)
    base = chart_of(values).encode(
        x=alt.X("found:N", sort=list(names), axis=axis), y=alt.Y("truth:N", sort=list(names), axis=axis)
    )
    colour = alt.Color("truth:N", scale=alt.Scale(domain=list(names), range=["#aaa"] * len(names)))
    return alt.layer(base.mark_rect().encode(color=colour), base.mark_text().encode(text="share:Q")).properties(
        title=names[0]
    )


def words(svg):
    return {text.text for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")}


@pytest.mark.parametrize(
    "name", [*sorted(KEYS_OF_OBJECTS), "length", "NaN", "None", "null", "true", "1e5", "<b>&'\"\\"]
)
def test_a_name_is_drawn_as_it_is(name):
    found = words(to_svg(squares(name, "other")))
    assert {name, "other"} <= {word.replace("\u2060", "") for word in found if word}


@pytest.mark.parametrize("name", ["constructor", "toString"])
def test_a_contender_of_any_name_is_a_title(name):
    """The classes are called otherwise."""
    found = words(to_svg(squares("cat", "dog").properties(title=name)))
    assert {name, "cat"} <= {word.replace("\u2060", "") for word in found if word}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00", r"\x00"),
        ("a\nb", r"a\x0ab"),
        ("caf\udce9", r"caf\xe9"),
        ("x\u2028y", r"x\u2028y"),
        ("\uffff", r"\uffff"),
    ],
)
def test_what_xml_cannot_hold_is_escaped(name, told):
    """Raw, a control character ends the process that draws it."""
    assert {told, "other"} <= words(to_svg(squares(name, "other")))


def test_long_names_are_cut_between_characters():
    svg = to_svg(squares(FAMILY * 30, "😀" * 30, "letter " * 50, "第" * 40))
    svg.encode("utf-8")
    shown = [word for word in words(svg) if word and word.endswith("...")]
    assert len(shown) >= 4
    for word in shown:
        assert {*graphemes(word.removesuffix("..."))} <= {FAMILY, "😀", "第", *"letter "}


def test_names_that_look_alike_are_told_apart():
    names = ("cat", "cat\u200b", "cat\u2060", "\x1b", "\\x1b", "😀" * 40, "😀" * 41)
    spec = drawable(squares(*names).to_dict(validate=False))
    domain = spec["layer"][0]["encoding"]["color"]["scale"]["domain"]
    visible = [name.replace("\u200b", "").replace("\u2060", "") for name in domain]
    assert len(set(visible)) == len(names)
    assert domain[0] == "cat"
    (rows,) = spec["datasets"].values()
    assert {row["truth"] for row in rows} == set(domain)


def test_names_of_letters_change_nothing():
    spec = squares("cat", "dog", "été", "a" * 300).to_dict(validate=False)
    assert drawable(spec) == spec
