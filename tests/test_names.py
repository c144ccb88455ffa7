"""Names that people write, made comparable and safe to show."""

import unicodedata

import pytest

from skipwise.names import shown, tidy


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (unicodedata.normalize("NFD", "café"), "café"),
        (" cat\u200b ", "cat"),
        ("\ufeffdog", "dog"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("naïve — 猫", "naïve — 猫"),
        ("a\x1bb", "a\x1bb"),
    ],
)
def test_tidy(written, label):
    assert tidy(written) == label
    assert tidy(label) == label


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines\u2028three", "two\\x0alines\\u2028three"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        ("half \ud800", "half \\ud800"),
        ("plain ü 猫 😀", "plain ü 猫 😀"),
    ],
)
def test_shown(name, safe):
    assert shown(name) == safe
    safe.encode()
