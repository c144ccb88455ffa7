"""The task that data are for is found by how they look as a whole."""

import pytest
from PIL import Image

from skipwise.errors import UserError
from skipwise.tasks import TASKS, check_exists, find_task, recognised
from support.texts import rows, table


def photo(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def test_tables_of_texts_and_of_images(tmp_path):
    assert find_task(str(table(tmp_path / "a.csv", rows()))).name == "text"
    photo(tmp_path / "a.png")
    assert find_task(str(table(tmp_path / "b.csv", [("a.png", "x")], ("path", "label")))).name == "images"


@pytest.mark.parametrize(
    ("data", "name"), [("digits", "images"), ("digit-scenes", "boxes"), ("hf:ag_news", "text"), ("cifar10", "images")]
)
def test_data_known_by_name(data, name):
    assert find_task(data).name == name
    assert recognised(data) is None
    check_exists(data, TASKS[name])


def test_labels_beside_images_are_boxes_and_never_classes(tmp_path):
    photo(tmp_path / "images" / "a.png")
    photo(tmp_path / "labels" / "a.png")
    with pytest.raises(UserError, match="which are named after what lies in them and not after classes"):
        find_task(str(tmp_path))
    (tmp_path / "labels" / "a.txt").write_text("0 .5 .5 .1 .1")
    assert find_task(str(tmp_path)).name == "boxes"
    assert find_task(str(tmp_path), "images").name == "images"


def test_a_task_of_ones_own_reads_as_it_likes(tmp_path):
    assert recognised(str(tmp_path / "anything"), "mine.Angles") is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("cifar", "There is no data set, file or folder called 'cifar': did you mean 'cifar10'"),
        ("photos/none", "photos/none does not exist"),
        ("", "The data have an empty name"),
        ("a" * 5000, "cannot be a path"),
    ],
    ids=["near a name", "path", "empty", "too long"],
)
def test_data_that_are_not_there(data, words):
    with pytest.raises(UserError, match=words):
        find_task(data)


def test_data_of_another_task(tmp_path):
    with pytest.raises(UserError, match="digits is known data for the task images, and the task is boxes"):
        check_exists("digits", TASKS["boxes"])
