"""Folders of texts: files by class, with parts above or below the classes, by whatever name."""

import os
from pathlib import Path

import pytest

from skipwise.data import open_texts
from skipwise.data.glimpse import look_at
from skipwise.data.manifest import UnreadableFile
from skipwise.data.text.open import readings
from skipwise.errors import UserError
from support.annotations import image_folder
from support.texts import content, file

CLASSES = ("neg", "pos")


def folders(path, *names, count=2, suffix=".txt"):
    """Texts in each of these folders."""
    for name in names:
        for i in range(count):
            file(path, f"{name}/{i}{suffix}", f"{name} {i}")
    return str(path)


def test_a_folder_of_files_by_class(tmp_path):
    folders(tmp_path, *(f"{part}/{label}" for part in ("train", "test") for label in CLASSES))
    file(tmp_path, "train/pos/broken.txt", b"ab\0\xff")
    file(tmp_path, "train/pos/notes.pdf", "")
    file(tmp_path, "train/neg/.hidden", "")
    source = open_texts(str(tmp_path))
    assert readings(look_at(tmp_path))
    assert content(source)[0] == ("test/neg 0", "neg", "test")
    assert sorted(source.parts) == ["test"] * 4 + ["train"] * 4
    assert source.unreadable == [
        UnreadableFile(name="train/pos/broken.txt", reason="it holds NUL bytes, so it is no text")
    ]
    assert (source.other_files, source.hidden_files) == (1, 1)
    (reading,) = readings(look_at(tmp_path))
    assert (reading.explicit, reading.words) == (
        False,
        "texts in a folder for each class: 2 classes (neg, pos; parts: train, test)",
    )


@pytest.mark.parametrize(
    "names",
    [
        ("{part}/{label}", "Training_Set", "dev"),
        ("{label}/{part}", "train", "validation"),
        ("20news-bydate-{part}/{label}", "train", "val"),
        ("outer/{part}/{label}", "tr", "Eval"),
    ],
)
def test_parts_above_and_below_the_classes(tmp_path, names):
    form, train, held = names
    data = folders(tmp_path, *(form.format(part=part, label=label) for part in (train, held) for label in CLASSES))
    source = open_texts(data)
    assert source.classes == CLASSES
    assert sorted(source.parts) == ["train"] * 4 + ["validation"] * 4


def test_folders_that_hold_the_same_folders_are_no_classes(tmp_path):
    with pytest.raises(UserError, match=r"first and second hold the same folders \(neg, pos\), so which are classes"):
        open_texts(folders(tmp_path, *(f"{part}/{label}" for part in ("first", "second") for label in CLASSES)))


@pytest.mark.parametrize("suffix", ["", ".2001-02-06", ".bfc8d64d12b325ff385cca8d07b84288"])
def test_files_without_a_suffix(tmp_path, suffix):
    data = folders(tmp_path, "alt.atheism", "sci.space", suffix=suffix)
    assert readings(look_at(Path(data)))
    assert open_texts(data).classes == ("alt.atheism", "sci.space")


def test_images_without_a_suffix_and_annotations_beside_images_are_no_texts(tmp_path):
    image_folder(tmp_path / "some")
    for picture in list((tmp_path / "some").rglob("*.png")):
        picture.with_suffix(".txt").write_text("0 0.5 0.5 0.1 0.1")
    assert not readings(look_at(tmp_path / "some"))
    for label in CLASSES:
        file(tmp_path, f"plain/{label}/1", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert not readings(look_at(tmp_path / "plain"))


def test_unlabelled_texts_are_left_aside(tmp_path):
    data = folders(tmp_path, "train/neg", "train/pos", "train/unsup", "test/neg", "test/pos")
    source = open_texts(data)
    assert source.classes == CLASSES
    assert source.notes == ("folders without a class that are left aside: unsup (2 texts)",)
    source = open_texts(folders(tmp_path / "whole", "neg", "pos", "unsup"))
    assert source.classes == CLASSES


def test_old_encodings_are_told_and_no_mail_is_lost(tmp_path):
    folders(tmp_path, *CLASSES)
    for i, name in enumerate(("André", "François", "Jürgen")):
        file(tmp_path, f"pos/{50 + i}.txt", f"I met {name} yesterday".encode("latin-1"))
    source = open_texts(str(tmp_path))
    assert "I met François yesterday" in source.texts
    assert source.notes == ("read as windows-1252, not UTF-8: 3 files, the first pos/50.txt",)
    assert source.unreadable == []


def test_pipes_and_broken_links_are_not_opened(tmp_path):
    data = folders(tmp_path, *CLASSES)
    os.mkfifo(tmp_path / "pos" / "pipe.txt")
    (tmp_path / "pos" / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "pos" / "round").symlink_to(tmp_path / "pos")
    source = open_texts(data)
    assert (len(source.texts), source.other_files) == (4, 2)


def test_one_class_is_refused_with_what_was_left_out(tmp_path):
    data = folders(tmp_path, "pos")
    file(tmp_path, "neg/a.pdf", "")
    with pytest.raises(
        UserError, match=r"holds texts of one class, pos \(files that are no texts in a folder of a class: 1\)"
    ):
        open_texts(data)


def test_names_of_classes_are_composed(tmp_path):
    assert open_texts(folders(tmp_path, "cafe\u0301", "the\u0301")).classes == ("caf\xe9", "th\xe9")
