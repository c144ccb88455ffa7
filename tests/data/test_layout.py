"""The layout of data is told from the whole of a folder, and two that would train different things are refused."""

import pytest

from skipwise.data import layout
from skipwise.data.glimpse import Reading
from skipwise.data.options import Options
from skipwise.errors import UserError


def reading(task, words, **fields):
    return Reading(task=task, words=words, read=lambda: words, **fields)


@pytest.fixture
def found(monkeypatch, tmp_path):
    """Give the readings of a folder, as the rooms would."""

    def put(*readings, task=None, label_column=None):
        rooms = {
            name: lambda _, name=name: [one for one in readings if one.task == name]
            for name in ("boxes", "text", "images")
        }
        monkeypatch.setattr(layout, "ROOMS", rooms)
        return layout.recognise(str(tmp_path), task=task, label_column=label_column)

    return put


BOXES = reading("boxes", "COCO boxes: a.json", ask="--task boxes")
FOLDERS = reading("images", "images in folders", explicit=False, ask="--task images", seen=20)


def test_annotations_come_before_names_of_folders(found):
    assert found(BOXES, FOLDERS).lines == (
        "COCO boxes: a.json",
        "could also be read as images in folders (--task images)",
    )
    assert found(BOXES, FOLDERS, task="images").lines == ("images in folders",)


def test_two_that_would_train_different_things(found, tmp_path):
    with pytest.raises(UserError) as error:
        found(BOXES, reading("text", "texts in a table: a.csv", ask="--task text"), FOLDERS)
    assert str(error.value) == (
        f"{tmp_path} can be read in ways that train different things: COCO boxes: a.json (--task boxes); or texts in a "
        "table: a.csv (--task text). Say which, as it stands in brackets."
    )


def test_annotations_that_are_not_understood_are_never_folders_of_classes(found):
    with pytest.raises(UserError, match="Export it as COCO"):
        found(reading("boxes", "a CVAT task", refused="x is a CVAT task. Export it as COCO."), FOLDERS)


def test_annotations_that_are_not_read_are_told_beside_others(found):
    assert found(BOXES, reading("boxes", "mask images", refused="no")).lines[1:] == ("not read: mask images",)


def test_a_few_of_another_kind_are_something_beside_the_data(found):
    mails = reading("text", "texts in folders", explicit=False, seen=201)
    assert found(mails, FOLDERS).reading is mails
    with pytest.raises(UserError, match="train different things"):
        found(reading("text", "texts in folders", explicit=False, seen=200), FOLDERS)


def test_nothing(found, tmp_path):
    (tmp_path / "a.xyz").write_text("")
    with pytest.raises(UserError) as error:
        found()
    assert str(error.value) == (
        f"{tmp_path} holds nothing that can be learned from (files: 1 .xyz): give images or texts in a folder for each "
        "class, a table of them, or annotated images."
    )


def test_nothing_for_the_task_that_is_asked_for(found, tmp_path):
    (tmp_path / "a.png").write_text("")
    with pytest.raises(UserError, match=f"{tmp_path} holds no boxes: give a COCO .json, or a folder of COCO"):
        found(task="boxes")


def test_an_empty_folder(found, tmp_path):
    with pytest.raises(UserError, match=f"{tmp_path} holds no files: give images or texts in a folder for each class"):
        found()


def test_a_column_that_is_named_needs_a_table(found, tmp_path):
    with pytest.raises(UserError) as error:
        found(FOLDERS, label_column="kind")
    assert str(error.value) == (
        f"--label-column kind names the column of a table, and {tmp_path} is no table (images in folders): leave it out."
    )
    table = reading("text", "texts in a table", has_columns=True)
    assert found(table, FOLDERS, label_column="kind").reading is table


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "The data have an empty name"),
        ("a" * 5000, "cannot be a path"),
        ("~nobody-of-this-name/photos", "cannot be a path"),
        ("photos/none", "photos/none does not exist: give a folder, a file, or a name"),
        ("/dev/null", "is no regular file and no folder"),
    ],
    ids=["empty", "too long", "unknown home", "not there", "device"],
)
def test_names_that_are_no_path(data, words):
    with pytest.raises(UserError, match=words):
        layout.recognise(data)


def test_an_archive(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"a\.zip is an archive: unpack it, and give the folder"):
        layout.recognise(str(tmp_path / "a.zip"))


def test_a_path_wins_over_a_name_where_it_holds_something(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert layout.is_name("digits", {"digits"})
    (tmp_path / "digits").mkdir()
    assert layout.is_name("digits", {"digits"})
    (tmp_path / "digits/a").mkdir()
    assert not layout.is_name("digits", {"digits"})


def test_several_tables_that_are_no_parts(tmp_path):
    for name in ("Fake.csv", "True.csv"):
        (tmp_path / name).write_text("title,text\nnews,a long text\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        layout.recognise(str(tmp_path))
    assert str(error.value) == (
        f"{tmp_path} holds several tables (Fake.csv, True.csv), whose names are no parts of a split: give one of them, as "
        f"{tmp_path}/Fake.csv, or join them in one with a column label."
    )


@pytest.mark.parametrize("length", [255, 256])
def test_a_class_whose_name_is_a_text_is_refused(tmp_path, length):
    rows = (f"a text of number {i},{'x' * length if i % 2 else 'good'}\n" for i in range(12))
    (tmp_path / "t.csv").write_text(f"text,label\n{''.join(rows)}", encoding="utf-8")
    if length == 255:
        assert layout.open_as("text", str(tmp_path / "t.csv"), Options())[0].classes[0] == "good"
        return
    with pytest.raises(UserError, match=r"the class 'x+\.\.\.' has a name of 256 characters, and 255 are the most"):
        layout.open_as("text", str(tmp_path / "t.csv"), Options())
