"""CUB-200's lists by numbers of images."""

import pytest
from PIL import Image

from skipwise.data.images.dataset import open_source
from skipwise.errors import UserError

BIRDS = {"1": "001.Auk/a.jpg", "2": "001.Auk/b.jpg", "3": "002.Wren/c.jpg", "4": "002.Wren/d.jpg"}


@pytest.fixture
def birds(tmp_path):
    for number, name in BIRDS.items():
        (tmp_path / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (int(number), 0, 0)).save(tmp_path / "images" / name)
    (tmp_path / "images.txt").write_text("".join(f"{number} {name}\n" for number, name in BIRDS.items()))
    (tmp_path / "train_test_split.txt").write_text("1 1\n2 0\n3 0\n4 1\n")
    (tmp_path / "image_class_labels.txt").write_text("1 1\n2 1\n3 2\n4 2\n")
    (tmp_path / "classes.txt").write_text("1 001.Auk\n2 002.Wren\n")
    return tmp_path


def test_the_parts_are_those_of_the_list(birds):
    source = open_source(birds)
    assert (source.classes, source.labels.tolist()) == (("001.Auk", "002.Wren"), [0, 0, 1, 1])
    assert source.parts == ["train", "test", "test", "train"]
    assert source.layout == (
        "images in a folder for each class, with the parts that lists give: train_test_split.txt (parts: train, test)",
    )


def test_an_image_without_a_part(birds):
    (birds / "train_test_split.txt").write_text("1 1\n2 0\n4 1\n")
    with pytest.raises(UserError, match=r"images\.txt, image 3 has no part in train_test_split\.txt: write 1 for"):
        open_source(birds)


def test_files_that_lead_away_are_looked_for_inside(tmp_path):
    data = tmp_path / "data"
    for name in ("outside.png", "data/images/a/1.png", "data/images/a/outside.png", "data/images/b/1.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9)).save(tmp_path / name)
    (data / "images.txt").write_text("1 a/1.png\n2 a/../../../outside.png\n3 b/1.png\n")
    (data / "train_test_split.txt").write_text("1 1\n2 1\n3 0\n")
    source = open_source(data)
    assert all((data / "images") in file.parents for file in source.files)
    assert not any(".." in file.parts for file in source.files)


def test_an_image_without_a_class(birds):
    (birds / "image_class_labels.txt").write_text("1 1\n2 1\n4 2\n")
    with pytest.raises(UserError, match=r"image_class_labels\.txt has no line for image 3 of images\.txt: write its"):
        open_source(birds)


def test_a_class_without_a_name(birds):
    (birds / "classes.txt").write_text("1 001.Auk\n")
    with pytest.raises(UserError, match=r"classes\.txt has no line for class '2', which image 3 has in image_class"):
        open_source(birds)


def test_without_classes_the_last_folder_is_the_class(birds):
    (birds / "classes.txt").unlink()
    (birds / "images").rename(birds / "photos")
    (birds / "images.txt").write_text("".join(f"{number} photos/{name}\n" for number, name in BIRDS.items()))
    assert open_source(birds).classes == ("001.Auk", "002.Wren")


def test_a_list_that_is_no_text(birds):
    (birds / "images.txt").write_bytes(b"\x89PNG\0\0")
    with pytest.raises(UserError, match=r"images\.txt is no list that can be read \(it holds NUL bytes"):
        open_source(birds)


def test_a_class_without_a_name_is_told_in_a_short_sentence(birds):
    (birds / "image_class_labels.txt").write_text(f"1 1\n2 1\n3 {'x' * 5_000}\n4 2\n")
    with pytest.raises(
        UserError, match=r"classes\.txt has no line for class 'x+\.\.\.', which image 3 has in"
    ) as error:
        open_source(birds)
    assert len(str(error.value)) < 500
