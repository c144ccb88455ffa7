"""A file of texts for each class."""

import pytest

from skipwise.data.glimpse import look_at
from skipwise.data.layout import recognise
from skipwise.data.text.class_files import class_files


def write(root, **files):
    for name, content in files.items():
        file = root / name.replace("__", "/").replace("DOT", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode("latin-1"))


@pytest.mark.parametrize(
    ("good", "bad"), [("posDOTtxt", "negDOTtxt"), ("rt-polarityDOTpos", "rt-polarityDOTneg"), ("my_spam", "my_ham")]
)
def test_a_text_a_line(tmp_path, good, bad):
    write(tmp_path, **{good: "a fin\xe9 film\n\nlovely it is\n", bad: "a dull one\n", "readmeDOTmd": "about these"})
    found = recognise(str(tmp_path))
    source = found.reading.read()
    names = sorted(name.replace("DOT", ".") for name in (good, bad))
    assert found.lines == (f"texts in a file for each class: {', '.join(names)}, a text a line",)
    assert sorted(source.texts) == ["a dull one", "a fin\xe9 film", "lovely it is"]
    assert (len(source.classes), source.other_files) == (2, 1)
    assert f"{good.replace('DOT', '.')}, line 3" in source.names
    assert any("not UTF-8" in note for note in source.notes)


@pytest.mark.parametrize("name", ["{part}__{label}DOTtxt", "{part}_{label}DOTtxt", "{part}DOT{label}"])
def test_parts(tmp_path, name):
    for part in ("train", "test"):
        write(tmp_path, **{name.format(part=part, label=label): f"{part} of {label}\n" for label in ("pos", "neg")})
    source = recognise(str(tmp_path)).reading.read()
    assert sorted(zip(source.parts, source.texts, strict=True)) == [
        ("test", "test of neg"), ("test", "test of pos"), ("train", "train of neg"), ("train", "train of pos"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"posDOTtxt": "one text\n", "notesDOTtxt": "buy milk\n"},
        {"posDOTtxt": "a text\n", "hamDOTtxt": "a text\n"},
        {"positive-wordsDOTtxt": "good\nnice\n", "negative-wordsDOTtxt": "bad\n"},
        {"trainDOTpos": "a text\n", "trainDOTneg": "a text\n", "testDOTpos": "a text\n"},
        {"films__posDOTtxt": "a text\n", "books__negDOTtxt": "a text\n"},
    ],
    ids=["one", "no pair", "lists of words", "a part lacks one", "folders"],
)
def test_other_files_are_none(tmp_path, files):
    write(tmp_path, **files)
    assert class_files(look_at(tmp_path)) == []


def test_files_of_several_sources_are_all_read(tmp_path):
    sources = ("amazon", "imdb")
    write(tmp_path, **{f"{one}_{label}DOTtxt": f"{one} is {label}\n" for one in sources for label in ("pos", "neg")})
    source = recognise(str(tmp_path)).reading.read()
    assert sorted(source.texts) == ["amazon is neg", "amazon is pos", "imdb is neg", "imdb is pos"]
