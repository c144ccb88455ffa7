"""Tables of images, and the full text of the error where they cannot be read."""

import unicodedata

import pytest
from PIL import Image

from skipwise.data.images.dataset import open_source
from skipwise.data.images.table import image_columns, image_tables
from skipwise.data.layout import recognise
from skipwise.data.options import Options
from skipwise.data.tables import glance_at_table
from skipwise.errors import UserError
from support.images import refused

FILES = ("a.png", "b.png", "c.png", "d.png")


@pytest.fixture
def folder(tmp_path):
    """Make four images."""
    for name in FILES:
        Image.new("RGB", (9, 9)).save(tmp_path / name)
    return tmp_path


def write(path, *lines, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
    return path


def labels(source):
    return [source.classes[label] for label in source.labels]


def test_table(folder):
    path = write(folder / "list.csv", "path,label,split,group", "a.png,cat,train,g1", "b.png,dog,val,", "c.png,cat,,g1")
    source = open_source(path)
    assert source.name == "list"
    assert source.layout == ("images in a table: list.csv",)
    assert list(source.parts) == ["train", "validation", ""]
    assert list(source.groups) == ["g1", "", "g1"]
    assert source.files[0] == folder / "a.png"
    assert source.notes == ()


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("list.csv", ["Path,Label,Split,Group", "a.png,cat,Train,1", "b.png,dog,TEST,2"]),
        ("list.tsv", ["path\tlabel\tsplit\tgroup", "a.png\tcat\ttraining\t1", "b.png\tdog\tholdout\t2"]),
        ("list.csv", ["path;label;split;group", "a.png;cat;train;1", "b.png;dog;test_set;2"]),
        ("list.jsonl", ['{"path": "a.png", "label": "cat", "split": "train", "group": 1}',
                        '{"path": "b.png", "label": "dog", "split": "testing", "group": 2}']),
    ],
)  # fmt: skip
def test_any_table_in_any_case(folder, name, lines):
    source = open_source(write(folder / name, *lines))
    assert (labels(source), list(source.parts), list(source.groups)) == (["cat", "dog"], ["train", "test"], ["1", "2"])


def test_other_names_of_columns_are_told(folder):
    source = open_source(write(folder / "list.csv", "image_id,breed,age", "a,cat,3", "b,dog,4"))
    assert labels(source) == ["cat", "dog"]
    assert list(source.names) == ["a.png", "b.png"]
    assert source.notes == (
        "list.csv: the files are those of column 'image_id', the labels those of column 'breed'",
        "files are found by their names: a is a.png",
    )


def test_files_are_found_by_their_names_below_the_table(folder):
    for name in FILES[:2]:
        (folder / "pictures/deep").mkdir(parents=True, exist_ok=True)
        (folder / name).rename(folder / "pictures/deep" / name)
    source = open_source(write(folder / "list.csv", "path,label", "C:\\old\\a.png,cat", "C:\\old\\b.png,dog"))
    assert list(source.names) == ["pictures/deep/a.png", "pictures/deep/b.png"]
    assert source.notes == ("files are found by their names: C:\\old\\a.png is pictures/deep/a.png",)


def test_paths_of_windows(folder):
    (folder / "in").mkdir()
    (folder / "a.png").rename(folder / "in/a.png")
    source = open_source(write(folder / "list.csv", "path,label", "in\\a.png,cat", "b.png,dog"))
    assert list(source.names) == ["b.png", "in/a.png"]
    assert source.notes == ("paths in list.csv are written with \\, as Windows does, and read with /",)


def test_a_table_for_each_part(folder):
    write(folder / "train.csv", "path,label", "a.png,cat", "b.png,dog")
    write(folder / "dev.csv", "path,label", "c.png,cat")
    source = open_source(folder)
    assert list(source.parts) == ["train", "train", "validation"]
    assert source.layout[0] == "images in tables: dev.csv, train.csv"


def test_labels_that_look_the_same(folder):
    words = [unicodedata.normalize(form, "caf\u00e9") for form in ("NFC", "NFD")]
    source = open_source(
        write(folder / "list.csv", "path,label", f"a.png,{words[0]}", f"b.png,{words[1]}", "c.png,tea")
    )
    assert labels(source) == ["caf\u00e9", "caf\u00e9", "tea"]
    assert source.notes == ("labels that look the same are one class: caf\u00e9",)


def test_an_image_that_is_listed_twice(folder):
    source = open_source(write(folder / "list.csv", "path,label", "a.png,cat", "b.png,dog", "a.png,cat"))
    assert labels(source) == ["cat", "dog"]
    assert source.notes == (f"images are listed twice, and are taken once: 1 ({folder}/list.csv, line 4)",)


def test_the_column_of_labels_may_be_named(folder):
    path = write(folder / "list.csv", "path,species,colour", "a.png,cat,red", "b.png,cat,blue")
    assert labels(open_source(path, Options(label_column="Colour"))) == ["red", "blue"]
    with pytest.raises(UserError) as error:
        open_source(path, Options(label_column="shape"))
    assert str(error.value) == (
        f"{path} has no column 'shape' for --label-column (it has path, species, colour): name one of them."
    )


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["path,label"], "{path} has no rows below its header: list one image a row."),
        (["path,label", "a.png,x", "b.png,"],
         "{path}, line 3: label is empty: write the image's label there, or remove the row."),
        (["path,label,split", "a.png,x,later"], "{path}, line 2: split is 'later': write train, val or test, or nothing."),
        (["path,label", "a.png,x"], "{path} has one label, 'x': a comparison needs at least two classes."),
        (["path,label", "a.png,x", "a.png,y"],
         "{path}, line 3: a.png is of the class 'y', and of 'x' in {path}, line 2: an image has one class here, so keep one "
         "row."),
        (["path,species,breed", "a.png,x,y"],
         "{path} has the columns 'species' and 'breed', and it is not clear which holds the labels: name it with "
         "--label-column."),
        (["path,label", "gone.png,x", "lost.png,y"],
         "None of the 2 images that {path} lists is there (the first: gone.png): paths begin at the folder of the table; "
         "put the table beside its images."),
        (["path,label", "a.png,cat, wild", "b.png,dog"],
         "{path}, line 2 has 3 cells, the header 2: put double quotes around texts that hold a comma."),
    ],
)  # fmt: skip
def test_tables_that_cannot_be(folder, lines, sentence):
    path = write(folder / "list.csv", *lines)
    assert refused(path) == sentence.format(path=path)


def test_several_tables_that_are_no_parts(folder):
    for name in ("one.csv", "two.csv"):
        write(folder / name, "path,label", "a.png,cat", "b.png,dog")
    assert (
        refused(folder)
        == f"{folder} holds several tables of images (one.csv, two.csv): give one of them, as {folder}/one.csv."
    )


def test_two_files_of_one_name(folder):
    for place in ("x", "y"):
        (folder / place).mkdir()
        Image.new("RGB", (9, 9)).save(folder / place / "e.png")
    path = write(folder / "list.csv", "path,label", "e.png,cat", "e.png,cat", "nowhere.png,dog")
    assert refused(path) == (
        f"{path} lists e.png, and there are x/e.png and y/e.png: write the paths in the table from its own folder."
    )


def test_another_encoding(folder):
    source = open_source(
        write(
            folder / "list.csv",
            "path,label",
            "a.png,caf\u00e9 cr\u00e8me br\u00fbl\u00e9e",
            "b.png,th\u00e9 \u00e0 la menthe",
            encoding="cp1252",
        )
    )
    assert source.classes == ("caf\u00e9 cr\u00e8me br\u00fbl\u00e9e", "th\u00e9 \u00e0 la menthe")


def test_an_example_of_answers_beside_a_table_is_none_of_the_labels(tmp_path):
    for name in ("train", "sample_submission"):
        (tmp_path / f"{name}.csv").write_text("image_id,label\n1.jpg,0\n2.jpg,1\n", encoding="utf-8")
    tables = sorted(tmp_path.glob("*.csv"))
    assert [path.name for path in image_tables(tables)] == ["train.csv"]


def test_tables_of_the_parts_come_before_others(tmp_path):
    for name in ("Train", "Test", "Meta"):
        (tmp_path / f"{name}.csv").write_text("Path,ClassId\na/1.png,0\na/2.png,1\n", encoding="utf-8")
    tables = sorted(tmp_path.glob("*.csv"))
    assert [path.name for path in image_tables(tables)] == ["Test.csv", "Train.csv"]


def test_tables_in_the_folders_of_the_parts(tmp_path):
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        for name, colour in (("a", "red"), ("b", "blue")):
            Image.new("RGB", (9, 9), colour).save(tmp_path / part / f"{name}.png")
        lines = '{"file_name": "a.png", "label": "x"}\n{"file_name": "b.png", "label": "y"}\n'
        (tmp_path / part / "metadata.jsonl").write_text(lines, encoding="utf-8")
    source = open_source(tmp_path)
    assert list(source.names) == ["test/a.png", "test/b.png", "train/a.png", "train/b.png"]
    assert (list(source.parts), source.labels.tolist()) == (["test", "test", "train", "train"], [0, 1, 0, 1])


def test_a_table_of_an_unknown_kind_of_labels_is_one_of_images_and_not_of_texts(tmp_path):
    (tmp_path / "train.csv").write_text("1.jpg, 1\n2.jpg, 0\n", encoding="utf-8")
    for name, colour in (("cat", "red"), ("dog", "blue")):
        (tmp_path / name).mkdir()
        Image.new("RGB", (9, 9), colour).save(tmp_path / name / "1.jpg")
    assert open_source(tmp_path).classes == ("cat", "dog")


def test_a_table_without_known_labels_asks_for_their_column(tmp_path):
    (tmp_path / "faces").mkdir()
    for number, colour in enumerate(("red", "blue")):
        Image.new("RGB", (9, 9), colour).save(tmp_path / f"faces/{number}.png")
    (tmp_path / "attributes.csv").write_text("image_id,Bald,Smiling\n0.png,-1,1\n1.png,-1,-1\n", encoding="utf-8")
    assert refused(tmp_path) == (
        f"{tmp_path}/attributes.csv gives each image several labels (Smiling, Bald hold 0 or 1 each), and skipwise compares "
        "networks on one class an image: name the column to learn, as --label-column Smiling."
    )
    assert open_source(tmp_path, Options(label_column="Smiling")).classes == ("-1", "1")


def one_hot(folder, rows):
    for number, colour in enumerate(("red", "blue", "green")):
        Image.new("RGB", (9, 9), colour).save(folder / f"{number}.png")
    (folder / "_classes.csv").write_text(f"filename, cat, dog\n{rows}", encoding="utf-8")
    return folder


def test_a_column_for_each_class(tmp_path):
    source = open_source(one_hot(tmp_path, "0.png, 1, 0\n1.png, 0, 1\n2.png, 1.0, 0.0\n"))
    assert (source.classes, source.labels.tolist()) == (("cat", "dog"), [0, 1, 0])
    assert "_classes.csv: the class of an image is the column that holds 1 (cat, dog)" in source.notes


def test_several_classes_of_an_image_ask_for_a_column(tmp_path):
    assert "gives each image several labels (dog, cat hold 0 or 1 each)" in refused(
        one_hot(tmp_path, "0.png, 1, 0\n1.png, 1, 1\n")
    )


def test_several_classes_further_below_name_the_line(tmp_path):
    rows = "".join(f"{number % 3}.png, {number % 3 // 2}, {1 - number % 3 // 2}\n" for number in range(5000))
    assert refused(one_hot(tmp_path, f"{rows}0.png, 1, 1\n")).startswith(
        f"{tmp_path}/_classes.csv, line 5002 has the classes cat, dog: an image has one class here"
    )


def test_of_a_hundred_columns_of_labels_a_few_are_named(tmp_path):
    (tmp_path / "a.csv").write_text("path," + ",".join(["label"] * 200) + "\n")
    with pytest.raises(UserError, match="has the columns 'label' and 'label' and 'label' and 'label', and it") as told:
        image_columns(glance_at_table(tmp_path / "a.csv"))
    assert len(str(told.value)) < 500


def test_a_long_text_in_the_place_of_a_file_is_none(tmp_path):
    (tmp_path / "a.csv").write_text(f"path,label\n{'x' * 300},b\n")
    assert image_columns(glance_at_table(tmp_path / "a.csv")) is None


def patients(folder, header, rows):
    """Write a table and its images, of which each patient has one."""
    for number, row in enumerate(rows):
        file = folder / row.split(",")[0].removeprefix("data/")
        file.parent.mkdir(parents=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(file)
    (folder / "train.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return folder


def test_columns_of_findings_are_several_labels_and_patients_are_no_classes(tmp_path):
    rows = [f"data/train/patient{i}/study1/1.png,M,{'' if i == 3 else f'{i % 2}.0'},-1.0" for i in range(4)]
    patients(tmp_path, "Path,Sex,Pneumonia,Edema", rows)
    said = (
        f"{tmp_path}/train.csv gives each image several labels (Pneumonia, Edema hold 0 or 1 each), and skipwise compares "
        "networks on one class an image: name the column to learn, as --label-column Pneumonia"
    )
    assert refused(tmp_path / "train.csv") == f"{said}."
    assert refused(tmp_path) == f"{said}, or take the table away where the folders are the classes."
    source = open_source(tmp_path, Options(label_column="Pneumonia"))
    assert (source.classes, source.labels.tolist()) == (("0.0", "1.0"), [0, 1, 0])
    assert "paths in train.csv begin with data/, which is passed over" in source.notes
    left = f"rows without a label in column 'Pneumonia' are left out: 1 ({tmp_path}/train.csv, line 5)"
    assert left in source.notes


def test_folders_of_patients_are_no_classes_where_a_table_lists_their_images(tmp_path):
    patients(tmp_path, "scan,outcome,age", [f"p{i}/1.png,{'ill' if i % 2 else 'well'},{20 + i}" for i in range(4)])
    assert refused(tmp_path).endswith(
        "none of its columns is known to hold labels (scan, outcome, age): name it with --label-column, as --label-column "
        "outcome, or take the table away where the folders are the classes."
    )
    assert open_source(tmp_path, Options(label_column="outcome")).classes == ("ill", "well")


def test_several_labels_in_one_cell(tmp_path):
    rows = [f"{number}.png,{label}" for number, label in enumerate(("Hernia", "Edema", "Hernia|Edema"))]
    for row in rows:
        Image.new("RGB", (9, 9)).save(tmp_path / row.split(",")[0])
    (tmp_path / "a.csv").write_text("\n".join(["image,label", *rows, ""]), encoding="utf-8")
    assert refused(tmp_path).startswith(f"{tmp_path}/a.csv, line 4: 'Hernia|Edema' is several labels, and skipwise")


def test_numbers_are_names_of_images_where_images_are(tmp_path):
    file = tmp_path / "iris.csv"
    rows = "".join(f"{number},5.{number},{'ab'[number % 2]}\n" for number in range(1, 9))
    file.write_text(f"id,width,species\n{rows}", encoding="utf-8")
    with pytest.raises(UserError, match="holds numbers and no texts"):
        recognise(str(file))
    for number in range(1, 9):
        Image.new("RGB", (9, 9), (number, 0, 0)).save(tmp_path / f"{number}.png")
    assert recognise(str(file)).reading.task == "images"


def test_numbers_with_and_without_a_point_are_one_class(folder):
    table = write(folder / "t.csv", "path,label", "a.png,1", "b.png,1.0", "c.png,2.0", "d.png,01")
    source = open_source(table)
    assert source.classes == ("01", "1", "2.0")
    assert source.labels.tolist() == [1, 1, 2, 0]
    assert "the labels '1' and '1.0' are one class, '1'" in source.notes


def test_a_list_of_labels_is_refused(folder):
    table = write(folder / "t.csv", "image,boxes,labels", "a.png,x,['cat']", "b.png,x,\"['cat', 'dog']\"")
    assert "t.csv, line 2: labels is \"['cat']\", a list of labels: skipwise gives each image one class" in refused(
        table
    )


def test_files_are_found_in_any_case(folder):
    (folder / "photos").mkdir()
    for name in FILES:
        (folder / name).rename(folder / "photos" / name.upper())
    source = open_source(
        write(folder / "t.csv", "path,label", *(f"{name},{'xy'[i % 2]}" for i, name in enumerate(FILES)))
    )
    assert [file.name for file in source.files] == [name.upper() for name in FILES]
    assert source.notes == ("files are found by their names: a.png is photos/A.PNG",)


def test_a_column_with_control_characters_is_named_in_one_line(folder):
    rows = (f"{name},{'xy'[i % 2]}" for i, name in enumerate(FILES))
    table = write(folder / "t.csv", "path,a\x85b", *rows)
    assert refused(table).endswith("name it with --label-column, as --label-column 'a\\x85b'.")
