"""New examples as people give them: what is one, what are several, and what is none."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skipwise.deployment.examples import NewExample, Unanswered, as_words, given_examples
from skipwise.errors import UserError
from skipwise.tasks import TASKS

IMAGES, TEXT = TASKS["images"], TASKS["text"]
GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)


def image(path, mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(GREY).convert(mode).save(path)
    return path


def names(given):
    return [example.name for example in given.examples]


def test_a_folder_gives_all_its_images_by_what_they_are(tmp_path):
    image(tmp_path / "b.png")
    image(tmp_path / "a" / "1.PNG")
    image(tmp_path / "a" / "2.png").rename(tmp_path / "a" / "no-suffix")
    (tmp_path / "a" / "broken.jpg").write_text("x")
    (tmp_path / "notes.txt").write_text("none")
    image(tmp_path / ".hidden.png")
    (tmp_path / "again").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "dangling.png").symlink_to(tmp_path / "nowhere")
    given = given_examples(tmp_path, IMAGES)
    inside = [os.path.relpath(name, tmp_path) for name in names(given)]
    assert inside == ["b.png", "a/1.PNG", "a/broken.jpg", "a/no-suffix"]
    assert given.notes == (f"{tmp_path}: left out 1 other file, 1 link to nowhere or device",)


def test_a_folder_without_images_is_one_sentence(tmp_path):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(UserError, match=r"holds no images \(it has 1 other file\): name a folder with files to answer"):
        given_examples(tmp_path, IMAGES)


def test_a_folder_of_texts(tmp_path):
    for name in ("a.txt", "B.TXT", "mail", "table.csv"):
        (tmp_path / name).write_text("good")
    given = given_examples(tmp_path, TEXT)
    assert [Path(name).name for name in names(given)] == ["B.TXT", "a.txt", "mail"]


@pytest.mark.parametrize("head", ["path,label", "Label;File", "label\tIMAGE"])
def test_a_table_names_files_beside_it(tmp_path, head):
    image(tmp_path / "sub" / "1.png")
    delimiter = next(mark for mark in ",;\t" if mark in head)
    row = {"path": "sub/1.png", "file": "sub/1.png", "image": "sub/1.png", "label": "cat"}
    cells = delimiter.join(row[name.lower()] for name in head.split(delimiter))
    gone = cells.replace("1.png", "2.png")
    (tmp_path / "t.CSV").write_text(f"{head}\n{cells}\n\n{gone}\n")
    first, second = given_examples(str(tmp_path / "t.CSV"), IMAGES).examples
    assert first == NewExample(name=str(tmp_path / "sub/1.png"), word=str(tmp_path / "sub/1.png"))
    assert second.reason.startswith(f"t.CSV, line 4: {tmp_path / 'sub/2.png'} does not exist")


def test_a_table_of_texts_holds_texts_and_never_paths(tmp_path):
    (tmp_path / "secret.txt").write_text("not to be read")
    (tmp_path / "t.csv").write_text(f'label,Text\nx,{tmp_path / "secret.txt"}\ny,"two\nlines, one comma"\nz,\n')
    given = given_examples(str(tmp_path / "t.csv"), TEXT)
    assert names(given) == ["t.csv, line 2", "t.csv, line 3", "t.csv, line 5"]
    with as_words(given.examples) as words:
        contents = [Path(word).read_bytes().decode() for word in words]
    assert contents == [str(tmp_path / "secret.txt"), "two\nlines, one comma", ""]
    assert not Path(words[0]).exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,label\n1.png,cat\n", r"has no column path or file \(it has name, label\)"),
        (b"path,label\n", "has no rows below its header"),
        (b"", "has no column path or file"),
        (b"path\n \n", "line 2 names no file"),
        (b"path\n\0.png\n", "line 2 holds a NUL byte"),
        (b'path\n"a.png\n', "line 2 cannot be read"),
    ],
)
def test_a_table_that_cannot_be_is_one_sentence(tmp_path, content, sentence):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        given_examples(str(tmp_path / "t.csv"), IMAGES)


def test_devices_and_pipes_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for word in ("/dev/zero", str(tmp_path / "pipe")):
        (one,) = given_examples(word, IMAGES).examples
        assert isinstance(one, Unanswered)
        assert one.reason.startswith(f"{word} is no regular file")


@pytest.mark.parametrize("word", ["", "  ", "x" * 5000, "a\0b", "none.png"])
def test_a_word_that_is_no_file_is_left_to_the_task(word):
    assert given_examples(word, TEXT).examples[0].word == word


ALONE = {
    "array": GREY,
    "array with an axis for grey": GREY[..., None],
    "colour array": np.stack([GREY] * 3, axis=2),
    "image": Image.fromarray(GREY),
    "large numbers": Image.fromarray(GREY.astype(np.int32)),
    "CMYK": Image.fromarray(GREY).convert("CMYK"),
}


@pytest.mark.parametrize("what", ALONE)
def test_images_and_arrays_become_files_as_long_as_they_are_needed(what):
    (example,) = given_examples(ALONE[what], IMAGES).examples
    assert example.name == "image 1"
    with as_words([example]) as (word,), Image.open(word) as written:
        values = np.asarray(written if written.mode == "I" else written.convert("L"))
        np.testing.assert_allclose(values, GREY, atol=1)
    assert not Path(word).exists()


def test_an_image_is_turned_as_its_exif_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(GREY).save(tmp_path / "turned.jpg", exif=exif)
    with Image.open(tmp_path / "turned.jpg") as opened:
        given = given_examples(opened, IMAGES)
        with as_words(given.examples) as (word,), Image.open(word) as written:
            assert (written.height, written.width) == (8, 6)


def test_several_arrays_and_their_names():
    assert names(given_examples(np.stack([GREY[..., None]] * 3), IMAGES)) == ["image 1", "image 2", "image 3"]
    assert names(given_examples([GREY, "a.png"], IMAGES)) == ["image 1", "a.png"]
    assert given_examples([], IMAGES).examples == ()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (GREY.astype(float), "Example 1 is float64: images must be uint8"),
        (np.zeros((3, 4, 5), np.uint8), r"an array of shape \(3, 4, 5\): an image is \(height, width\)"),
        (np.zeros((0, 4), np.uint8), r"an array of shape \(0, 4\)"),
        (["a.png", 3], "Example 2 is of type int: give a file, a folder, a table, a PIL image or a numpy array"),
        (3, "Example 1 is of type int"),
    ],
)
def test_what_can_be_no_example(given, sentence):
    with pytest.raises(UserError, match=sentence):
        given_examples(given, IMAGES)


def test_an_image_is_no_text():
    with pytest.raises(UserError, match="Example 1 is of type ndarray, and texts are wanted"):
        given_examples([GREY], TEXT)


def test_a_damaged_image_is_named(tmp_path):
    content = image(tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(content[:45])
    with Image.open(tmp_path / "cut.png") as cut:
        given = given_examples(cut, IMAGES)
        with pytest.raises(UserError, match="image 1 cannot be read as an image"), as_words(given.examples):
            pass


OLD = "é ü ß ñ: ein schöner Film, très bien, señor, über alle Maßen"


@pytest.mark.parametrize(("encoding", "told"), [("cp1252", "windows-1252"), ("utf-16", "UTF-16")])
def test_an_old_encoding_is_told_of_tables_and_of_files(tmp_path, encoding, told):
    table, file = tmp_path / "new.csv", tmp_path / "letter.txt"
    table.write_bytes(f"text,n\n{OLD},1\n".replace(": ", " ").replace(", ", " ").encode(encoding))
    file.write_bytes(OLD.encode(encoding))
    given = given_examples(table, TEXT)
    assert given.notes == (f"read as {told}, not UTF-8: new.csv",)
    assert given.examples[0].text.startswith("é ü ß ñ")
    assert given_examples([file, "plain words"], TEXT).notes == (f"read as {told}, not UTF-8: {file}",)
    file.write_text(OLD, encoding="utf-8")
    assert given_examples(file, TEXT).notes == ()
