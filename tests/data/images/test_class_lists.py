"""Lists without a header give the classes or the parts of images."""

import json
from contextlib import suppress

import pytest
from PIL import Image

from skipwise.data.images.dataset import open_source
from skipwise.data.layout import recognise
from skipwise.errors import UserError


def paint(root, *names):
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(root / name)


def write(file, *lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read(path):
    source = open_source(path)
    return {
        name: (source.classes[label], part)
        for name, label, part in zip(source.names, source.labels.tolist(), source.parts, strict=True)
    }


def refused(path):
    with pytest.raises(UserError) as error:
        open_source(path)
    return str(error.value)


FLAT = {"train/a.png": ("cat", "train"), "train/b.png": ("dog", "train"), "val/a.png": ("dog", "validation")}


def flat(root):
    """Write images of one name in both parts, and lists as mmpretrain has them."""
    paint(root, *FLAT, "val/c.png")
    write(root / "meta/train.txt", "a.png 0", "b.png 1")
    write(root / "meta/val.txt", "a.png 1", "c.png 0")


def test_lists_of_parts_with_numbers_of_classes(tmp_path):
    flat(tmp_path)
    assert set(open_source(tmp_path).classes) == {"0", "1"}
    write(tmp_path / "classes.txt", "cat", "dog")
    assert read(tmp_path) == {**FLAT, "val/c.png": ("cat", "validation")}
    source = open_source(tmp_path)
    assert "the names of the classes are the lines of classes.txt, counted from 0" in source.notes
    assert source.layout[0] == (
        "images in lists: meta/train.txt, meta/val.txt (a name and a class a line; parts: train, validation)"
    )


def test_folders_have_the_names_of_numbers(tmp_path):
    paint(tmp_path, "train/n1/a.png", "train/n2/b.png", "val/c.png", "val/d.png")
    write(tmp_path / "meta/train.txt", "n1/a.png 0", "n2/b.png 1")
    write(tmp_path / "meta/val.txt", "c.png 1", "d.png 0")
    assert read(tmp_path)["val/c.png"] == ("n2", "validation")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("labels.txt", ["my a.png cat", "my b.png dog"]),
        ("labels.csv", ["my a.png,cat", "my b.png,dog", "my c.png,cat"]),
        ("list.tsv", [*["my a\tcat", "my b\tdog", "my c\tcat"] * 2]),
    ],
)
def test_a_list_beside_its_images(tmp_path, name, lines):
    paint(tmp_path, "pictures/my a.png", "pictures/my b.png", "pictures/my c.png")
    write(tmp_path / name, *lines)
    for path in (tmp_path, tmp_path / name):
        assert read(path)["pictures/my b.png"] == ("dog", "")
    if len(lines) == 2:
        assert "images that no list names are left out: 1 (pictures/my c.png)" in open_source(tmp_path).notes


def parts_by_folder(root):
    paint(root, *(f"images/{kind}/{number}.png" for kind in ("pie", "ribs") for number in range(3)))
    write(root / "meta/train.txt", "pie/0", "pie/1", "ribs/0", "ribs/1")
    write(root / "meta/test.txt", "pie/2", "ribs/2")
    write(root / "meta/classes.txt", "pie", "ribs")


def test_lists_without_classes_say_the_parts_of_folders(tmp_path):
    parts_by_folder(tmp_path)
    found = read(tmp_path)
    assert (found["images/pie/1.png"], found["images/ribs/2.png"]) == (("pie", "train"), ("ribs", "test"))
    assert open_source(tmp_path).layout[0] == (
        "images in a folder for each class, with the parts that lists give: meta/train.txt, meta/test.txt (parts: train, test)"
    )


def test_json_lists_say_the_parts_of_folders(tmp_path):
    parts_by_folder(tmp_path)
    for part, numbers in (("train", (0, 1)), ("test", (2,))):
        (tmp_path / f"meta/{part}.txt").unlink()
        names = {kind: [f"{kind}/{number}" for number in numbers] for kind in ("pie", "ribs")}
        write(tmp_path / f"meta/{part}.json", json.dumps(names))
    assert read(tmp_path)["images/ribs/2.png"] == ("ribs", "test")


def test_of_several_splits_the_first_is_taken(tmp_path):
    paint(tmp_path, *(f"images/{kind}/{number}.png" for kind in ("pie", "ribs") for number in range(2)))
    for split in (2, 10, 1):
        first = int(split != 1)
        write(tmp_path / f"labels/train{split}.txt", f"pie/{first}.png", f"ribs/{first}.png")
        write(tmp_path / f"labels/test{split}.txt", f"pie/{1 - first}.png", f"ribs/{1 - first}.png")
    assert read(tmp_path)["images/pie/0.png"] == ("pie", "train")
    assert (
        open_source(tmp_path)
        .layout[0]
        .endswith("labels/train1.txt, labels/test1.txt (parts: train, test, the first of 3 splits)")
    )


def test_beginnings_of_names_tell_which_cell_is_the_class(tmp_path):
    names = [f"{kind}_{number}" for kind in ("Abyssinian", "Great_Dane", "Pug") for number in (1, 2)]
    paint(tmp_path, *(f"images/{name}.jpg" for name in names), "annotations/trimaps/Pug_1.png")
    rows = [f"{name} {1 + number // 2} {2 - (number < 2)} 1" for number, name in enumerate(names)]
    write(tmp_path / "annotations/trainval.txt", *rows[::2])
    write(tmp_path / "annotations/test.txt", *rows[1::2])
    assert read(tmp_path)["images/Great_Dane_2.jpg"] == ("Great_Dane", "test")
    assert len(read(tmp_path)) == 6


def test_lists_of_different_classes_ask_for_one(tmp_path):
    paint(tmp_path, *(f"images/{number}.jpg" for number in range(4)))
    for kind, labels in (("family", "AB"), ("variant", "CD")):
        write(tmp_path / f"images_{kind}_train.txt", *(f"{number} {labels[number % 2]} x" for number in range(2)))
        write(tmp_path / f"images_{kind}_test.txt", *(f"{number} {labels[number % 2]} x" for number in range(2, 4)))
    assert refused(tmp_path) == (
        f"{tmp_path}/images_family_train.txt and images_variant_train.txt list images with classes of their own: give the list "
        f"to learn from, as {tmp_path}/images_family_train.txt."
    )
    assert read(tmp_path / "images_variant_train.txt")["images/3.jpg"] == ("D x", "test")


def test_several_numbers_are_no_class(tmp_path):
    paint(tmp_path, *(f"faces/{number}.jpg" for number in range(4)))
    write(tmp_path / "list_attr.txt", "4", "Smiling Young", *(f"{number}.jpg {number % 2} 1" for number in range(4)))
    assert refused(tmp_path).startswith(
        f"{tmp_path}/list_attr.txt has 2 cells behind each image, and nothing says which"
    )


@pytest.mark.parametrize("line", ["{0}.jpg 0.5 0.25 0.1 0.1", "{0}.jpg A caption of {0}", "{0}.jpg masks/{0}.png"])
def test_boxes_captions_and_masks_are_no_classes(tmp_path, line):
    paint(tmp_path, *(f"{number}.jpg" for number in range(6)))
    write(tmp_path / "list.txt", *(line.format(number) for number in range(6)))
    assert "holds 6 images and no folders of them" in refused(tmp_path)


def test_one_image_of_two_classes(tmp_path):
    paint(tmp_path, "a.png", "b.png")
    write(tmp_path / "labels.txt", "a.png cat", "b.png dog", "a.png dog")
    assert refused(tmp_path).startswith(f"{tmp_path}/labels.txt, line 3: a.png is of the class 'dog', and of 'cat' in")


def test_lists_of_matlab_are_told(tmp_path):
    paint(tmp_path, "jpg/1.jpg", "jpg/2.jpg")
    write(tmp_path / "imagelabels.mat", "MATLAB")
    assert refused(tmp_path).startswith(
        f"{tmp_path} holds images and no folders of classes, and imagelabels.mat, which may say the classes, cannot be read"
    )
    paint(tmp_path, "pics/pug/1.jpg", "pics/boxer/1.jpg")
    assert open_source(tmp_path / "pics").classes == ("boxer", "pug")
    write(tmp_path / "pics/train_list.mat", "MATLAB")
    assert (
        open_source(tmp_path / "pics")
        .layout[0]
        .endswith("; train_list.mat may give the parts and cannot be read, being MATLAB's")
    )


def test_folders_of_one_name_in_several_others_keep_these(tmp_path):
    names = [f"{kind}/{number}.jpg" for kind in ("abbey", "church/outdoor", "bar/outdoor") for number in range(2)]
    paint(tmp_path, *(f"SUN/{name}" for name in names))
    write(tmp_path / "Partitions/TrainingImages_01.txt", *(f"/{name}" for name in names[::2]))
    write(tmp_path / "Partitions/TestingImages_01.txt", *(f"/{name}" for name in names[1::2]))
    assert open_source(tmp_path).classes == ("abbey", "bar/outdoor", "church/outdoor")


def test_a_table_of_texts_is_no_list_of_images_that_lie_near(tmp_path):
    paint(tmp_path, *(f"photos/{number}.jpg" for number in range(1, 5)))
    write(
        tmp_path / "news/train.csv", *(f'"{number % 4 + 1}","Title {number}","And more of it"' for number in range(24))
    )
    assert recognise(str(tmp_path / "news/train.csv")).reading.task == "text"


@pytest.mark.parametrize("odd", ["x" * 5000, "\0", "../../a.png", "/", '""', "9" * 5000, "a.png " + "9" * 5000])
def test_odd_lines_are_no_reason_to_stop(tmp_path, odd):
    paint(tmp_path, "a.png", "b.png", "train/n0/c.png", "train/n1/d.png", "val/e.png")
    for file in ("labels.txt", "val/val.txt", "val.txt", "images.txt", "train_test_split.txt"):
        write(tmp_path / file, odd, f"{odd} 0", "a.png 0", "b.png 1")
        with suppress(UserError):
            assert open_source(tmp_path).classes


def test_a_line_without_a_class(tmp_path):
    paint(tmp_path, *(f"{number}.png" for number in range(6)))
    write(tmp_path / "labels.txt", *(f"{number}.png {'ab'[number % 2]}" for number in range(5)), "5.png")
    assert (
        refused(tmp_path)
        == f"{tmp_path}/labels.txt, line 6 has no class behind 5.png: write it there, or remove the line."
    )


def test_json_of_names_and_classes(tmp_path):
    paint(tmp_path, "faces/1.png", "faces/2.png")
    write(tmp_path / "labels.json", json.dumps({"1.png": "cat", "2.png": "dog"}))
    assert read(tmp_path) == {"faces/1.png": ("cat", ""), "faces/2.png": ("dog", "")}


def test_lists_whose_names_say_more_than_those_of_other_parts(tmp_path):
    paint(tmp_path, "train/a/1.jpg", "train/b/2.jpg", "val/3.jpg", "val/4.jpg")
    write(tmp_path / "places_train_standard.txt", "/a/1.jpg 0", "/b/2.jpg 1")
    write(tmp_path / "places_val.txt", "3.jpg 1", "4.jpg 0")
    assert read(tmp_path)["val/3.jpg"] == ("b", "validation")


ANIMALS = [f"{kind}/{number}.png" for kind in ("cats", "dogs") for number in range(10)]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("quality.txt", [f"{name} {'blurry' if 'cats' in name else 'sharp'}" for name in ANIMALS[::3]]),
        ("README.txt", ["cats/1.png is nice", "dogs/1.png is not nice"]),
        ("splits.txt", [f"{name} {'test' if '3' in name else 'train'}" for name in ANIMALS]),
    ],
)
def test_remarks_on_images_do_not_replace_folders_of_classes(tmp_path, name, lines):
    paint(tmp_path, *ANIMALS)
    write(tmp_path / name, *lines)
    found = recognise(str(tmp_path))
    assert found.lines[0].startswith("images in a folder for each class: 2 classes (cats, dogs)")
    assert found.lines[0].endswith(f"; {name} lists images too: give it to learn from it")
    assert len(read(tmp_path)) == 20


def test_words_for_parts_are_no_classes(tmp_path):
    paint(tmp_path, *(f"{number}.png" for number in range(8)))
    write(tmp_path / "list.txt", *(f"{number}.png {'test' if number > 5 else 'train'}" for number in range(8)))
    assert "the words behind the images (test, train) are parts of a split and no classes" in refused(tmp_path)


def test_names_of_classes_by_their_own_numbers(tmp_path):
    paint(tmp_path, *(f"{number}.png" for number in range(8)))
    write(tmp_path / "list.txt", *(f"{number}.png {1 + number % 2}" for number in range(8)))
    write(tmp_path / "classes.txt", "2 cat", "1 dog")
    assert {label for label, _ in read(tmp_path).values()} == {"cat", "dog"}
    assert read(tmp_path)["0.png"] == ("dog", "")
    write(tmp_path / "classes.txt", "3 Series", "500 Abarth")
    assert read(tmp_path)["0.png"] == ("3 Series", "")
    write(tmp_path / "classes.txt", "owl", "owl")
    assert "classes.txt is not used: it has a name twice" in open_source(tmp_path).notes


def test_an_image_that_is_gone_is_no_heading(tmp_path):
    paint(tmp_path, *(f"{number}.png" for number in range(2, 12)))
    write(tmp_path / "list.txt", *(f"{number}.png {'ab'[number % 2]}" for number in range(12)))
    assert len(open_source(tmp_path).names) == 12  # two of which are told as unreadable


def test_several_lists_of_parts_are_refused(tmp_path):
    paint(tmp_path, *ANIMALS)
    for kind in ("official", "small"):
        write(tmp_path / f"{kind}_train.txt", *ANIMALS[::2])
        write(tmp_path / f"{kind}_test.txt", *ANIMALS[1::2])
    assert "list images with parts of their own: give the list to learn from" in refused(tmp_path)


def test_a_cell_too_many_is_named_by_its_line(tmp_path):
    paint(tmp_path, *(f"{number}.png" for number in range(8)))
    lines = [f"{number}.png,{'ab'[number % 2]}" for number in range(8)]
    write(tmp_path / "list.txt", *lines[:3], "3.png,a,extra", *lines[4:])
    assert "list.txt, line 4 has 2 cells behind the image, and most lines have 1" in refused(tmp_path)


def test_unlisted_images_behind_links_are_counted(tmp_path):
    paint(tmp_path / "elsewhere", *(f"{number}.png" for number in range(8)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "images").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "data" / "list.txt", *(f"{number}.png {'ab'[number % 2]}" for number in range(6)))
    assert any("images that no list names are left out: 2" in note for note in open_source(tmp_path / "data").notes)


def test_a_list_that_is_a_link_is_read(tmp_path):
    paint(tmp_path / "data", *(f"{number}.png" for number in range(6)))
    write(tmp_path / "elsewhere.txt", *(f"{number}.png {'ab'[number % 2]}" for number in range(6)))
    (tmp_path / "data" / "list.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert len(open_source(tmp_path / "data" / "list.txt").names) == 6
