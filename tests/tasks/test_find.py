"""The task that data are for is found by how they look."""

from skipwise.tasks import find_task
from support.texts import rows, table


def test_tables_of_texts_are_claimed_and_those_of_images_are_not(tmp_path):
    assert find_task(str(table(tmp_path / "a.csv", rows()))).name == "text"
    assert find_task(str(table(tmp_path / "b.csv", [("a.png", "x")], ("path", "label")))).name == "images"
    assert find_task("digits").name == "images"
    assert find_task("hf:ag_news").name == "text"
